#include "harness/campaign/cluster_guard.hpp"

#include "harness/campaign/conditions.hpp"
#include "harness/scenario/glob.hpp"
#include "harness/scenario/volumes.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::campaign {
namespace {

using std::chrono::seconds;

// From a cause to no new move it takes this, the answer's way, and no more.
constexpr Span kStatePeriod = seconds(3);
constexpr Span kStateMax = seconds(5); // without an answer nothing begins
constexpr Span kRoomPeriod = seconds(30);

constexpr double kGib = 1 << 30;

// Direct I/O is best; a volume in maintenance, dismounted or without access serves nobody.
int severity(std::uint32_t fault_state) noexcept { return fault_state == 0 ? 0 : fault_state == 1 ? 1 : 2; }

bool serves(const hyperv::Node& node) noexcept {
  const bool member = node.state == hyperv::NodeState::up || node.state == hyperv::NodeState::paused;
  return (member || node.state == hyperv::NodeState::unknown) && !node.quarantined;
}

std::string gib(std::uint64_t bytes) { return fmt::format("{:.1f} GiB", static_cast<double>(bytes) / kGib); }

} // namespace

ClusterBaseline baseline_of(const hyperv::ClusterState& state) {
  ClusterBaseline start;
  for (const hyperv::Node& node : state.nodes) {
    if (serves(node)) {
      start.nodes.emplace(node.name, node.state);
    }
  }
  for (const hyperv::SharedVolume& volume : state.volumes) {
    start.fault_states.emplace(volume.path, volume.fault_state);
  }
  return start;
}

void compare_cluster(const ClusterBaseline& start, const hyperv::ClusterState& now, Instant when,
                     Breaker& breaker) {
  std::map<std::string, const hyperv::Node*> nodes;
  for (const hyperv::Node& node : now.nodes) {
    nodes.emplace(node.name, &node);
  }
  for (const auto& [name, state] : start.nodes) {
    const auto found = nodes.find(name);
    if (found != nodes.end() && serves(*found->second)) {
      breaker.clear(Trouble::node_down, name, when);
    } else {
      breaker.trouble(
          Trouble::node_down, name,
          found == nodes.end() ? "it is no member any more" : "it is " + node_in_words(*found->second), when);
    }
  }
  std::map<std::string, std::uint32_t> volumes;
  for (const hyperv::SharedVolume& volume : now.volumes) {
    volumes.emplace(volume.path, volume.fault_state);
  }
  for (const auto& [path, before] : start.fault_states) {
    const auto found = volumes.find(path);
    if (found != volumes.end() && severity(found->second) <= severity(before)) {
      breaker.clear(Trouble::volume_worse, path, when);
    } else {
      breaker.trouble(Trouble::volume_worse, path,
                      found == volumes.end()
                          ? "it is gone"
                          : fmt::format("{}, it was {}", fault_state_in_words(found->second),
                                        fault_state_in_words(before)),
                      when);
    }
  }
}

std::string fault_state_in_words(std::uint32_t fault_state) {
  switch (fault_state) {
  case 0:
    return "direct I/O";
  case 1:
    return "redirected";
  case 2:
    return "no access";
  case 4:
    return "in maintenance";
  case 8:
    return "dismounted";
  default:
    return fmt::format("fault state {}", fault_state);
  }
}

std::string node_in_words(const hyperv::Node& node) {
  return node.quarantined ? "quarantined" : std::string(to_string(node.state));
}

std::vector<Condition> conditions_of(const std::vector<hyperv::ClusterState>& states) {
  std::vector<Condition> conditions;
  for (const hyperv::ClusterState& state : states) {
    for (const hyperv::Node& node : state.nodes) {
      conditions.push_back({node.name, "node", node_in_words(node), {}});
    }
    for (const hyperv::SharedVolume& volume : state.volumes) {
      conditions.push_back({volume.path, "volume", fault_state_in_words(volume.fault_state), {}});
    }
  }
  return conditions;
}

void recall_baseline(ClusterBaseline& start, const std::vector<Condition>& conditions) {
  for (const Condition& condition : conditions) {
    if (condition.what == "volume") {
      for (const std::uint32_t fault_state : {0U, 1U, 2U, 4U, 8U}) {
        if (condition.at_start == fault_state_in_words(fault_state)) {
          start.fault_states[condition.subject] = fault_state;
        }
      }
    } else if (condition.what == "node" && condition.at_start == to_string(hyperv::NodeState::up)) {
      start.nodes[condition.subject] = hyperv::NodeState::up;
    }
  }
}

std::uint64_t floor_of(std::uint64_t size, const LabFile::Space& space) noexcept {
  return std::max(size / 100 * space.free_percent, space.free_bytes);
}

const HostLoad* without_reserve(const std::vector<HostLoad>& nodes) noexcept {
  std::uint64_t free = 0;
  for (const HostLoad& node : nodes) {
    free += node.free;
  }
  const auto found = std::find_if(nodes.begin(), nodes.end(),
                                  [free](const HostLoad& node) { return node.used > free - node.free; });
  return nodes.size() < 2 || found == nodes.end() ? nullptr : &*found;
}

Task<Result<hyperv::ClusterState>> ClusterGuard::ask(std::vector<HostId> nodes) {
  Error last(Errc::not_found, "no node is well enough to be asked");
  for (const bool sick_too : {false, true}) {
    for (const HostId node : nodes) {
      if (core_.health.sick(node) != sick_too) {
        continue;
      }
      Result<hyperv::ClusterState> state = co_await core_.cluster.cluster_state(core_.hosts.name(node));
      if (state) {
        co_return state;
      }
      core_.on_unanswered(node, state.error());
      last = std::move(state).error();
    }
  }
  co_return last;
}

Task<Unit> ClusterGuard::first_state(std::size_t cluster, Status& problem) {
  std::vector<HostId> nodes = clusters_[cluster].nodes;
  const Result<hyperv::ClusterState> state = co_await ask(std::move(nodes));
  if (state) {
    clusters_[cluster].first = *state;
    clusters_[cluster].start = baseline_of(*state);
    clusters_[cluster].answered = core_.runtime.now();
    take_nodes(clusters_[cluster], *state);
  } else {
    problem = Error(state.error()).within("cluster " + clusters_[cluster].name);
  }
  co_return Unit{};
}

Task<Unit> ClusterGuard::first_room(HostId host, Status& problem) {
  const Result<hyperv::HostRoom> room = co_await core_.cluster.room(core_.hosts.name(host));
  if (!room) {
    core_.note("no-room-known", core_.hosts.name(host), room.error().detail);
    co_return Unit{};
  }
  rooms_[host] = *room;
  for (const std::string& path : paths_seen_from(host)) {
    const hyperv::Volume* volume = volume_of(room->volumes, path);
    const std::uint64_t least = volume == nullptr ? 0 : floor_of(volume->size, core_.input.lab.space);
    if (volume != nullptr && volume->free < least) {
      problem =
          Error{Errc::unsupported,
                fmt::format("{} of {} has {} free, at least {} are wanted before guests with disks there are "
                            "moved: make room, or lower `space:` in the lab file",
                            volume->path, core_.hosts.name(host), gib(volume->free), gib(least))};
    }
  }
  co_return Unit{};
}

Task<Status> ClusterGuard::prepare(std::vector<Condition>& conditions) {
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    const auto& name = core_.hosts.facts(host).cluster_name;
    if (!name) {
      continue;
    }
    const auto known = std::find_if(clusters_.begin(), clusters_.end(), [&](const Cluster& each) {
      return equal_without_case(each.name, *name);
    });
    Cluster& cluster =
        known == clusters_.end() ? clusters_.emplace_back(Cluster{*name, {}, {}, {}, {}}) : *known;
    cluster.nodes.push_back(host);
  }
  Status problem = Unit{};
  Scope scope(core_.runtime);
  for (std::size_t i = 0; i < clusters_.size(); ++i) {
    scope.spawn(first_state(i, problem));
  }
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    scope.spawn(first_room(host, problem));
  }
  co_await scope.join();
  if (core_.input.resumed) {
    for (Cluster& cluster : clusters_) {
      recall_baseline(cluster.start, conditions);
    }
    co_return problem;
  }
  conditions = conditions_at_start(core_.input);
  for (const Cluster& cluster : clusters_) {
    const std::vector<Condition> of_cluster = conditions_of({cluster.first});
    conditions.insert(conditions.end(), of_cluster.begin(), of_cluster.end());
  }
  core_.journal.conditions(conditions);
  co_return problem;
}

void ClusterGuard::start(Scope& background) {
  for (std::size_t i = 0; i < clusters_.size(); ++i) {
    background.spawn(keep_state(i));
  }
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    background.spawn(keep_room(host));
  }
}

Task<Unit> ClusterGuard::keep_state(std::size_t index) {
  while (co_await core_.idle_until(core_.runtime.now() + kStatePeriod)) {
    std::vector<HostId> nodes = clusters_[index].nodes;
    const Result<hyperv::ClusterState> state = co_await ask(std::move(nodes));
    Cluster& cluster = clusters_[index];
    const Instant now = core_.runtime.now();
    if (state) {
      cluster.answered = now;
      core_.breaker.clear(Trouble::silent_cluster, cluster.name, now);
      compare_cluster(cluster.start, *state, now, core_.breaker);
      take_nodes(cluster, *state);
    } else if (now - cluster.answered >= kStateMax) {
      core_.breaker.trouble(Trouble::silent_cluster, cluster.name, state.error().detail, now);
    }
    weigh(cluster);
    core_.changed.notify_all();
  }
  co_return Unit{};
}

// A node that is paused takes no guests; one that was evicted is not among the rows.
void ClusterGuard::take_nodes(const Cluster& cluster, const hyperv::ClusterState& state) {
  for (const HostId host : cluster.nodes) {
    const std::string& name = core_.hosts.name(host);
    const auto node = std::find_if(state.nodes.begin(), state.nodes.end(), [&name](const hyperv::Node& each) {
      return equal_without_case(each.name, name);
    });
    const bool takes = node != state.nodes.end() && !node->quarantined &&
                       (node->state == hyperv::NodeState::up || node->state == hyperv::NodeState::unknown);
    char& known = core_.takes_guests[host];
    if (takes != (known != 0)) {
      core_.note(takes ? "node-open" : "node-closed", name,
                 node == state.nodes.end() ? "no member any more" : node_in_words(*node));
    }
    if (!takes && known != 0) {
      core_.follower.node_closed(host);
    }
    known = takes ? 1 : 0;
  }
}

Task<Unit> ClusterGuard::keep_room(HostId host) {
  while (co_await core_.idle_until(core_.runtime.now() + kRoomPeriod)) {
    const Result<hyperv::HostRoom> room = co_await core_.cluster.room(core_.hosts.name(host));
    if (room) {
      take_room(host, *room);
    }
  }
  co_return Unit{};
}

void ClusterGuard::take_room(HostId host, const hyperv::HostRoom& room) {
  rooms_[host] = room;
  const Instant now = core_.runtime.now();
  for (const std::string& path : paths_seen_from(host)) {
    const hyperv::Volume* volume = volume_of(room.volumes, path);
    if (volume == nullptr) {
      continue;
    }
    const std::uint64_t least = floor_of(volume->size, core_.input.lab.space);
    const bool shared = volume->path.find("ClusterStorage") != std::string::npos;
    const std::string subject = shared ? volume->path : core_.hosts.name(host) + " " + volume->path;
    if (volume->free < least) {
      core_.breaker.trouble(Trouble::volume_floor, subject,
                            fmt::format("{} free, the floor is {}", gib(volume->free), gib(least)), now);
    } else {
      core_.breaker.clear(Trouble::volume_floor, subject, now);
    }
  }
  core_.changed.notify_all();
}

// Only where every node's memory is known: of a node outside of the lab file nothing is.
void ClusterGuard::weigh(const Cluster& cluster) {
  std::vector<HostLoad> nodes;
  for (const HostId host : cluster.nodes) {
    const auto room = rooms_.find(host);
    if (room == rooms_.end() || room->second.memory == 0 || core_.health.sick(host)) {
      return;
    }
    nodes.push_back({core_.hosts.name(host), core_.memory_used[host], room->second.memory_free});
  }
  const Instant now = core_.runtime.now();
  const HostLoad* worst = nodes.size() == cluster.start.nodes.size() ? without_reserve(nodes) : nullptr;
  if (worst != nullptr) {
    core_.breaker.trouble(
        Trouble::no_reserve, cluster.name,
        fmt::format("the guests of {} use {}, the other nodes have less free", worst->host, gib(worst->used)),
        now);
  } else {
    core_.breaker.clear(Trouble::no_reserve, cluster.name, now);
  }
}

// Paths of the plan's disks: of guests that may be on this host.
std::vector<std::string> ClusterGuard::paths_seen_from(HostId host) const {
  std::vector<std::string> paths;
  for (const hyperv::GuestFacts& facts : core_.input.guests) {
    const auto guest = core_.guests.find(facts.id);
    const auto& reach = guest ? core_.guests[*guest].reach : std::vector<HostId>();
    if (std::find(reach.begin(), reach.end(), host) != reach.end()) {
      for (const hyperv::DiskFacts& disk : facts.disks) {
        paths.push_back(disk.path);
      }
    }
  }
  return paths;
}

Task<std::vector<hyperv::ClusterState>> ClusterGuard::look() {
  std::vector<hyperv::ClusterState> states;
  for (const Cluster& cluster : clusters_) {
    std::vector<HostId> nodes = cluster.nodes;
    Result<hyperv::ClusterState> state = co_await ask(std::move(nodes));
    if (state) {
      states.push_back(*std::move(state));
    }
  }
  co_return states;
}

} // namespace migstorm::campaign
