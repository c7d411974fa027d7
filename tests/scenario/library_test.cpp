// The files that users start from: the scenarios and labs that come along, and their manual.
#include "tests/scenario/problems.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <set>

namespace migstorm {
namespace {

const std::filesystem::path kTree = MIGSTORM_SOURCE_DIR;

std::vector<std::string> yaml_files(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(kTree / folder)) {
    if (entry.path().extension() == ".yaml") {
      files.push_back(entry.path());
    }
  }
  return files;
}

std::string text_of(const std::filesystem::path& path) {
  auto text = read_text_file(path);
  REQUIRE(text);
  return std::move(*text);
}

std::vector<std::string> undescribed(const std::vector<std::string>& keys, const std::string& manual) {
  std::vector<std::string> missing;
  for (const std::string& key : keys) {
    const bool is_section = manual.find("| `" + key + ".") != std::string::npos;
    if (!is_section && manual.find("| `" + key + "` |") == std::string::npos) {
      missing.push_back(key);
    }
  }
  return missing;
}

// Keys that rows of a manual's tables begin with: "| `migrate.count` | ...".
std::vector<std::string> described(const std::string& manual) {
  std::vector<std::string> keys;
  const std::string mark = "\n| `";
  for (std::size_t at = manual.find(mark); at != std::string::npos; at = manual.find(mark, at + 1)) {
    const std::size_t from = at + mark.size();
    keys.push_back(manual.substr(from, manual.find('`', from) - from));
  }
  return keys;
}

TEST_CASE("the library's scenarios have no problems", "[library]") {
  std::set<std::string> names;
  for (const std::string& file : yaml_files("scenarios")) {
    const auto parsed = load_scenario(file, {});
    REQUIRE(parsed);
    CHECK(lines(parsed->diagnostics).empty());
    CHECK(names.insert(parsed->scenario.name).second);
    CHECK(lines(validate_text(file, parsed->scenario.source)).empty());
  }
  CHECK(names.size() >= 6);
}

TEST_CASE("the library's labs have no problems", "[library]") {
  const auto files = yaml_files("scenarios/labs");
  CHECK(files.size() >= 2);
  for (const std::string& file : files) {
    const auto parsed = load_lab_file(file);
    REQUIRE(parsed);
    CHECK(lines(parsed->reader.diagnostics()).empty());
    CHECK(is_lab_file(text_of(file)));
  }
}

TEST_CASE("the founding case is what it is known for", "[library]") {
  const auto parsed = load_scenario(kTree / "scenarios/kb2636573-reproduce.yaml", {});
  REQUIRE(parsed);
  const Scenario& scenario = parsed->scenario;
  CHECK(scenario.campaign == CampaignKind::reproduce);
  CHECK(scenario.migrate.count == 12'000);
  REQUIRE(scenario.disks.size() == 1);
  CHECK(scenario.disks[0].count == 4);
  CHECK(scenario.disks[0].type == hyperv::DiskType::dynamic);
  CHECK(scenario.stop.same_signature == 3U);
}

TEST_CASE("the manual describes every key of a scenario and no other", "[library]") {
  const std::string manual = text_of(kTree / "docs/scenario.md");
  const auto keys = scenario_keys();
  CHECK(keys.size() > 50);
  CHECK(undescribed(keys, manual).empty());
  for (const std::string& key : described(manual)) {
    CAPTURE(key);
    CHECK(std::count(keys.begin(), keys.end(), key) == 1);
  }
}

TEST_CASE("the manual describes every key of a lab file and no other", "[library]") {
  const std::string manual = text_of(kTree / "docs/lab.md");
  const auto keys = lab_keys();
  CHECK(keys.size() > 30);
  CHECK(undescribed(keys, manual).empty());
  for (const std::string& key : described(manual)) {
    CAPTURE(key);
    CHECK(std::count(keys.begin(), keys.end(), key) == 1);
  }
}

TEST_CASE("the manual's own examples are scenarios and labs", "[library]") {
  const auto name = GENERATE("docs/scenario.md", "docs/lab.md");
  const std::string manual = text_of(kTree / name);
  const std::string open = "```yaml\n";
  const std::size_t from = manual.find(open);
  REQUIRE(from != std::string::npos);
  const std::size_t start = from + open.size();
  const std::string example = manual.substr(start, manual.find("```", start) - start);
  CHECK(lines(validate_text(name, example)).empty());
}

} // namespace
} // namespace migstorm
