// The part of XPath that event queries are written in: "*", and conditions on an event's System properties,
// "*[System[(EventID=1 or EventID=2) and TimeCreated[@SystemTime >= '2026-11-23T13:00:00.000Z']]]".
#pragma once

#include "tools/lab/cim/model.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab::wsman {

class EventFilter {
public:
  // Nothing for what the event log service does not take: other conditions, or more than 23 of them.
  static std::optional<EventFilter> parse(std::string_view text);

  bool matches(const cim::LoggedEvent& event, CivilTime now) const;

private:
  enum class Kind : std::uint8_t { all, any, id, record, level, provider, time, age };
  enum class Compare : std::uint8_t { equal, differs, less, at_most, greater, at_least };
  struct Node {
    Kind kind = Kind::all;
    Compare compare = Compare::equal;
    std::int64_t number = 0; // also a time in nanoseconds since 1970, or an age
    std::string text;
    std::vector<Node> parts;
  };
  class Parser;

  static bool holds(const Node& node, const cim::LoggedEvent& event, CivilTime now);
  template <class T>
  static bool compare(const T& left, Compare how, const T& right);

  Node root_;
};

} // namespace migstorm::lab::wsman
