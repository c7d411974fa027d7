// Has each crash named from its dump, as soon as the guest has written it, and then those dumps brought home
// that the scenario wants. A crash whose dump does not come keeps the signature that its bugcheck alone
// gives.
#pragma once

#include "harness/campaign/core.hpp"
#include "harness/campaign/dump_reader.hpp"

#include <map>
#include <set>

namespace migstorm::campaign {

class DumpWatch {
public:
  // `reader` may be null: nothing is asked then.
  DumpWatch(Core& core, DumpReader* reader) : core_(core), reader_(reader) {}

  // Until the campaign closes. Two, since naming the next crash does not wait for a copy.
  Task<Unit> keep();
  Task<Unit> keep_fetching();
  // Whether a dump may still come, so that the run's end waits for it.
  bool waiting() const;
  // Whether one is being brought home, or will be.
  bool fetching() const;

private:
  struct Try {
    Instant since{};
    bool over = false; // named, or given up
  };
  Task<Unit> look(std::uint32_t number);
  void give_up(const Crash& crash, const Error& why);
  bool to_fetch(const Crash& crash) const;
  Task<Unit> fetch(std::uint32_t number);
  Crash* find(std::uint32_t number);

  Core& core_;
  DumpReader* reader_;
  std::map<std::uint32_t, Try> tries_;   // by the crash's number
  std::map<std::uint32_t, Try> fetches_; // likewise
  std::set<std::string> at_home_;        // signatures
};

} // namespace migstorm::campaign
