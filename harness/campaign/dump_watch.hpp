// Has each crash named from its dump, as soon as the guest has written it. A crash whose dump does not come
// keeps the signature that its bugcheck alone gives.
#pragma once

#include "harness/campaign/core.hpp"
#include "harness/campaign/dump_reader.hpp"

#include <map>

namespace migstorm::campaign {

class DumpWatch {
public:
  // `reader` may be null: nothing is asked then.
  DumpWatch(Core& core, DumpReader* reader) : core_(core), reader_(reader) {}

  // Until the campaign closes.
  Task<Unit> keep();
  // Whether a dump may still come, so that the run's end waits for it.
  bool waiting() const;

private:
  struct Try {
    Instant since{};
    bool over = false; // named, or given up
  };
  Task<Unit> look(std::uint32_t number);
  void give_up(const Crash& crash, const Error& why);

  Core& core_;
  DumpReader* reader_;
  std::map<std::uint32_t, Try> tries_; // by the crash's number
};

} // namespace migstorm::campaign
