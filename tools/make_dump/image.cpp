#include "tools/make_dump/image.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace migstorm::make_dump {

namespace {

// Offsets from `PE\0\0`.
constexpr std::uint32_t kMachine = 4;
constexpr std::uint32_t kSectionCount = 6;
constexpr std::uint32_t kTimestamp = 8;
constexpr std::uint32_t kOptionalSize = 0x14;
constexpr std::uint32_t kOptional = 0x18;
constexpr std::uint32_t kEntryPoint = 0x28;
constexpr std::uint32_t kSizeOfImage = 0x50;
constexpr std::uint32_t kSizeOfHeaders = 0x54;
constexpr std::uint32_t kCheckSum = 0x58;

constexpr std::uint16_t kPe32 = 0x10B;
constexpr std::uint16_t kMachineX64 = 0x8664;

// What lies elsewhere in images of 32 bits.
constexpr std::uint32_t image_base(unsigned word) { return word == 8 ? 0x30 : 0x34; }
constexpr std::uint32_t directories(unsigned word) { return word == 8 ? 0x88 : 0x78; }

constexpr unsigned kExports = 0;
constexpr unsigned kImports = 1;
constexpr unsigned kRelocations = 5;
constexpr unsigned kDebug = 6;

constexpr std::uint16_t kHighLow = 3;
constexpr std::uint16_t kDir64 = 10;

} // namespace

std::string Guid::key() const {
  const std::span<const std::byte> all(bytes);
  std::string key = fmt::format("{:08X}{:04X}{:04X}", get<std::uint32_t>(all, 0), get<std::uint16_t>(all, 4),
                                get<std::uint16_t>(all, 6));
  for (const std::byte byte : all.subspan(8)) {
    key += fmt::format("{:02X}", std::to_integer<unsigned>(byte));
  }
  return key;
}

Image::Image(std::string_view build, std::string_view file_name, Address base)
    : name_(file_name), base_(base) {
  const KernelFile& file = kernel_file(build, file_name);
  headers_ = get<std::uint32_t>(file.bytes, 0x3C);
  word_ = get<std::uint16_t>(file.bytes, header(kOptional)) == kPe32 ? 4 : 8;
  memory_.resize(get<std::uint32_t>(file.bytes, header(kSizeOfImage)));
  place_sections(file.bytes);
  relocate();
  symbols_ = kernel_symbols(build, name_);
}

void Image::place_sections(std::span<const std::byte> file) {
  put(memory_, 0, file.first(get<std::uint32_t>(file, header(kSizeOfHeaders))));
  const auto count = get<std::uint16_t>(file, header(kSectionCount));
  std::uint32_t section = header(kOptional) + get<std::uint16_t>(file, header(kOptionalSize));
  for (std::uint16_t i = 0; i < count; ++i, section += 0x28) {
    const auto virtual_size = get<std::uint32_t>(file, section + 8);
    const auto file_size = get<std::uint32_t>(file, section + 16);
    const auto from = file.subspan(get<std::uint32_t>(file, section + 20), std::min(virtual_size, file_size));
    put(memory_, get<std::uint32_t>(file, section + 12), from);
  }
}

void Image::relocate() {
  const std::uint64_t moved = base_ - word(header(image_base(word_)));
  const Rva end = directory(kRelocations) + directory_size(kRelocations);
  for (Rva block = directory(kRelocations); block < end;) {
    const auto page = get<std::uint32_t>(memory_, block);
    const auto size = get<std::uint32_t>(memory_, block + 4);
    for (Rva at = block + 8; at < block + size; at += 2) {
      const auto item = get<std::uint16_t>(memory_, at);
      if (item >> 12 == kDir64 || item >> 12 == kHighLow) {
        const Rva where = page + (item & 0xFFFU);
        put_word_at(where, word(where) + moved);
      }
    }
    block += size;
  }
  put_word_at(header(image_base(word_)), base_); // as the loader of Windows does
}

std::uint64_t Image::word(Rva at) const {
  return word_ == 8 ? get<std::uint64_t>(memory_, at) : get<std::uint32_t>(memory_, at);
}

void Image::put_word_at(Rva at, std::uint64_t value) { put_word(memory_, at, value, word_); }

Rva Image::directory(unsigned index) const {
  return get<std::uint32_t>(memory_, header(directories(word_) + 8 * index));
}

std::uint32_t Image::directory_size(unsigned index) const {
  return get<std::uint32_t>(memory_, header(directories(word_) + 8 * index + 4));
}

std::uint32_t Image::timestamp() const { return get<std::uint32_t>(memory_, header(kTimestamp)); }
std::uint32_t Image::checksum() const { return get<std::uint32_t>(memory_, header(kCheckSum)); }
Address Image::entry_point() const { return base_ + get<std::uint32_t>(memory_, header(kEntryPoint)); }

std::string Image::text(Rva rva) const {
  std::string out;
  for (; get<char>(memory_, rva) != '\0'; ++rva) {
    out += get<char>(memory_, rva);
  }
  return out;
}

Rva Image::codeview() const {
  constexpr std::uint32_t kCodeView = 2;
  for (Rva entry = directory(kDebug); entry < directory(kDebug) + directory_size(kDebug); entry += 0x1C) {
    if (get<std::uint32_t>(memory_, entry + 12) == kCodeView) {
      return get<std::uint32_t>(memory_, entry + 20);
    }
  }
  assert(false && "our images have a PDB");
  return 0;
}

std::string Image::image_key() const { return fmt::format("{:08X}{:x}", timestamp(), size()); }
std::string Image::pdb_name() const { return text(codeview() + 24); }

std::string Image::pdb_key() const {
  Guid guid;
  put(guid.bytes, 0, std::span(memory_).subspan(codeview() + 4, guid.bytes.size()));
  return guid.key() + fmt::format("{:X}", get<std::uint32_t>(memory_, codeview() + 20));
}

Rva Image::symbol(const std::string& name) const {
  const auto found = symbols_.find(name);
  assert(found != symbols_.end());
  return found->second;
}

// Between a public symbol and the next.
Function Image::by_symbols(Rva rva) const {
  Function function{0, size(), 0};
  for (const auto& [name, at] : symbols_) {
    if (at <= rva) {
      function.begin = std::max(function.begin, at);
    } else {
      function.end = std::min(function.end, at);
    }
  }
  return function;
}

Function Image::function(Rva rva) const {
  if (get<std::uint16_t>(memory_, header(kMachine)) != kMachineX64) {
    return by_symbols(rva);
  }
  for (Rva at = exception_table(); at < exception_table() + exception_table_size(); at += 12) {
    const Function function{get<std::uint32_t>(memory_, at), get<std::uint32_t>(memory_, at + 4),
                            get<std::uint32_t>(memory_, at + 8)};
    if (rva >= function.begin && rva < function.end) {
      return function;
    }
  }
  assert(false && "the functions on the crash's path all have frames");
  return {};
}

Rva Image::exported(const std::string& name) const {
  const Rva table = directory(kExports);
  const auto count = get<std::uint32_t>(memory_, table + 0x18);
  const auto functions = get<std::uint32_t>(memory_, table + 0x1C);
  const auto names = get<std::uint32_t>(memory_, table + 0x20);
  const auto ordinals = get<std::uint32_t>(memory_, table + 0x24);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (text(get<std::uint32_t>(memory_, names + 4 * i)) == name) {
      return get<std::uint32_t>(memory_, functions + 4U * get<std::uint16_t>(memory_, ordinals + 2 * i));
    }
  }
  assert(false && "our images import only what our images export");
  return 0;
}

void Image::bind(const Image& from) {
  for (Rva entry = directory(kImports); get<std::uint32_t>(memory_, entry) != 0; entry += 0x14) {
    if (text(get<std::uint32_t>(memory_, entry + 12)) != from.name_) {
      continue;
    }
    auto lookup = get<std::uint32_t>(memory_, entry);
    auto slot = get<std::uint32_t>(memory_, entry + 16);
    for (; word(lookup) != 0; lookup += word_, slot += word_) {
      constexpr std::uint32_t kHint = 2; // a u16 before the name
      const std::string name = text(get<std::uint32_t>(memory_, lookup) + kHint);
      put_word_at(slot, from.base_ + from.exported(name));
    }
  }
}

} // namespace migstorm::make_dump
