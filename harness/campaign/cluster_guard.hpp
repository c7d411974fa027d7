// Looks after the cluster as a whole while guests move: nodes, shared volumes, space and memory. What is
// wrong goes to the breaker.
#pragma once

#include "harness/campaign/core.hpp"

#include <map>

namespace migstorm::campaign {

// How a cluster was found.
struct ClusterBaseline {
  std::map<std::string, hyperv::NodeState> nodes;    // in the spelling of the answer
  std::map<std::string, std::uint32_t> fault_states; // by volume
};
ClusterBaseline baseline_of(const hyperv::ClusterState& state);

// Tells the breaker what is worse than at the start, and what is well again.
void compare_cluster(const ClusterBaseline& start, const hyperv::ClusterState& now, Instant when,
                     Breaker& breaker);

// "direct I/O", "redirected", ...
std::string fault_state_in_words(std::uint32_t fault_state);
std::string node_in_words(const hyperv::Node& node);

// Least free bytes of a volume of that size.
std::uint64_t floor_of(std::uint64_t size, const LabFile::Space& space) noexcept;

// The host whose guests would not fit into what the others have free, if there is one.
struct HostLoad {
  std::string host;
  std::uint64_t used = 0; // bytes of its running guests
  std::uint64_t free = 0;
};
const HostLoad* without_reserve(const std::vector<HostLoad>& nodes) noexcept;

// How nodes and volumes were found, for the journal, and back: what a resumed run compares with.
std::vector<Condition> conditions_of(const std::vector<hyperv::ClusterState>& states);
void recall_baseline(ClusterBaseline& start, const std::vector<Condition>& conditions);

class ClusterGuard {
public:
  explicit ClusterGuard(Core& core) : core_(core) {}

  // The first looks. `conditions`: as a resumed run was found at its beginning; nodes and volumes are added
  // to those of a new one. An error: moves would begin on a cluster that has no room for them.
  Task<Status> prepare(std::vector<Condition>& conditions);
  void start(Scope& background);
  // Nodes and volumes as they are now, for the comparison at the end; nothing where nobody answers.
  Task<std::vector<hyperv::ClusterState>> look();

private:
  struct Cluster {
    std::string name;
    std::vector<HostId> nodes; // of the lab file
    ClusterBaseline start;
    Instant answered{};
    hyperv::ClusterState first;
  };

  Task<Result<hyperv::ClusterState>> ask(std::vector<HostId> nodes);
  Task<Unit> first_state(std::size_t cluster, Status& problem);
  Task<Unit> first_room(HostId host, Status& problem);
  Task<Unit> keep_state(std::size_t index);
  Task<Unit> keep_room(HostId host);
  void take_room(HostId host, const hyperv::HostRoom& room);
  void take_nodes(const Cluster& cluster, const hyperv::ClusterState& state);
  void weigh(const Cluster& cluster);
  std::vector<std::string> paths_seen_from(HostId host) const;

  Core& core_;
  std::vector<Cluster> clusters_;
  std::map<HostId, hyperv::HostRoom> rooms_;
};

} // namespace migstorm::campaign
