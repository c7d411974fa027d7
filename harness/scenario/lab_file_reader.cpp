#include "harness/scenario/lab_file_reader.hpp"

#include "harness/scenario/fields.hpp"
#include "harness/scenario/glob.hpp"
#include "harness/scenario/lab_dumps.hpp"
#include "harness/scenario/lab_sections.hpp"
#include "harness/scenario/scenario_file.hpp"
#include "harness/scenario/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace migstorm {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kNamesMax = 1024;
constexpr std::uint64_t kClockMax = 1000;
constexpr std::uint64_t kLanesMax = 32;

void read_clock(const yaml::Node& node, LabFile& lab) {
  if (node.is_scalar() && node.text() == "lockstep") {
    lab.clock = ClockMode::lockstep;
  } else if (node.is_scalar() && !units::parse_whole(node.text())) {
    node.error(fmt::format("expected lockstep or a whole number, found {}", units::quoted(node.text())));
  } else {
    lab.clock_factor = static_cast<std::uint32_t>(node.whole(1, kClockMax, 1));
  }
  if (!lab.simulated && lab.clock == ClockMode::lockstep) {
    node.error("lockstep is a clock of a simulated cluster, real hosts have their own: use 1");
  } else if (!lab.simulated && lab.clock_factor != 1) {
    node.error("real hosts run at their own pace, use 1");
  }
}

void read_cluster(const yaml::Node& node, LabFile& lab) {
  lab.cluster_name = read_short_text(node.key("name"), "", 63);
  if (const yaml::Node id = node.key("id"); id.defined()) {
    lab.cluster_id = canonical_guid(id.text());
    if (id.is_scalar() && lab.cluster_id.empty()) {
      id.error(fmt::format("{} is not a GUID", units::quoted(id.text())));
    }
  }
  node.finish();
}

// Patterns of names; GUIDs are brought to the form that management classes use.
std::vector<std::string> read_patterns(const yaml::Node& node) {
  std::vector<std::string> patterns;
  for (const yaml::Node& item : read_some(node, kNamesMax)) {
    const std::string pattern = read_pattern(item);
    const std::string guid = canonical_guid(pattern);
    patterns.push_back(guid.empty() ? pattern : guid);
  }
  return patterns;
}

// By GUID alone: a pattern or a name may come to mean another guest.
std::vector<std::string> read_canaries(const yaml::Node& node) {
  std::vector<std::string> canaries;
  for (const yaml::Node& item : read_some(node, kNamesMax)) {
    const std::string guid = canonical_guid(item.text());
    if (item.is_scalar() && guid.empty()) {
      item.error(
          fmt::format("{} is not a GUID, and a canary is named by nothing else", units::quoted(item.text())));
    } else {
      canaries.push_back(guid);
    }
  }
  return canaries;
}

void read_polling(const yaml::Node& node, LabFile::Polling& polling) {
  polling.jobs = node.key("jobs").span(100ms, 1min, polling.jobs);
  polling.summary = node.key("summary").span(100ms, 5min, polling.summary);
  polling.events = node.key("events").span(1s, 1h, polling.events);
  polling.disks = node.key("disks").span(1s, 1h, polling.disks);
  node.finish();
}

void read_space(const yaml::Node& node, LabFile::Space& space) {
  space.free_percent = static_cast<std::uint32_t>(node.key("free_percent").whole(0, 99, space.free_percent));
  if (const yaml::Node bytes = node.key("free"); bytes.defined()) {
    space.free_bytes = bytes.bytes(0, 1ULL << 60U, space.free_bytes);
  }
  node.finish();
}

void read_root(const yaml::Node& root, LabFile& lab) {
  lab.simulated = root.key("simulated").defined();
  lab.name = read_name(root.require("name"));
  read_clock(root.key("clock"), lab);
  read_cluster(root.key("cluster"), lab);
  lab.allow_unencrypted = root.key("allow_unencrypted").flag(lab.allow_unencrypted);
  lab.credentials = read_credentials(root.key("credentials"), lab.simulated);
  lab.hosts = read_endpoints(root.key("hosts"), "host", lab);
  lab.guests = read_endpoints(root.key("guests"), "guest", lab);
  if (!lab.simulated && !root.key("hosts").defined()) {
    root.error("neither hosts: nor simulated:, there is no cluster to talk to");
  }
  const yaml::Node allow = root.key("allow");
  lab.allowed_guests = read_patterns(allow.key("guests"));
  lab.allowed_hosts = read_patterns(allow.key("hosts"));
  lab.allowed_volumes = read_patterns(allow.key("volumes"));
  allow.finish();
  lab.never = read_patterns(root.key("never"));
  lab.mark = read_short_text(root.key("mark"), lab.mark, 64);
  if (lab.mark.ends_with(kCanarySuffix)) {
    root.key("mark").error(fmt::format("a mark that ends with {} is that of guests to be crashed",
                                       units::quoted(kCanarySuffix)));
  }
  lab.canaries = read_canaries(root.key("canary"));
  lab.lanes_per_host =
      static_cast<std::uint32_t>(root.key("lanes_per_host").whole(1, kLanesMax, lab.lanes_per_host));
  read_polling(root.key("polling"), lab.polling);
  read_space(root.key("space"), lab.space);
  read_gather(root.key("gather"), lab.gather);
  read_smb(root.key("smb"), lab);
  read_dumps(root.key("dumps"), lab.dumps);
  lab.operation_timeout = root.key("operation_timeout").span(1s, 10min, lab.operation_timeout);
  root.finish();
}

ParsedLab read_lab(yaml::Reader reader, std::string path) {
  ParsedLab parsed{{}, std::move(reader), {}};
  parsed.lab.path = std::move(path);
  if (const yaml::Node root = parsed.reader.root(); root.is_map()) {
    read_root(root, parsed.lab);
    parsed.simulated = root.key("simulated");
  } else if (root.defined()) {
    root.error("a lab file is a map of keys, name: and hosts: or simulated: at least");
  }
  return parsed;
}

} // namespace

ParsedLab parse_lab_file(std::string text, std::string path) {
  yaml::Reader reader(std::move(text), path);
  return read_lab(std::move(reader), std::move(path));
}

Result<ParsedLab> load_lab_file(const std::string& path, const std::vector<std::string>& settings) {
  auto text = read_text_file(path);
  if (!text) {
    return std::move(text).error();
  }
  yaml::Reader reader(std::move(*text), path, settings);
  return read_lab(std::move(reader), path);
}

std::vector<std::string> lab_keys() {
  // Keys are those the code asks for, so every section must be there to be asked.
  const ParsedLab parsed = parse_lab_file(
      "{cluster: {}, credentials: {a: {}}, hosts: [{}], guests: [{}], "
      "allow: {}, polling: {}, space: {}, gather: {ways: [{}]}, smb: {}, dumps: {}, simulated: {}}",
      "");
  auto keys = parsed.reader.known_keys();
  for (std::string& key : keys) {
    if (key.starts_with("credentials.a")) {
      key.replace(0, 13, "credentials.NAME");
    }
  }
  return keys;
}

bool is_lab_file(const std::string& text) {
  static constexpr std::array<std::string_view, 6> kLabOnly = {"simulated", "hosts", "credentials",
                                                               "polling",   "never", "clock"};
  const yaml::Reader reader(text, "");
  const yaml::Node root = reader.root();
  if (!root.is_map() || root.key("migrate").defined() || root.key("campaign").defined()) {
    return false;
  }
  return std::any_of(kLabOnly.begin(), kLabOnly.end(),
                     [&](std::string_view key) { return root.key(key).defined(); });
}

std::vector<Diagnostic> validate_text(const std::string& path, const std::string& text) {
  return is_lab_file(text) ? parse_lab_file(text, path).reader.diagnostics()
                           : parse_scenario(text, path).diagnostics;
}

} // namespace migstorm
