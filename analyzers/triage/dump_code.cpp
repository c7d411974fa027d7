#include "analyzers/triage/dump_code.hpp"

namespace migstorm::triage {
namespace {

constexpr std::uint64_t kHeadersEnd = 0x1000; // no linker puts code into the first page

std::uint32_t rva_in(const kdump::Module& module, std::uint64_t address) {
  return static_cast<std::uint32_t>(address - module.base);
}

void rebase(FunctionFrame& frame, std::uint64_t base) {
  frame.begin += base;
  frame.end += base;
}

} // namespace

Image& DumpCode::image_of(const kdump::Module& module) {
  std::unique_ptr<Image>& image = opened_[module.base];
  if (!image) {
    image = images_.open({module.name, module.size, module.timestamp, dump_.header().machine,
                          kdump::image_reader(dump_.memory(), module.base, module.size)});
  }
  return *image;
}

Image* DumpCode::opened_image(const kdump::Module& module) {
  const auto found = opened_.find(module.base);
  return found != opened_.end() ? found->second.get() : nullptr;
}

FunctionAt DumpCode::function_at(std::uint64_t address) {
  const kdump::Module* module = dump_.module_at(address);
  if (module == nullptr) {
    return {};
  }
  FunctionAt found = image_of(*module).function_at(rva_in(*module, address));
  rebase(found.frame, module->base);
  return found;
}

bool DumpCode::may_be_code(std::uint64_t address) {
  const kdump::Module* module = dump_.module_at(address);
  return module != nullptr && address - module->base >= kHeadersEnd;
}

// The dump first: code that was patched or spoilt in memory must be seen as it ran.
bool DumpCode::read_code(std::uint64_t address, std::span<std::byte> out) {
  if (memory_(address, out)) {
    return true;
  }
  const kdump::Module* module = dump_.module_at(address);
  return module != nullptr && image_of(*module).read(rva_in(*module, address), out);
}

Place DumpCode::place_of(std::uint64_t address, std::uint64_t lookup) {
  Place place;
  place.address = address;
  const kdump::Module* module = dump_.module_at(lookup);
  if (module == nullptr) {
    return place;
  }
  place.module = short_module_name(module->name);
  if (place.module.empty()) { // the name was paged out
    place.module = "unnamed";
  }
  place.rva = address - module->base;
  Image& image = image_of(*module);
  place.timestamp = image.timestamp();
  const std::optional<Symbol> symbol = image.symbol_at(rva_in(*module, lookup));
  // An export names its neighbours too: far from it the name would be a lie.
  constexpr std::uint64_t kExportReach = 0x400;
  if (symbol && (symbol->exact || symbol->offset <= kExportReach)) {
    place.function = symbol->name;
    place.offset = symbol->offset + (address - lookup);
  }
  return place;
}

} // namespace migstorm::triage
