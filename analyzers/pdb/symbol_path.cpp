#include "analyzers/pdb/symbol_path.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace migstorm::pdb {
namespace {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) {
      return parts;
    }
    text.remove_prefix(at + 1);
  }
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool is_url(const std::string& text) {
  const std::string start = lower(text.substr(0, 8));
  return start.starts_with("http://") || start.starts_with("https://");
}

std::string without_last_slash(std::string text) {
  while (text.size() > 1 && text.back() == '/') {
    text.pop_back();
  }
  return text;
}

struct Parser {
  const std::string& default_cache;
  std::vector<std::string> caches; // of cache*, which stand before everything that follows
  std::vector<PathElement> elements;

  Status add_server(std::vector<std::string> parts) {
    PathElement element;
    element.folders = caches;
    for (std::string& part : parts) {
      if (is_url(part)) {
        if (&part != &parts.back()) {
          return Error{Errc::malformed, fmt::format("symbol path: behind the server {} stands more", part)};
        }
        element.server = without_last_slash(part);
      } else {
        element.folders.push_back(part.empty() ? default_cache : std::move(part));
      }
    }
    if (!element.server.empty() && element.folders.empty()) {
      element.folders.push_back(default_cache);
    }
    elements.push_back(std::move(element));
    return Unit{};
  }

  Status add(const std::string& text) {
    std::vector<std::string> parts = split(text, '*');
    const std::string kind = lower(parts.front());
    if (parts.size() == 1) {
      if (is_url(text)) {
        return add_server({text});
      }
      elements.push_back({{text}, {}});
      return Unit{};
    }
    parts.erase(parts.begin());
    if (kind == "srv") {
      return add_server(std::move(parts));
    }
    if (kind == "symsrv" && parts.size() > 1 && lower(parts.front()) == "symsrv.dll") {
      parts.erase(parts.begin());
      return add_server(std::move(parts));
    }
    if (kind == "cache" && parts.size() == 1) {
      caches.push_back(parts.front().empty() ? default_cache : parts.front());
      elements.push_back({{caches.back()}, {}});
      return Unit{};
    }
    return Error{
        Errc::malformed,
        fmt::format("symbol path: \"{}\" is neither a folder nor srv*FOLDER*URL nor cache*FOLDER", text)};
  }
};

} // namespace

Result<std::vector<PathElement>> parse_symbol_path(std::string_view text, const std::string& default_cache) {
  if (text.size() > kPathTextMax) {
    return Error{Errc::over_limit,
                 fmt::format("symbol path of {} characters, limit {}", text.size(), kPathTextMax)};
  }
  Parser parser{default_cache, {}, {}};
  for (const std::string& element : split(text, ';')) {
    if (element.empty()) {
      continue;
    }
    if (parser.elements.size() == kPathElementsMax) {
      return Error{Errc::over_limit, fmt::format("symbol path: more than {} elements", kPathElementsMax)};
    }
    if (Status status = parser.add(element); !status) {
      return std::move(status).error();
    }
  }
  return std::move(parser.elements);
}

} // namespace migstorm::pdb
