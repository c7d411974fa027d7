#include "tools/lab/provider/property_list.hpp"

#include <migstorm/byte_reader.hpp>

namespace migstorm::lab {

namespace {

constexpr std::uint32_t kSyntaxName = 0x00040003;  // CLUSPROP_SYNTAX_NAME
constexpr std::uint32_t kSyntaxDword = 0x00010002; // CLUSPROP_SYNTAX_LIST_VALUE_DWORD
constexpr std::uint32_t kSyntaxEnd = 0;            // CLUSPROP_SYNTAX_ENDMARK
constexpr std::uint32_t kEntriesMax = 32;
constexpr std::uint32_t kNameBytesMax = 512;
constexpr std::size_t kEntryBytesMin = 24; // name header, empty name, value, end mark

std::string read_name(Bytes bytes) {
  std::string name;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    const auto low = std::to_integer<unsigned char>(bytes[i]);
    const auto high = std::to_integer<unsigned char>(bytes[i + 1]);
    if (low == 0 && high == 0) {
      break;
    }
    const bool plain = high == 0 && low >= 0x20 && low < 0x7f;
    name.push_back(plain ? static_cast<char>(low) : '?');
  }
  return name;
}

DwordProperty read_entry(ByteReader& reader) {
  DwordProperty entry;
  reader.require(reader.le<std::uint32_t>() == kSyntaxName, "entry does not begin with a name");
  const auto length = reader.count(1, kNameBytesMax);
  reader.require(length >= 2 && length % 2 == 0, "length of a name is not that of UTF-16 text");
  entry.name = read_name(reader.take(length));
  (void)reader.take((4 - length % 4) % 4); // padded to four bytes
  reader.require(reader.le<std::uint32_t>() == kSyntaxDword, "value is not a DWORD");
  reader.require(reader.le<std::uint32_t>() == sizeof(std::uint32_t), "DWORD of another size");
  entry.value = reader.le<std::uint32_t>();
  reader.require(reader.le<std::uint32_t>() == kSyntaxEnd, "entry without an end mark");
  return entry;
}

} // namespace

Result<std::vector<DwordProperty>> read_property_list(std::span<const std::uint8_t> bytes) {
  ByteReader reader(std::as_bytes(bytes), "property list");
  std::vector<DwordProperty> entries;
  const auto count = reader.count(kEntryBytesMin, kEntriesMax);
  for (std::uint32_t i = 0; i < count && reader.ok(); ++i) {
    entries.push_back(read_entry(reader));
  }
  // A closing end mark is allowed, anything else behind the last entry is not.
  if (reader.remaining() != 0) {
    reader.require(reader.remaining() == 4 && reader.le<std::uint32_t>() == kSyntaxEnd,
                   "bytes behind the last entry");
  }
  if (auto status = reader.finish(); !status) {
    return status.error();
  }
  return entries;
}

std::string read_utf16(std::span<const std::uint8_t> bytes) {
  return read_name(std::as_bytes(bytes.first(std::min<std::size_t>(bytes.size(), kNameBytesMax))));
}

} // namespace migstorm::lab
