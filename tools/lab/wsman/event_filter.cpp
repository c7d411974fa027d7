#include "tools/lab/wsman/event_filter.hpp"

#include "tools/lab/cim/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace migstorm::lab::wsman {

namespace {

constexpr int kFilterDepthMax = 16;
constexpr int kConditionsMax = 23; // of one query

bool is_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

} // namespace

class EventFilter::Parser {
public:
  explicit Parser(std::string_view text) : rest_(text) {}

  std::optional<Node> whole() {
    if (!take("*")) {
      return std::nullopt;
    }
    Node all;
    if (done()) {
      return all;
    }
    const bool read =
        take("[") && take("System") && take("[") && either(all) && take("]") && take("]") && done();
    return read ? std::optional(std::move(all)) : std::nullopt;
  }

private:
  void spaces() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t' || rest_.front() == '\n' ||
                              rest_.front() == '\r')) {
      rest_.remove_prefix(1);
    }
  }
  bool done() {
    spaces();
    return rest_.empty();
  }
  // A name must end where it ends in the text.
  bool take(std::string_view expected) {
    spaces();
    const bool name_goes_on =
        is_name(expected.back()) && rest_.size() > expected.size() && is_name(rest_[expected.size()]);
    if (!rest_.starts_with(expected) || name_goes_on) {
      return false;
    }
    rest_.remove_prefix(expected.size());
    return true;
  }

  bool either(Node& out) {
    return list(out, Kind::any, "or", [this](Node& part) { return both(part); });
  }
  bool both(Node& out) {
    return list(out, Kind::all, "and", [this](Node& part) { return single(part); });
  }

  template <class Read>
  bool list(Node& out, Kind kind, std::string_view word, const Read& read) {
    if (++depth_ > kFilterDepthMax) {
      return false;
    }
    out.kind = kind;
    do {
      if (!read(out.parts.emplace_back())) {
        return false;
      }
    } while (take(word));
    --depth_;
    return true;
  }

  bool single(Node& out) {
    if (take("(")) {
      return either(out) && take(")");
    }
    if (++conditions_ > kConditionsMax) {
      return false;
    }
    if (take("EventID")) {
      return number(out, Kind::id);
    }
    if (take("EventRecordID")) {
      return number(out, Kind::record);
    }
    if (take("Level")) {
      return number(out, Kind::level);
    }
    if (take("Provider")) {
      return take("[") && list(out, Kind::any, "or", [this](Node& part) { return provider(part); }) &&
             take("]");
    }
    return take("TimeCreated") && take("[") &&
           list(out, Kind::all, "and", [this](Node& part) { return time(part); }) && take("]");
  }

  bool provider(Node& out) {
    out.kind = Kind::provider;
    return take("@Name") && compared(out.compare) && quoted(out.text);
  }

  bool time(Node& out) {
    if (take("timediff")) {
      const bool read = take("(") && take("@SystemTime") && take(")") && number(out, Kind::age);
      constexpr std::int64_t kMillisecondsMax = INT64_MAX / 1'000'000;
      out.number = std::min(out.number, kMillisecondsMax) * 1'000'000;
      return read;
    }
    out.kind = Kind::time;
    std::string text;
    if (!take("@SystemTime") || !compared(out.compare) || !quoted(text)) {
      return false;
    }
    const auto at = cim::parse_datetime(text);
    out.number = at ? at->time.time_since_epoch().count() : 0;
    return at.has_value();
  }

  bool compared(Compare& out) {
    static constexpr std::array<std::pair<std::string_view, Compare>, 6> kSigns = {{
        {"<=", Compare::at_most},
        {">=", Compare::at_least},
        {"!=", Compare::differs},
        {"=", Compare::equal},
        {"<", Compare::less},
        {">", Compare::greater},
    }};
    for (const auto& [sign, compare] : kSigns) {
      if (take(sign)) {
        out = compare;
        return true;
      }
    }
    return false;
  }

  bool number(Node& out, Kind kind) {
    out.kind = kind;
    if (!compared(out.compare)) {
      return false;
    }
    spaces();
    std::size_t digits = 0;
    while (digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9') {
      ++digits;
    }
    const auto value = cim::parse_signed(rest_.substr(0, digits));
    rest_.remove_prefix(digits);
    out.number = value.value_or(0);
    return value.has_value();
  }

  bool quoted(std::string& out) {
    spaces();
    if (rest_.empty() || (rest_.front() != '\'' && rest_.front() != '"')) {
      return false;
    }
    const std::size_t end = rest_.find(rest_.front(), 1);
    if (end == std::string_view::npos) {
      return false;
    }
    out = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return true;
  }

  std::string_view rest_;
  int depth_ = 0;
  int conditions_ = 0;
};

std::optional<EventFilter> EventFilter::parse(std::string_view text) {
  auto root = Parser(text).whole();
  if (!root) {
    return std::nullopt;
  }
  EventFilter filter;
  filter.root_ = *std::move(root);
  return filter;
}

template <class T>
bool EventFilter::compare(const T& left, Compare how, const T& right) {
  switch (how) {
  case Compare::equal:
    return left == right;
  case Compare::differs:
    return left != right;
  case Compare::less:
    return left < right;
  case Compare::at_most:
    return left <= right;
  case Compare::greater:
    return left > right;
  case Compare::at_least:
    break;
  }
  return left >= right;
}

bool EventFilter::holds(const Node& node, const cim::LoggedEvent& event, CivilTime now) {
  const auto part_holds = [&](const Node& part) { return holds(part, event, now); };
  const auto number = [&](std::int64_t value) { return compare(value, node.compare, node.number); };
  switch (node.kind) {
  case Kind::all:
    return std::all_of(node.parts.begin(), node.parts.end(), part_holds);
  case Kind::any:
    return std::any_of(node.parts.begin(), node.parts.end(), part_holds);
  case Kind::id:
    return number(event.id);
  case Kind::record:
    return number(static_cast<std::int64_t>(event.record));
  case Kind::level:
    return number(event.level);
  case Kind::provider:
    return compare(std::string(event.provider), node.compare, node.text);
  case Kind::time:
    return number(event.at.time_since_epoch().count());
  case Kind::age:
    break;
  }
  return number((now - event.at).count());
}

bool EventFilter::matches(const cim::LoggedEvent& event, CivilTime now) const {
  return holds(root_, event, now);
}

} // namespace migstorm::lab::wsman
