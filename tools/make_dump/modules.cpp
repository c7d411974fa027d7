// The loader's list of images, the names in it, and the drivers that are gone.
#include "tools/make_dump/machine.hpp"
#include "tools/make_dump/unicode.hpp"

namespace migstorm::make_dump {

namespace {

// Names of the storage driver lie in a page that was trimmed, those of the bus in one that is shared: a
// reader has to follow both kinds of entries that are not valid, where they are known.
Address names_page(Machine& machine, std::size_t module) {
  if (module == 0) {
    return machine.allocate(kPageSize);
  }
  const PagingLayout& paging = machine.shape.paging;
  const Address page = machine.shape.regions.paged_pool + module * kPageSize;
  const Pfn pfn = machine.memory.allocate();
  if (module == 1 && paging.prototype_shift != 0) {
    machine.space.map_prototype(page, pfn, machine.allocate(8));
  } else if (module == 2 && paging.transition) {
    machine.space.map_transition(page, pfn);
  } else {
    machine.space.map(page, pfn);
  }
  return page;
}

void put_string(Machine& machine, Address field, Address buffer, std::string_view text) {
  const Bytes units = utf16(text);
  machine.space.write(buffer, units);
  machine.space.write(field, unicode_string(text, buffer, machine.shape.word));
}

void lay_entry(Machine& machine, std::size_t index) {
  const Image& image = machine.images[index];
  const Address entry = machine.module_entries[index];
  AddressSpace& space = machine.space;
  const ModuleLayout& at = machine.shape.module;
  if (image.exception_table_size() != 0) {
    space.write_word(entry + at.exception_table, image.base() + image.exception_table());
    space.write<std::uint32_t>(entry + at.exception_size, image.exception_table_size());
  }
  space.write_word(entry + at.base, image.base());
  space.write_word(entry + at.entry_point, image.entry_point());
  space.write<std::uint32_t>(entry + at.image_size, image.size());
  machine.name_pages.push_back(names_page(machine, index));
  machine.module_names.emplace_back();
  name_module(machine, index, image.name());
  space.write<std::uint32_t>(entry + at.flags, 0x49104000); // of a loaded system image
  space.write<std::uint16_t>(entry + at.load_count, 1);
  space.write<std::uint32_t>(entry + at.checksum, image.checksum());
  space.write<std::uint32_t>(entry + at.timestamp, image.timestamp());
}

void link(Machine& machine, Address head, const std::vector<Address>& entries) {
  Address before = head;
  for (const Address entry : entries) {
    machine.space.write_word(before, entry);
    machine.space.write_word(entry + machine.shape.word, before);
    before = entry;
  }
  machine.space.write_word(before, head);
  machine.space.write_word(head + machine.shape.word, before);
}

// MM_UNLOADED_DRIVER: name, start, end, time.
void lay_unloaded(Machine& machine) {
  constexpr std::uint64_t kSlots = 50;
  const unsigned word = machine.shape.word;
  const std::uint64_t slot_size = 4 * word + 8;
  const Address gone = machine.placement.drivers + 0x200000;
  machine.unloaded = {{"dump_storvsc", gone, gone + 0x8000},
                      {"hwpolicy.sys", gone + 0x10000, gone + 0x19000}};
  const Address array = machine.allocate(kSlots * slot_size);
  Address slot = array;
  for (const UnloadedDriver& driver : machine.unloaded) {
    put_string(machine, slot, machine.allocate(0x40), driver.name);
    machine.space.write_word(slot + 2 * word, driver.start);
    machine.space.write_word(slot + 3 * word, driver.end);
    machine.space.write<std::uint64_t>(slot + 4 * word, machine.facts.system_time - machine.facts.uptime);
    slot += slot_size;
  }
  machine.space.write_word(machine.symbol("MmUnloadedDrivers"), array);
  machine.space.write<std::uint32_t>(machine.symbol("MmLastUnloadedDriver"),
                                     static_cast<std::uint32_t>(machine.unloaded.size()));
}

} // namespace

void name_module(Machine& machine, std::size_t index, const std::string& name) {
  const Address entry = machine.module_entries[index];
  const Address names = machine.name_pages[index];
  const char* folder = index == 0 ? R"(\SystemRoot\system32\)" : R"(\SystemRoot\System32\drivers\)";
  put_string(machine, entry + machine.shape.module.full_name, names, folder + name);
  put_string(machine, entry + machine.shape.module.base_name, names + kPageSize / 2, name);
  machine.module_names[index] = name;
}

void lay_modules(Machine& machine) {
  for (std::size_t i = 0; i < machine.images.size(); ++i) {
    machine.module_entries.push_back(machine.allocate(machine.shape.module.size));
    lay_entry(machine, i);
  }
  link(machine, machine.symbol("PsLoadedModuleList"), machine.module_entries);
  lay_unloaded(machine);
}

} // namespace migstorm::make_dump
