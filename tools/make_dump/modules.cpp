// The loader's list of images, the names in it, and the drivers that are gone.
#include "tools/make_dump/machine.hpp"
#include "tools/make_dump/unicode.hpp"

namespace migstorm::make_dump {

namespace {

constexpr std::uint64_t kEntrySize = 0xA0; // KLDR_DATA_TABLE_ENTRY
constexpr Address kPagedPool = 0xFFFFC18000000000;

// Names of the storage driver lie in a page that was trimmed, those of the bus in one that is shared: a
// reader has to follow both kinds of entries that are not valid.
Address names_page(Machine& machine, std::size_t module) {
  if (module == 0) {
    return machine.allocate(kPageSize);
  }
  const Address page = kPagedPool + module * kPageSize;
  const Pfn pfn = machine.memory.allocate();
  if (module == 1) {
    machine.space.map_prototype(page, pfn, machine.allocate(8));
  } else {
    machine.space.map_transition(page, pfn);
  }
  return page;
}

void put_string(Machine& machine, Address field, Address buffer, std::string_view text) {
  const Bytes units = utf16(text);
  machine.space.write(buffer, units);
  machine.space.write(field, unicode_string(text, buffer));
}

void lay_entry(Machine& machine, std::size_t index) {
  const Image& image = machine.images[index];
  const Address entry = machine.module_entries[index];
  AddressSpace& space = machine.space;
  space.write<std::uint64_t>(entry + 0x10, image.base() + image.exception_table());
  space.write<std::uint32_t>(entry + 0x18, image.exception_table_size());
  space.write<std::uint64_t>(entry + 0x30, image.base());
  space.write<std::uint64_t>(entry + 0x38, image.entry_point());
  space.write<std::uint32_t>(entry + 0x40, image.size());
  machine.name_pages.push_back(names_page(machine, index));
  machine.module_names.emplace_back();
  name_module(machine, index, image.name());
  space.write<std::uint32_t>(entry + 0x68, 0x49104000); // flags of a loaded system image
  space.write<std::uint16_t>(entry + 0x6C, 1);
  space.write<std::uint32_t>(entry + 0x78, image.checksum());
  space.write<std::uint32_t>(entry + 0x9C, image.timestamp());
}

void link(Machine& machine, Address head, const std::vector<Address>& entries) {
  Address before = head;
  for (const Address entry : entries) {
    machine.space.write<std::uint64_t>(before, entry);
    machine.space.write<std::uint64_t>(entry + 8, before);
    before = entry;
  }
  machine.space.write<std::uint64_t>(before, head);
  machine.space.write<std::uint64_t>(head + 8, before);
}

// MM_UNLOADED_DRIVER: name, start, end, time.
void lay_unloaded(Machine& machine) {
  constexpr std::uint64_t kSlots = 50;
  constexpr std::uint64_t kSlotSize = 0x28;
  const Address gone = machine.placement.drivers + 0x200000;
  machine.unloaded = {{"dump_storvsc", gone, gone + 0x8000},
                      {"hwpolicy.sys", gone + 0x10000, gone + 0x19000}};
  const Address array = machine.allocate(kSlots * kSlotSize);
  Address slot = array;
  for (const UnloadedDriver& driver : machine.unloaded) {
    put_string(machine, slot, machine.allocate(0x40), driver.name);
    machine.space.write<std::uint64_t>(slot + 0x10, driver.start);
    machine.space.write<std::uint64_t>(slot + 0x18, driver.end);
    machine.space.write<std::uint64_t>(slot + 0x20, machine.facts.system_time - machine.facts.uptime);
    slot += kSlotSize;
  }
  machine.space.write<std::uint64_t>(machine.symbol("MmUnloadedDrivers"), array);
  machine.space.write<std::uint32_t>(machine.symbol("MmLastUnloadedDriver"),
                                     static_cast<std::uint32_t>(machine.unloaded.size()));
}

} // namespace

void name_module(Machine& machine, std::size_t index, const std::string& name) {
  const Address entry = machine.module_entries[index];
  const Address names = machine.name_pages[index];
  const char* folder = index == 0 ? R"(\SystemRoot\system32\)" : R"(\SystemRoot\System32\drivers\)";
  put_string(machine, entry + 0x48, names, folder + name);
  put_string(machine, entry + 0x58, names + kPageSize / 2, name);
  machine.module_names[index] = name;
}

void lay_modules(Machine& machine) {
  for (std::size_t i = 0; i < machine.images.size(); ++i) {
    machine.module_entries.push_back(machine.allocate(kEntrySize));
    lay_entry(machine, i);
  }
  link(machine, machine.symbol("PsLoadedModuleList"), machine.module_entries);
  lay_unloaded(machine);
}

} // namespace migstorm::make_dump
