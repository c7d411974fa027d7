#include "analyzers/kdump/names.hpp"

namespace migstorm::kdump {
namespace {

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6);
    put(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12);
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  } else {
    put(0xf0 | c >> 18);
    put(0x80 | (c >> 12 & 0x3f));
    put(0x80 | (c >> 6 & 0x3f));
    put(0x80 | (c & 0x3f));
  }
}

bool is_control(std::uint32_t c) { return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0xfeff; }
// Characters that turn the direction of the text around them, which can make one name look like another.
bool turns_text(std::uint32_t c) {
  return (c >= 0x200e && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

} // namespace

std::string utf8_from_utf16(Bytes utf16) {
  ByteReader in(utf16, "name");
  std::string out;
  std::uint32_t high = 0; // the first half of a pair
  while (in.remaining() >= 2) {
    const std::uint32_t unit = in.le<std::uint16_t>();
    const bool low_half = unit >= 0xdc00 && unit < 0xe000;
    if (high != 0 && low_half) {
      append_utf8(out, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
      high = 0;
      continue;
    }
    if (high != 0) {
      out += '?';
      high = 0;
    }
    if (unit == 0) {
      break;
    }
    if (unit >= 0xd800 && unit < 0xdc00) {
      high = unit;
    } else {
      append_utf8(out, low_half || is_control(unit) || turns_text(unit) ? std::uint32_t{'?'} : unit);
    }
  }
  return high != 0 ? out + '?' : out;
}

std::string file_name_of(const std::string& path) {
  const std::size_t slash = path.find_last_of("\\/");
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

} // namespace migstorm::kdump
