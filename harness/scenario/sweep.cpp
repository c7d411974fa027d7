// `sweep:` and `arms:`: comparisons of several set-ups in one run.
#include "harness/scenario/fields.hpp"
#include "harness/scenario/sections.hpp"
#include "harness/scenario/units.hpp"
#include "harness/scenario/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <set>

namespace migstorm {
namespace {

constexpr std::size_t kValuesMax = 64;
constexpr std::size_t kCellsMax = 10'000;
constexpr std::size_t kArmsMax = 8;
constexpr std::size_t kPatternsMax = 256;
constexpr std::size_t kHotfixesMax = 64;

template <class Check>
std::size_t read_factor(const yaml::Node& node, const Check& check) {
  std::set<std::string, std::less<>> seen;
  for (const yaml::Node& item : read_some(node, kValuesMax)) {
    check(item);
    if (item.is_scalar() && !seen.insert(item.text()).second) {
      item.error(fmt::format("{} stands twice", units::quoted(item.text())));
    }
  }
  return std::max<std::size_t>(seen.size(), 1);
}

std::string_view trimmed(std::string_view text) {
  const std::size_t from = std::min(text.find_first_not_of(' '), text.size());
  const std::size_t to = text.find_last_not_of(' ');
  return to == std::string_view::npos ? std::string_view() : text.substr(from, to - from + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t from = 0;;) {
    const std::size_t end = std::min(text.find(separator, from), text.size());
    parts.push_back(trimmed(text.substr(from, end - from)));
    if (end == text.size()) {
      return parts;
    }
    from = end + 1;
  }
}

// How many guests' worth of disks "scsi x 1, 2, 4, 8" names; absent when it is not of that form.
std::optional<std::size_t> parse_bus_group(std::string_view group) {
  const std::size_t cross = group.find(" x ");
  if (cross == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view bus = trimmed(group.substr(0, cross));
  const std::uint64_t most = bus == "scsi" ? 256 : bus == "ide" ? 3 : 0;
  const auto counts = split(group.substr(cross + 3), ',');
  const bool fine = std::all_of(counts.begin(), counts.end(), [&](std::string_view text) {
    const auto count = units::parse_whole(text);
    return count && *count >= 1 && *count <= most;
  });
  return fine ? std::optional(counts.size()) : std::nullopt;
}

// [scsi x 1, 2, 4, 8; ide x 1, 2]: YAML splits at the commas, so the entries are put together again first.
std::size_t read_disks_factor(const yaml::Node& node) {
  std::string joined;
  for (const yaml::Node& item : read_some(node, kValuesMax)) {
    joined += (joined.empty() ? "" : ", ") + item.text();
  }
  std::size_t values = 0;
  for (const std::string_view group : joined.empty() ? std::vector<std::string_view>() : split(joined, ';')) {
    const auto found = parse_bus_group(group);
    if (!found) {
      node.error(
          fmt::format("{} is not a bus and numbers of disks, write it like scsi x 1, 2, 4 (at most 256) or "
                      "ide x 1, 2 (at most 3)",
                      units::quoted(group)));
    }
    values += found.value_or(2); // one problem is enough to tell
  }
  return std::max<std::size_t>(values, 1);
}

bool is_hotfix(std::string_view text) {
  return text.size() >= 8 && text.size() <= 10 && text.starts_with("KB") &&
         std::all_of(text.begin() + 2, text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

void read_hotfixes(const yaml::Node& node) {
  for (const yaml::Node& item : read_some(node, kHotfixesMax)) {
    const std::string hotfix = item.text();
    if (item.is_scalar() && !is_hotfix(hotfix)) {
      item.error(fmt::format("{} is not a hotfix, write it like KB2636573", units::quoted(hotfix)));
    }
  }
}

std::string read_arm(const yaml::Node& arm) {
  std::string name = read_short_text(arm.require("name"), "", 32);
  const yaml::Node guests = arm.require("guests");
  read_pattern(guests.require("match"));
  guests.finish();
  read_hotfixes(arm.key("with_hotfixes"));
  read_hotfixes(arm.key("without_hotfixes"));
  arm.finish();
  return name;
}

} // namespace

void read_sweep(const yaml::Node& node) {
  node.key("combine").choice(words::kCombinations, 0);
  const auto of_words = [](const auto& words) {
    return [&words](const yaml::Node& item) { pick(item, words, words.front().second); };
  };
  std::size_t cells = read_disks_factor(node.key("disks"));
  cells *= read_factor(node.key("disks.type"), of_words(words::kDiskTypes));
  cells *= read_factor(node.key("disks.format"), of_words(words::kFormats));
  cells *= read_factor(node.key("migrate.route"), of_words(words::kRoutes));
  cells *= read_factor(node.key("load.rate"), [](const yaml::Node& item) { item.rate(0); });
  if (cells > kCellsMax) {
    node.error(fmt::format("{} combinations, at most {}", cells, kCellsMax));
  } else if (node.is_map() && cells < 2) {
    node.error("nothing varies, give a factor (disks, disks.type, disks.format, migrate.route, load.rate) "
               "two values");
  }
  for (const yaml::Node& item : read_some(node.key("may_power_off"), kPatternsMax)) {
    read_pattern(item);
  }
  node.finish();
}

void read_arms(const yaml::Node& node) {
  const auto arms = node.list();
  if (node.is_list() && (arms.size() < 2 || arms.size() > kArmsMax)) {
    node.error(fmt::format("{} arms, use 2 to {}", arms.size(), kArmsMax));
  }
  if (arms.size() > kArmsMax) {
    return;
  }
  std::set<std::string, std::less<>> names;
  for (const yaml::Node& arm : arms) {
    const std::string name = read_arm(arm);
    if (!name.empty() && !names.insert(name).second) {
      arm.error(fmt::format("a second arm with the name {}", units::quoted(name)));
    }
  }
}

} // namespace migstorm
