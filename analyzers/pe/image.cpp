#include "analyzers/pe/image.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::pe {
namespace {

constexpr std::uint16_t kDosMagic = 0x5a4d;
constexpr std::uint32_t kPeMagic = 0x4550;
constexpr std::uint32_t kHeaderOffsetMax = 0x1000 - 0x18; // of what linkers write; the rest is a lie
constexpr std::uint16_t kPe32 = 0x10b;
constexpr std::uint16_t kPe32Plus = 0x20b;
constexpr std::size_t kCoffSize = 24;     // signature and COFF header
constexpr std::size_t kOptionalMax = 240; // PE32+ with all sixteen directories
constexpr std::size_t kSectionSize = 40;
constexpr std::uint32_t kDirectoriesMax = 16;
constexpr std::size_t kDebugEntrySize = 28;
constexpr std::size_t kDebugEntriesMax = 32;
constexpr std::uint32_t kCodeView = 2;
constexpr std::uint32_t kRsds = 0x53445352;
constexpr std::size_t kPdbNameMax = 512;

Error absent(const char* what) { return {Errc::truncated, fmt::format("the image's {} is not there", what)}; }

struct Coff {
  std::uint64_t at = 0; // of the signature
  std::uint16_t sections = 0;
  std::uint16_t optional_size = 0;
};

Result<Coff> read_coff(const ImageReader& read, Headers& headers) {
  const auto magic = read_le<std::uint16_t>(read, 0);
  const auto offset = read_le<std::uint32_t>(read, 0x3c);
  if (!magic || !offset) {
    return absent("first page");
  }
  if (*magic != kDosMagic || *offset > kHeaderOffsetMax) {
    return Error{Errc::malformed, "no image: MZ or the offset of its header is missing", 0};
  }
  std::array<std::byte, kCoffSize> bytes{};
  if (!read(*offset, bytes)) {
    return absent("header");
  }
  ByteReader reader(bytes, "COFF header", *offset);
  if (reader.le<std::uint32_t>() != kPeMagic) {
    return Error{Errc::malformed, "no image: PE signature missing", *offset};
  }
  Coff coff;
  coff.at = *offset;
  headers.machine = static_cast<Machine>(reader.le<std::uint16_t>());
  coff.sections = reader.le<std::uint16_t>();
  headers.timestamp = reader.le<std::uint32_t>();
  reader.take(8); // COFF symbols: not in images
  coff.optional_size = reader.le<std::uint16_t>();
  return coff;
}

void read_directories(ByteReader& reader, Headers& headers) {
  const std::uint32_t count = std::min(reader.le<std::uint32_t>(), kDirectoriesMax);
  for (std::uint32_t i = 0; i < count; ++i) {
    Directory directory;
    directory.rva = reader.le<std::uint32_t>();
    directory.size = reader.le<std::uint32_t>();
    if (!reader.ok()) {
      return;
    }
    if (i == 0) {
      headers.exports = directory;
    } else if (i == 3) {
      headers.exceptions = directory;
    } else if (i == 6) {
      headers.debug = directory;
    }
  }
}

Status read_optional(const ImageReader& read, const Coff& coff, Headers& headers) {
  std::array<std::byte, kOptionalMax> bytes{};
  const std::size_t size = std::min<std::size_t>(coff.optional_size, kOptionalMax);
  if (!read(coff.at + kCoffSize, std::span(bytes).first(size))) {
    return absent("optional header");
  }
  ByteReader reader(Bytes(bytes).first(size), "optional header", coff.at + kCoffSize);
  const auto magic = reader.le<std::uint16_t>();
  if (magic != kPe32 && magic != kPe32Plus) {
    return Error{Errc::malformed, fmt::format("optional header of unknown kind {:#x}", magic),
                 coff.at + kCoffSize};
  }
  reader.take(54);
  headers.size_of_image = reader.le<std::uint32_t>();
  headers.size_of_headers = reader.le<std::uint32_t>();
  headers.checksum = reader.le<std::uint32_t>();
  reader.take(magic == kPe32Plus ? 40 : 24);
  if (Status status = reader.finish(); !status) {
    return status;
  }
  read_directories(reader, headers);
  return Unit{};
}

Section read_section(ByteReader& reader) {
  Section section;
  for (const std::byte byte : reader.take(8)) {
    const char letter = std::to_integer<char>(byte);
    if (letter == '\0') {
      break;
    }
    section.name += letter;
  }
  section.size = reader.le<std::uint32_t>();
  section.rva = reader.le<std::uint32_t>();
  section.file_size = reader.le<std::uint32_t>();
  section.file_offset = reader.le<std::uint32_t>();
  reader.take(16);
  return section;
}

} // namespace

Result<Headers> read_headers(const ImageReader& read) {
  Headers headers;
  const Result<Coff> coff = read_coff(read, headers);
  if (!coff) {
    return coff.error();
  }
  if (Status status = read_optional(read, *coff, headers); !status) {
    return std::move(status).error();
  }
  if (coff->sections > kSectionsMax) {
    return Error{Errc::over_limit, fmt::format("{} sections, limit {}", coff->sections, kSectionsMax),
                 coff->at};
  }
  std::vector<std::byte> bytes(coff->sections * kSectionSize);
  const std::uint64_t at = coff->at + kCoffSize + coff->optional_size;
  if (!read(at, bytes)) {
    return absent("section table");
  }
  ByteReader reader(bytes, "section table", at);
  headers.sections.reserve(coff->sections);
  for (std::size_t i = 0; i < coff->sections; ++i) {
    headers.sections.push_back(read_section(reader));
  }
  return headers;
}

std::string guid_digits(Bytes bytes) {
  ByteReader reader(bytes, "GUID");
  std::string digits = fmt::format("{:08X}", reader.le<std::uint32_t>());
  digits += fmt::format("{:04X}", reader.le<std::uint16_t>());
  digits += fmt::format("{:04X}", reader.le<std::uint16_t>());
  for (const std::byte byte : reader.take(8)) {
    digits += fmt::format("{:02X}", std::to_integer<unsigned>(byte));
  }
  return digits;
}

std::optional<PdbIdentity> read_pdb_identity(const ImageReader& read, const Headers& headers) {
  const std::size_t entries = std::min<std::size_t>(headers.debug.size / kDebugEntrySize, kDebugEntriesMax);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::uint64_t entry = headers.debug.rva + i * kDebugEntrySize;
    const auto type = read_le<std::uint32_t>(read, entry + 12);
    const auto rva = read_le<std::uint32_t>(read, entry + 20);
    std::array<std::byte, 24> record{};
    if (type != kCodeView || !rva || !read(*rva, record)) {
      continue;
    }
    ByteReader reader(record, "CodeView record", *rva);
    if (reader.le<std::uint32_t>() != kRsds) {
      continue;
    }
    PdbIdentity identity;
    identity.guid = guid_digits(reader.take(16));
    identity.age = reader.le<std::uint32_t>();
    if (const auto path = read_name(read, std::uint64_t{*rva} + 24, kPdbNameMax)) {
      identity.file = path->substr(path->find_last_of("\\/") + 1);
      return identity;
    }
  }
  return std::nullopt;
}

} // namespace migstorm::pe
