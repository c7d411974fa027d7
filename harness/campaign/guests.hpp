// The guests of the plan: where each one is, what is next for it, and whether it may be moved at all.
#pragma once

#include "harness/campaign/host_watch.hpp"

#include <migstorm/scenario.hpp>

#include <deque>
#include <unordered_map>

namespace migstorm::campaign {

// After an outcome that could not be told: both ends are watched until the guest runs in exactly one place.
struct Doubt {
  HostId from = 0;
  HostId to = 0;
  Instant since{};         // when a move was last known to be under way
  bool holds_slots = true; // the move may still be under way
  bool away_from_source = false;
  bool away_from_destination = false;
};

struct GuestState {
  hyperv::GuestId id;
  std::string name;
  std::optional<std::string> group;
  HostId home = 0;
  HostId host = 0;
  std::vector<HostId> reach;
  std::vector<std::uint32_t> apart_from; // guests with a common anti-affinity class
  std::vector<std::uint32_t> steps;      // indices into the plan, those that are left when the run starts
  std::size_t cursor = 0;
  std::uint32_t attempt = 1; // of the step at the cursor
  bool contested = false;    // of that step: an attempt was refused as busy
  Instant not_before{};      // back-off
  Instant rested_since{};    // end of the last move
  bool moving = false;
  HostId bound_for = 0;      // while moving
  bool placed = false;       // seen running where `host` says
  bool busy = false;         // a checkpoint, a merge or an export is under way
  Instant listed{};          // when a host last showed it, in whatever state
  SummaryNumber settled = 0; // summaries up to here were asked before the last move ended
  std::optional<Doubt> doubt;
  std::deque<std::string> known_jobs; // of earlier moves, the newest few

  bool done() const noexcept { return cursor == steps.size(); }
};

// Its integration components tell of its heartbeat.
bool has_heartbeat(const hyperv::GuestFacts& facts);

struct Sighting {
  std::uint32_t guest = 0;
  HostId before = 0; // where it was thought to be
};

class GuestTable {
public:
  GuestTable(const HostTable& hosts, const std::vector<PlanGuest>& guests,
             const std::vector<hyperv::GuestFacts>& facts);

  GuestState& operator[](std::uint32_t guest) { return guests_[guest]; }
  const GuestState& operator[](std::uint32_t guest) const { return guests_[guest]; }
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(guests_.size()); }
  std::optional<std::uint32_t> find(const hyperv::GuestId& id) const;
  // The host has, or is about to have, a guest that this one is to be kept apart from.
  bool crowds(std::uint32_t guest, HostId host) const;

  // Takes in where guests are; those that are in a move are left to it. Returns the ones that moved without
  // us and the ones whose doubt is over.
  struct News {
    std::vector<Sighting> foreign;
    std::vector<std::uint32_t> resolved;
  };
  const News& observe(HostId host, const hyperv::HostSummary& summary, SummaryNumber number);

private:
  enum class Here : std::uint8_t { absent, present, migrating, running };
  void keep_apart(const std::vector<std::uint32_t>& members);
  void observe_one(std::uint32_t index, HostId host, Here here, Instant now);

  std::vector<GuestState> guests_;
  std::unordered_map<hyperv::GuestId, std::uint32_t> index_; // look-ups only
  std::vector<Here> here_;                                   // scratch of observe()
  News news_;
};

} // namespace migstorm::campaign
