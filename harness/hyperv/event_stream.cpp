#include "harness/hyperv/event_stream.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace migstorm::hyperv {

namespace {

using std::chrono::minutes;

// A lost answer leaves a subscription that nobody pulls: it is not to count against the host's limit for
// long.
constexpr Span kExpires = minutes(15);
constexpr Span kRenewWithin = minutes(8);
constexpr Span kRefusedFor = minutes(30);
constexpr Span kBusyFor = minutes(5); // the limit of subscriptions or operations is reached
constexpr Span kAbsentFor = std::chrono::hours(1);
// A host holds back its answer for so long if there is nothing. A connection waits meanwhile, so it is short.
constexpr Span kWait = std::chrono::seconds(1);
constexpr int kPagesMax = 100;  // of one question; what is left comes with the next
constexpr int kReopenedMax = 2; // within one question

bool absent(const Host& machine, EventLog log) {
  const auto& logs = machine.events.absent;
  return std::find(logs.begin(), logs.end(), log) != logs.end();
}

std::string xpath_of(const LogWish& wish, const EventMark* since) {
  std::string text = "*[System[(";
  for (std::size_t i = 0; i < wish.ids.size(); ++i) {
    text += fmt::format("{}EventID={}", i == 0 ? "" : " or ", wish.ids[i]);
  }
  text += ")";
  if (since != nullptr) {
    text += fmt::format(" and TimeCreated[@SystemTime >= '{:%Y-%m-%dT%H:%M:%S}.000Z']",
                        std::chrono::floor<std::chrono::seconds>(since->time));
  }
  return text + "]]";
}

// Bookmarks if every log has one: what a host does about a log without one is not known. Otherwise the logs
// from their beginning, as far as the time lets it; what is no news is left out here.
wsman::SubscribeWish wish_for(const Host& machine, const std::vector<LogWish>& wishes,
                              std::vector<EventMark> marks, bool with_bookmarks) {
  wsman::SubscribeWish out;
  out.expires = kExpires;
  for (const LogWish& wish : wishes) {
    with_bookmarks = with_bookmarks && (absent(machine, wish.log) || mark_of(marks, wish.log).record != 0);
  }
  for (const LogWish& wish : wishes) {
    if (absent(machine, wish.log)) {
      continue;
    }
    const EventMark mark = mark_of(marks, wish.log);
    const std::string channel(channel_of(wish.log));
    out.queries.push_back({channel, xpath_of(wish, with_bookmarks ? nullptr : &mark)});
    if (with_bookmarks) {
      out.bookmarks.push_back({channel, mark.record});
    }
  }
  return out;
}

bool same_marks(const std::vector<EventMark>& a, const std::vector<EventMark>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const EventMark& x, const EventMark& y) {
    return x.log == y.log && x.record == y.record && x.time == y.time;
  });
}

Task<Status> subscribe(Host& machine, wsman::SubscribeWish wish) {
  Result<wsman::Subscription> opened = co_await machine.client->subscribe(std::move(wish));
  if (!opened) {
    co_return std::move(opened).error();
  }
  machine.events.open = *std::move(opened);
  machine.events.expires = machine.runtime.now() + kExpires;
  co_return Unit{};
}

Task<Unit> unsubscribe(Host& machine) {
  if (machine.events.open) {
    wsman::Subscription gone = *std::move(machine.events.open);
    machine.events.open.reset();
    [[maybe_unused]] const Status ended = co_await machine.client->unsubscribe(std::move(gone));
  }
  co_return Unit{};
}

// One channel that is not there lets all of them fail: each is tried alone, once.
Task<Status> find_absent(Host& machine, const std::vector<LogWish>& wishes, std::vector<EventMark> marks) {
  machine.events.absent.clear();
  std::vector<EventLog> missing;
  for (const LogWish& each : wishes) {
    const std::vector<LogWish> alone(1, each);
    wsman::SubscribeWish wish = wish_for(machine, alone, marks, false);
    Status there = co_await subscribe(machine, std::move(wish));
    if (!there && !is_refusal(there.error().code)) {
      co_return there;
    }
    if (!there) {
      missing.push_back(each.log);
    }
    co_await unsubscribe(machine);
  }
  machine.events.absent = std::move(missing);
  machine.events.absent_until = machine.runtime.now() + kAbsentFor;
  co_return Unit{};
}

Error nothing_there() {
  return Error{Errc::unsupported, "the machine lets none of its event logs be subscribed to"};
}

Task<Status> open_stream(Host& machine, const std::vector<LogWish>& wishes, std::vector<EventMark> marks) {
  if (machine.runtime.now() >= machine.events.absent_until) {
    machine.events.absent.clear();
  }
  for (const bool with_bookmarks : {true, false}) { // a bookmark of a log that was cleared may be refused
    wsman::SubscribeWish wish = wish_for(machine, wishes, marks, with_bookmarks);
    const bool pointless = wish.queries.empty() || (with_bookmarks && wish.bookmarks.empty());
    if (pointless) {
      continue;
    }
    Status opened = co_await subscribe(machine, std::move(wish));
    if (opened || !is_refusal(opened.error().code)) {
      co_return opened;
    }
  }
  Status looked = co_await find_absent(machine, wishes, marks);
  if (!looked) {
    co_return looked;
  }
  wsman::SubscribeWish rest = wish_for(machine, wishes, marks, false);
  if (rest.queries.empty()) {
    co_return nothing_there();
  }
  co_return co_await subscribe(machine, std::move(rest));
}

// Keeps the subscription, or drops it where that is not to be had.
Task<Unit> keep_alive(Host& machine) {
  EventStream& stream = machine.events;
  if (!stream.open || stream.expires - machine.runtime.now() > kRenewWithin) {
    co_return Unit{};
  }
  wsman::Subscription which = *stream.open;
  const Status renewed = co_await machine.client->renew(std::move(which), kExpires);
  if (renewed) {
    stream.expires = machine.runtime.now() + kExpires;
  } else {
    co_await unsubscribe(machine);
  }
  co_return Unit{};
}

void take_in(const wsman::EventPage& page, const std::vector<LogWish>& wishes, RawBatch& batch) {
  for (const wsman::LoggedEvent& event : page.events) {
    const auto wish = std::find_if(wishes.begin(), wishes.end(), [&](const LogWish& each) {
      return channel_of(each.log) == event.channel;
    });
    if (wish == wishes.end() || std::find(wish->ids.begin(), wish->ids.end(), event.id) == wish->ids.end()) {
      continue;
    }
    RawEvent raw;
    raw.log = wish->log;
    raw.id = event.id;
    raw.record = event.record;
    raw.time = event.time;
    raw.source = event.provider;
    raw.strings = event.strings;
    if (take_news(mark_of(batch.marks, raw.log), raw)) {
      batch.events.push_back(std::move(raw));
    }
  }
}

// Takes in what is there; an error that left nothing to be told is told.
Task<Result<RawBatch>> read_subscribed(Host& machine, const std::vector<LogWish>& wishes,
                                       std::vector<EventMark> marks) {
  EventStream& stream = machine.events;
  if (stream.open && !same_marks(stream.reached, marks)) {
    co_await unsubscribe(machine); // the reader went back, or never got what was given out
  }
  co_await keep_alive(machine);
  RawBatch batch;
  batch.marks = std::move(marks);
  batch.subscribed = true;
  int reopened = 0;
  for (int pages = 0; pages < kPagesMax; ++pages) {
    if (!stream.open) {
      Status opened = co_await open_stream(machine, wishes, batch.marks);
      if (!opened && batch.events.empty()) {
        co_return std::move(opened).error();
      }
      if (!opened) {
        break;
      }
      ++reopened;
    }
    wsman::Subscription from = *stream.open;
    Result<wsman::EventPage> page = co_await machine.client->pull_events(std::move(from), kWait);
    if (!page) {
      const Errc code = page.error().code;
      if (is_refusal(code) || code == Errc::stale) {
        stream.open.reset(); // gone, or not what it was
      }
      if (!stream.open && reopened < kReopenedMax) {
        continue;
      }
      if (batch.events.empty()) {
        co_return std::move(page).error();
      }
      break;
    }
    take_in(*page, wishes, batch);
    stream.open->context = page->context;
    if (page->context.empty()) {
      stream.open.reset();
    }
    if (page->events.empty()) {
      break;
    }
  }
  stream.reached = batch.marks;
  batch.unread = stream.absent;
  co_return batch;
}

} // namespace

Task<Result<RawBatch>> read_event_stream(Host& machine, const std::vector<LogWish>& wishes,
                                         std::vector<EventMark> marks) {
  EventStream& stream = machine.events;
  if (machine.runtime.now() >= stream.refused_until) {
    Result<RawBatch> batch = co_await read_subscribed(machine, wishes, marks);
    if (batch && !absent(machine, wishes.front().log)) {
      co_return batch;
    }
    if (batch) {
      co_await unsubscribe(machine); // what matters most is not there: queries may still show it
      stream.refused_until = machine.runtime.now() + kRefusedFor;
    } else if (is_refusal(batch.error().code) || batch.error().code == Errc::denied) {
      stream.refused_until = machine.runtime.now() + kRefusedFor;
    } else if (batch.error().code == Errc::busy) {
      stream.refused_until = machine.runtime.now() + kBusyFor;
    } else {
      co_return batch;
    }
  }
  co_return co_await query_events(machine, wishes, std::move(marks));
}

Task<Unit> end_event_stream(Host& machine) {
  co_await unsubscribe(machine);
  co_return Unit{};
}

} // namespace migstorm::hyperv
