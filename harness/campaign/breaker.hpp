// Pauses the whole run when the cluster is in trouble, whoever made it. It goes on by itself once the trouble
// is over, as often as the scenario allows, and breaks the run off the next time, or when the trouble does
// not end.
//
// It decides only: what is seen is told to it, and whoever begins moves asks it first.
#pragma once

#include <migstorm/runtime.hpp>
#include <migstorm/scenario.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migstorm::campaign {

enum class Trouble : std::uint8_t {
  silent_cluster,  // nobody tells the state of the cluster
  node_down,       // or quarantined, or not a member any more
  host_lost,       // a host outside of a cluster does not answer
  volume_worse,    // a shared volume is further from direct I/O than it was found
  volume_floor,    // free space below the floor
  bystander_state, // a guest that is not in the plan stopped running
  bystander_silent,
  no_reserve,   // the guests of some node would find no memory if it died
  failed_moves, // in a row
};
std::string_view to_string(Trouble trouble) noexcept;

class Breaker {
public:
  enum class State : std::uint8_t { closed, open, broken_off }; // closed: moves may begin

  explicit Breaker(const BreakerSpec& spec) : spec_(spec) {}

  // Trouble lasts until it is cleared. What passes by itself ends `passes_after` later: the cluster has got
  // used to it.
  void trouble(Trouble kind, std::string subject, std::string detail, Instant now,
               std::optional<Span> passes_after = {});
  void clear(Trouble kind, const std::string& subject, Instant now);
  void move_failed(const std::string& guest, Instant now);
  void move_completed() noexcept { failed_in_a_row_ = 0; }

  State state(Instant now);
  // When time alone changes the state; max: never.
  Instant next_change() const noexcept;

  // What changed since the last call, in words for the journal; empty: nothing.
  std::string news(Instant now);
  // All that is wrong now: "node-down NODE3: it is down"; empty: nothing.
  std::string reasons() const;

private:
  struct Cause {
    std::string detail;
    Instant passes = Instant::max();
  };
  using Key = std::pair<Trouble, std::string>;

  void expire(Instant now);
  void went_calm(Instant at);

  BreakerSpec spec_;
  std::map<Key, Cause> causes_;
  State state_ = State::closed;
  std::uint32_t opened_ = 0; // times
  Instant open_since_{};
  Instant calm_since_ = Instant::max(); // without a cause while open
  std::uint32_t failed_in_a_row_ = 0;
  std::string last_reasons_;
  std::string news_;
};

} // namespace migstorm::campaign
