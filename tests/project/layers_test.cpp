// The order of the rooms in docs/architecture.md, held to by every #include.
#include "tests/project/source_tree.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

using namespace migstorm::test;

namespace {

// What each room may include besides itself; include/ is open to all.
const std::map<std::string, std::set<std::string>> kMayUse = {
    {"include", {}},
    {"analyzers", {}},
    {"harness/scenario", {"analyzers"}},
    {"harness/watch", {"analyzers"}},
    {"harness/preflight", {"harness/scenario", "analyzers"}},
    {"harness/campaign", {"harness/watch", "harness/scenario", "analyzers"}},
    {"harness/runtime", {}},
    {"harness/wsman", {"harness/runtime"}},
    {"harness/hyperv", {"harness/wsman", "harness/runtime", "harness/scenario", "harness/watch"}},
    {"harness/journal", {"harness/scenario"}},
    {"harness/report", {"harness/campaign", "harness/preflight", "harness/scenario", "analyzers"}},
    {"harness/gather", {"harness/campaign", "harness/runtime", "analyzers"}},
    {"harness/symbols", {"harness/runtime", "analyzers"}},
    {"tools/make_dump", {}},
    {"tools/smb", {"harness/gather"}}, // what is said over the pipe, and nothing else of it
    {"tools/lab", {"tools/make_dump", "harness/scenario"}},
    {"tools/migstorm",
     {"analyzers", "harness/scenario", "harness/watch", "harness/preflight", "harness/campaign",
      "harness/runtime", "harness/wsman", "harness/hyperv", "harness/journal", "harness/report",
      "harness/symbols", "harness/gather", "tools/lab", "tools/make_dump"}},
};

std::optional<std::string> room_of(const std::string& path) {
  for (const auto& [room, allowed] : kMayUse) {
    if (path.rfind(room + '/', 0) == 0) {
      return room;
    }
  }
  return std::nullopt;
}

// The path between the quotes of #include "..."; empty for every other line.
std::string quoted_include(const std::string& line) {
  constexpr std::string_view kStart = "#include \"";
  if (line.rfind(kStart, 0) != 0) {
    return {};
  }
  return line.substr(kStart.size(), line.find('"', kStart.size()) - kStart.size());
}

bool includes(const SourceFile& file, std::string_view what) {
  return std::any_of(file.lines.begin(), file.lines.end(), [what](const std::string& line) {
    return line.rfind("#include", 0) == 0 && line.find(what) != std::string::npos;
  });
}

} // namespace

TEST_CASE("every include goes down, never up", "[project]") {
  const auto files = source_files({"include", "analyzers", "harness", "tools"});
  REQUIRE(files.size() > 50);
  for (const SourceFile& file : files) {
    const std::optional<std::string> room = room_of(file.path);
    CAPTURE(file.path);
    REQUIRE(room);
    for (const std::string& line : file.lines) {
      const std::string target = quoted_include(line);
      if (target.empty()) {
        continue;
      }
      CAPTURE(target);
      const std::optional<std::string> used = room_of(target);
      REQUIRE(used); // includes are written from the top of the tree
      CHECK((*used == *room || kMayUse.at(*room).count(*used) == 1));
    }
  }
}

TEST_CASE("expensive headers stay out of headers, so that few files pay for them", "[project]") {
  // These are for the .cpp files of their own folder.
  const std::set<std::string> expensive_by_design = {
      "harness/wsman/http_body.hpp", "harness/wsman/http_connection.hpp", "tools/lab/wsman/http_session.hpp"};
  for (const SourceFile& file : source_files({"include", "analyzers", "harness", "tools"})) {
    if (file.path.size() < 4 || file.path.substr(file.path.size() - 4) != ".hpp" ||
        expensive_by_design.count(file.path) == 1) {
      continue;
    }
    CAPTURE(file.path);
    CHECK_FALSE(includes(file, "boost/beast"));
    CHECK_FALSE(includes(file, "cpprest/"));
  }
}

TEST_CASE("only the composition root and its commands name concrete adapters", "[project]") {
  for (const SourceFile& file :
       source_files({"analyzers", "harness/campaign", "harness/watch", "harness/scenario"})) {
    CAPTURE(file.path);
    for (const char* adapter : {"boost/asio", "sqlite3.h", "pugixml", "cpprest", "spdlog/sinks"}) {
      CHECK_FALSE(includes(file, adapter));
    }
  }
}
