// Which hosts are sick: nothing is planned to or from them until they are well again. A host falls sick by
// leaving questions unanswered or by failing moves, several in a row, and is well after several answers and
// some rest.
#pragma once

#include <migstorm/runtime.hpp>

#include <cstdint>
#include <vector>

namespace migstorm::campaign {

class HostHealth {
public:
  enum class Change : std::uint8_t { none, fell_sick, recovered };

  explicit HostHealth(std::size_t hosts) : hosts_(hosts) {}

  Change unanswered(std::uint32_t host, Instant now) noexcept;
  Change answered(std::uint32_t host, Instant now) noexcept;
  Change move_failed(std::uint32_t host, Instant now) noexcept;
  void move_completed(std::uint32_t host) noexcept { hosts_[host].failed_moves = 0; }

  bool sick(std::uint32_t host) const noexcept { return hosts_[host].sick; }
  // Does it leave questions unanswered (rather than only fail moves)?
  bool away(std::uint32_t host) const noexcept { return hosts_[host].unanswered > 0; }
  // When the first of the present unanswered questions was noticed.
  Instant away_since(std::uint32_t host) const noexcept { return hosts_[host].away_since; }
  std::uint32_t sick_hosts() const noexcept;

private:
  struct Host {
    std::uint32_t unanswered = 0;
    std::uint32_t answers = 0; // in a row, while sick
    std::uint32_t failed_moves = 0;
    bool sick = false;
    Instant sick_since{};
    Instant away_since{};
  };
  static Change fall_sick(Host& host, Instant now) noexcept;

  std::vector<Host> hosts_;
};

} // namespace migstorm::campaign
