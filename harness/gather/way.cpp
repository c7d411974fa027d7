#include "harness/gather/way.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace migstorm::gather {
namespace {

constexpr std::size_t kSafeMax = 64;

// A guest's name leads nowhere but into its own folder.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." &&
         std::none_of(name.begin(), name.end(),
                      [](unsigned char c) { return c == '/' || c == '\\' || c < 0x20; });
}

void replace_all(std::string& text, std::string_view what, const std::string& with) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += with.size()) {
    text.replace(at, what.size(), with);
  }
}

bool is_safe(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.';
}

// FNV-1a.
std::uint32_t mark_of(const std::string& text) {
  std::uint32_t mark = 2'166'136'261U;
  for (const char c : text) {
    mark = (mark ^ static_cast<unsigned char>(c)) * 16'777'619U;
  }
  return mark;
}

} // namespace

Status DumpFile::put_aside(const DumpFacts&, const std::string&) {
  return Error{Errc::unsupported, "dumps are put aside over smb:// only"};
}

Result<std::string> expand(const std::string& text, const Guest& guest) {
  if (!is_plain_name(guest.name) || !is_plain_name(guest.address)) {
    return Error{Errc::unsupported, "the guest has a name that no way may hold"};
  }
  std::string out = text;
  replace_all(out, "{address}", guest.address);
  // Last: a guest may be called "{address}".
  replace_all(out, "{guest}", guest.name);
  return out;
}

std::string safe_name(const std::string& name) {
  std::string safe = name.substr(0, kSafeMax);
  std::replace_if(
      safe.begin(), safe.end(), [](char c) { return !is_safe(c); }, '_');
  if (!safe.empty() && safe.front() == '.') {
    safe.front() = '_';
  }
  if (safe != name || safe.empty()) {
    const std::string mark = fmt::format("-{:08x}", mark_of(name));
    safe = safe.substr(0, kSafeMax - mark.size()) + mark;
  }
  return safe;
}

} // namespace migstorm::gather
