// Open subscriptions of one machine's event logs: how far each has come, until it ends, expires, or the
// machine restarts.
#pragma once

#include "tools/lab/wsman/event_filter.hpp"

#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab::wsman {

struct ChannelQuery {
  std::string channel;
  EventFilter filter;
  std::uint64_t position = 0; // records up to here were given out or passed over
};

struct Subscription {
  std::string identifier; // "uuid:..."
  std::string context;
  std::vector<ChannelQuery> queries;
  bool send_bookmarks = false;
  bool rendered = true; // ContentFormat
  Instant expires{};
  std::uint32_t boots = 0; // of the machine when it was opened
};

class Subscriptions {
public:
  void expire(Instant now, std::uint32_t boots) {
    open_.remove_if([&](const Subscription& one) { return one.expires <= now || one.boots != boots; });
  }
  void add(Subscription one) { open_.push_back(std::move(one)); }
  std::size_t size() const noexcept { return open_.size(); }
  void clear() noexcept { open_.clear(); }

  // nullptr if there is none.
  Subscription* by_context(std::string_view context) noexcept {
    return find([&](const Subscription& one) { return one.context == context; });
  }
  Subscription* by_identifier(std::string_view identifier) noexcept {
    return find([&](const Subscription& one) { return one.identifier == identifier; });
  }
  void remove(const Subscription& one) {
    open_.remove_if([&](const Subscription& each) { return &each == &one; });
  }

private:
  template <class Is>
  Subscription* find(const Is& is) noexcept {
    for (Subscription& one : open_) {
      if (is(one)) {
        return &one;
      }
    }
    return nullptr;
  }
  std::list<Subscription> open_;
};

} // namespace migstorm::lab::wsman
