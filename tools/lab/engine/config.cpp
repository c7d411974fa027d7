#include "tools/lab/engine/config.hpp"

#include "harness/scenario/units.hpp"
#include "tools/lab/engine/config_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace migstorm::lab {
namespace {

constexpr std::array<std::string_view, kFaults> kFaultNames = {
    "refused-connection", "reset-connection", "lost-reply", "context-lost",   "slow-job",    "stuck-job",
    "lying-job",          "failed-move",      "host-down",  "heartbeat-flap", "failed-dump", "stopped-load"};

constexpr std::array<std::string_view, kForeign> kForeignNames = {
    "move",   "load-balance", "drain",    "checkpoint",   "backup",     "storage-move", "rename",
    "remove", "recreate",     "redirect", "pause-volume", "stop-guest", "restart-guest"};

void read_cluster(const yaml::Node& node, SimulatedConfig& config) {
  if (!node.defined()) {
    return;
  }
  config.cluster_name = "LAB-CLUSTER";
  if (const auto name = node.key("name"); name.defined()) {
    config.cluster_name = read_name(node);
    if (config.cluster_name.find('%') != std::string::npos) {
      name.error("a cluster is one: its name takes no number");
    }
  }
  if (const auto parallel = node.key("parallel_migrations"); parallel.defined()) {
    config.parallel_migrations = static_cast<std::uint32_t>(parallel.whole(1, 64, 2));
  }
  config.resource_control = node.key("resource_control").flag(true);
  if (const auto silence = node.key("heartbeat_recovery"); silence.defined()) {
    config.heartbeat_recovery =
        silence.span(std::chrono::seconds(1), std::chrono::hours(1), std::chrono::minutes(1));
  }
  if (const auto size = node.key("volume_size"); size.defined()) {
    config.volume_size = size.bytes(1ull << 30, 1ull << 50, config.volume_size);
  }
  node.finish();
}

void read_moves(const yaml::Node& node, SimulatedConfig& config) {
  config.moves.duration = node.key("duration").span_range(config.moves.duration);
  config.moves.blackout = node.key("blackout").span_range(config.moves.blackout);
  node.finish();
}

void read_crash(const yaml::Node& node, SimulatedConfig& config) {
  CrashConfig& crash = config.crash;
  crash.hazard = node.key("hazard").fraction(0, 1, crash.hazard);
  crash.fixed_by = static_cast<FixedBy>(node.key("fixed_by")
                                            .choice({"source_host", "destination_host", "guest", "all"},
                                                    static_cast<std::size_t>(crash.fixed_by)));
  crash.dump = node.key("dump").span_range(crash.dump);
  crash.reboot = node.key("reboot").span_range(crash.reboot);
  node.finish();
}

FaultConfig read_fault(const yaml::Node& node) {
  FaultConfig fault;
  if (!node.is_map()) {
    fault.armed = node.flag(true);
    return fault;
  }
  fault.armed = true;
  fault.certain = node.key("certain").flag(false);
  fault.probability = node.key("probability").fraction(0, 1, 0);
  node.finish();
  return fault;
}

} // namespace

std::string_view to_string(Foreign event) noexcept { return kForeignNames[static_cast<std::size_t>(event)]; }

std::string_view to_string(Fault fault) noexcept { return kFaultNames[static_cast<std::size_t>(fault)]; }

std::optional<NamePattern> parse_pattern(std::string_view name) {
  NamePattern pattern;
  const std::size_t mark = name.find('%');
  if (mark == std::string_view::npos) {
    pattern.before = name;
    return pattern;
  }
  pattern.before = name.substr(0, mark);
  std::string_view rest = name.substr(mark + 1);
  if (rest.size() > 2 && rest[0] == '0' && rest[1] >= '1' && rest[1] <= '9') {
    pattern.width = static_cast<std::size_t>(rest[1] - '0');
    rest.remove_prefix(2);
  }
  if (rest.empty() || rest[0] != 'd') {
    return std::nullopt;
  }
  pattern.numbered = true;
  pattern.after = rest.substr(1);
  return pattern;
}

std::string read_name(const yaml::Node& entry) {
  const yaml::Node node = entry.require("name");
  if (!node.defined()) {
    return {};
  }
  std::string name = node.text();
  const auto plain = [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || c == '-' || c == '_');
  };
  const auto pattern = parse_pattern(name);
  if (!pattern || name.empty() || name.size() > kNameMax || name.front() == '-' || name.front() == '_' ||
      !std::all_of(pattern->before.begin(), pattern->before.end(), plain) ||
      !std::all_of(pattern->after.begin(), pattern->after.end(), plain)) {
    node.error(fmt::format("{} is not a name: use up to {} letters, digits, '-' and '_', starting with a "
                           "letter or digit, and %02d once",
                           units::quoted(name), kNameMax));
    return {};
  }
  return name;
}

Release read_release(const yaml::Node& node, Release fallback) {
  std::vector<std::string_view> words;
  words.reserve(kReleases);
  for (std::size_t i = 0; i < kReleases; ++i) {
    words.push_back(facts_of(static_cast<Release>(i)).key);
  }
  return static_cast<Release>(node.choice(words, static_cast<std::size_t>(fallback)));
}

std::vector<std::string> read_hotfixes(const yaml::Node& node) {
  std::vector<std::string> hotfixes;
  for (const yaml::Node& item : node.list()) {
    const std::string text = item.text();
    const bool digits =
        text.size() > 2 && text.size() < 12 &&
        std::all_of(text.begin() + 2, text.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || !text.starts_with("KB")) {
      item.error(fmt::format("{} is not a hotfix, write KB2636573", units::quoted(text)));
    } else if (hotfixes.size() == kHotfixesMax) {
      item.error(fmt::format("more than {} hotfixes", kHotfixesMax));
      break;
    } else {
      hotfixes.push_back(text);
    }
  }
  return hotfixes;
}

template <std::size_t N>
void read_armed(const yaml::Node& node, const std::array<std::string_view, N>& names,
                std::array<FaultConfig, N>& armed) {
  if (node.is_scalar()) { // the whole set, or none of it
    const bool all = node.choice({"none", "all"}, 0) == 1;
    for (FaultConfig& each : armed) {
      each.armed = all;
    }
    return;
  }
  for (std::size_t i = 0; i < N; ++i) {
    if (const yaml::Node each = node.key(names[i]); each.defined()) {
      armed[i] = read_fault(each);
    }
  }
  node.finish();
}

SimulatedConfig parse_simulated(const yaml::Node& node) {
  SimulatedConfig config;
  if (!node.is_map()) {
    node.error("expected the keys of a simulated cluster");
    return config;
  }
  config.port = static_cast<std::uint16_t>(node.key("port").whole(1, 65535, config.port));
  read_cluster(node.key("cluster"), config);
  const HostGroups groups = read_hosts(node.require("hosts"), config);
  read_guests(node.key("guests"), groups, config);
  read_moves(node.key("moves"), config);
  read_crash(node.key("crash"), config);
  config.dumps = node.key("dumps").text();
  read_armed(node.key("faults"), kFaultNames, config.faults);
  read_armed(node.key("foreign"), kForeignNames, config.foreign);
  node.finish();
  return config;
}

} // namespace migstorm::lab
