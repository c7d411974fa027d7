// How a campaign is getting on. The command reads it whenever it likes.
#pragma once

#include <migstorm/runtime.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace migstorm {

struct Progress {
  std::string phase = "preparing"; // then: migrating, settling, restoring, ended
  std::uint64_t planned = 0;
  std::uint64_t attempted = 0; // steps whose request left, or may have
  std::uint64_t completed = 0;
  std::uint64_t failed = 0;
  std::uint64_t unknown = 0;
  std::uint64_t skipped = 0;
  std::uint64_t qualified = 0;
  std::map<std::string, std::uint64_t> unqualified; // by reason; of the completed ones
  std::uint64_t refused = 0;                        // attempts that were refused and tried again
  std::uint64_t foreign = 0;                        // moves that we did not ask for
  std::uint64_t written = 0;                        // bytes, at least: what the guests' disks grew by
  std::uint32_t in_flight = 0;
  std::uint32_t sick_hosts = 0;
  std::uint32_t crashes = 0;
  std::uint32_t hung = 0;
  std::map<std::string, std::uint32_t> signatures; // of the crashes; those without one are not listed
  double per_hour = 0;                             // migrations, by cluster time, since this process began
  std::optional<Span> eta;                         // cluster time

  std::uint64_t settled() const noexcept { return completed + failed + unknown + skipped; }
};

} // namespace migstorm
