// How far the clocks of hosts and guests are from ours, so that the times in their logs can be brought on one
// axis.
#pragma once

#include <migstorm/hyperv.hpp>

#include <map>
#include <optional>
#include <string>

namespace migstorm::campaign {

class Clocks {
public:
  // A reading whose uncertainty is smaller, or that contradicts what is known, replaces it. True: the offset
  // is news, the machine's first or more than a second from what was known.
  bool take(const std::string& machine, hyperv::ClockReading reading);

  std::optional<hyperv::ClockReading> of(const std::string& machine) const;
  Span ahead(const std::string& machine) const; // of ours; zero where its clock was not read
  // The machine's time on our axis; unchanged where its clock was not read.
  CivilTime ours(const std::string& machine, CivilTime theirs) const;
  CivilTime theirs(const std::string& machine, CivilTime ours) const;

private:
  std::map<std::string, hyperv::ClockReading> readings_;
};

// "1.2 s ahead, give or take 0.1 s"
std::string in_words(const hyperv::ClockReading& reading);

} // namespace migstorm::campaign
