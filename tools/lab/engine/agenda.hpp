// What is due and when. Things due at the same instant happen in the order in which they were planned.
#pragma once

#include <migstorm/runtime.hpp>

#include <cstdint>
#include <queue>
#include <tuple>
#include <vector>

namespace migstorm::lab {

enum class DueKind : std::uint8_t {
  move_switch, // the guest runs on the destination
  move_end,
  guest_crash,
  dump_done,
  guest_reset, // by its own operating system, after the dump
  host_reset,  // by the cluster's heartbeat monitoring
  boot_done,   // integration components and services answer
  load_start,
  failover, // a clustered guest whose node died starts elsewhere
  job_gone,
  host_down_chance,
  host_up,
  scheduled_job,
  foreign_chance,
  node_resumed,
  volume_well,
  backup_done,
  checkpoint_merged,
  guest_started_again,
  task_end,
  task_gone,
};

struct Due {
  Instant at{};
  std::uint64_t order = 0;
  DueKind kind{};
  std::uint64_t subject = 0; // number of a move, index of a guest or host
  std::uint64_t stamp = 0;   // what the subject's life was then; outdated things are passed over
};

class Agenda {
public:
  void plan(Instant at, DueKind kind, std::uint64_t subject, std::uint64_t stamp = 0) {
    heap_.push({at, ++planned_, kind, subject, stamp});
  }
  bool due(Instant by) const noexcept { return !heap_.empty() && heap_.top().at <= by; }
  Due take() {
    const Due next = heap_.top();
    heap_.pop();
    return next;
  }
  std::size_t size() const noexcept { return heap_.size(); }

private:
  struct Later {
    bool operator()(const Due& left, const Due& right) const noexcept {
      return std::tie(left.at, left.order) > std::tie(right.at, right.order);
    }
  };
  std::priority_queue<Due, std::vector<Due>, Later> heap_;
  std::uint64_t planned_ = 0;
};

} // namespace migstorm::lab
