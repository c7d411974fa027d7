// Where symbols and images are looked for: `--symbols` and `_NT_SYMBOL_PATH`, in the debugger's own notation.
//
//   DIR;DIR                 plain folders, or stores (FILE/KEY/FILE, two-tier ones too)
//   srv*URL  srv*DIR*URL    a symbol server, with the folders that cache what came from it
//   cache*DIR               caches everything that stands behind it
#pragma once

#include <migstorm/result.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace migstorm::pdb {

struct PathElement {
  std::vector<std::string> folders; // looked into in this order
  std::string server;               // URL without its last slash; empty: folders only
};

inline constexpr std::size_t kPathElementsMax = 256;
inline constexpr std::size_t kPathTextMax = 64u << 10;

// malformed: an element that is none of the above (symsrv*... with another DLL, an empty server).
// `default_cache`: where downloads go that no element gives a folder for.
Result<std::vector<PathElement>> parse_symbol_path(std::string_view text, const std::string& default_cache);

} // namespace migstorm::pdb
