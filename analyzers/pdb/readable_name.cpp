#include "analyzers/pdb/pdb.hpp"

#include <algorithm>

namespace migstorm::pdb {
namespace {

bool is_plain(std::string_view part) {
  return !part.empty() && std::all_of(part.begin(), part.end(), [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

// "?name@inner@outer@@...": the scopes stand behind the name, the innermost first.
std::optional<std::string> from_cpp(std::string_view name) {
  name.remove_prefix(1);
  const std::size_t end = name.find("@@");
  if (end == std::string_view::npos) {
    return std::nullopt;
  }
  name = name.substr(0, end);
  std::string whole;
  while (!name.empty()) {
    const std::size_t at = std::min(name.find('@'), name.size());
    const std::string_view part = name.substr(0, at);
    if (!is_plain(part) || (part.front() >= '0' && part.front() <= '9')) { // a digit refers back
      return std::nullopt;
    }
    whole.insert(0, whole.empty() ? "" : "::").insert(0, part); // the innermost stands first
    name.remove_prefix(std::min(at + 1, name.size()));
  }
  return whole.empty() ? std::nullopt : std::optional(whole);
}

// _cdecl, _stdcall@8, @fastcall@8
std::string_view from_x86(std::string_view name) {
  const bool decorated = !name.empty() && (name.front() == '_' || name.front() == '@');
  if (!decorated) {
    return name;
  }
  const std::string_view bare = name.substr(1);
  const std::size_t at = bare.rfind('@');
  const bool bytes = at != std::string_view::npos && at + 1 < bare.size() &&
                     std::all_of(bare.begin() + static_cast<std::ptrdiff_t>(at) + 1, bare.end(),
                                 [](char c) { return c >= '0' && c <= '9'; });
  return bytes ? bare.substr(0, at) : bare;
}

} // namespace

std::string readable_name(std::string_view name, bool x86) {
  if (!name.empty() && name.front() == '?') {
    if (std::optional<std::string> whole = from_cpp(name)) {
      return *whole;
    }
    return std::string(name);
  }
  return std::string(x86 ? from_x86(name) : name);
}

} // namespace migstorm::pdb
