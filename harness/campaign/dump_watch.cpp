#include "harness/campaign/dump_watch.hpp"

#include "harness/campaign/collect.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::campaign {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Span kPeriod = seconds(5);
// A guest writes its dump, boots and moves the dump out of its page file before it can be read.
constexpr Span kPatience = minutes(20);
constexpr Span kProgress = minutes(1);

// Only a dump names a module.
bool named_by_dump(const Crash& crash) { return crash.signature.find_first_of("!+") != std::string::npos; }

} // namespace

bool DumpWatch::waiting() const {
  return reader_ != nullptr &&
         std::any_of(core_.crashes.begin(), core_.crashes.end(), [this](const Crash& crash) {
           const auto known = tries_.find(crash.number);
           return !named_by_dump(crash) && (known == tries_.end() || !known->second.over);
         });
}

Task<Unit> DumpWatch::keep() {
  if (reader_ == nullptr) {
    co_return Unit{};
  }
  while (co_await core_.idle_until(core_.runtime.now() + kPeriod)) {
    for (std::size_t i = 0; i < core_.crashes.size(); ++i) { // NOLINT(modernize-loop-convert): it may grow
      const std::uint32_t number = core_.crashes[i].number;
      const auto [entry, fresh] = tries_.try_emplace(number, Try{core_.runtime.now(), false});
      if (!entry->second.over && named_by_dump(core_.crashes[i])) {
        entry->second.over = true; // before a resume
      }
      if (!entry->second.over) {
        co_await look(number);
      }
    }
  }
  co_return Unit{};
}

Crash* DumpWatch::find(std::uint32_t number) {
  const auto found = std::find_if(core_.crashes.begin(), core_.crashes.end(),
                                  [number](const Crash& each) { return each.number == number; });
  return found == core_.crashes.end() ? nullptr : &*found;
}

Task<Unit> DumpWatch::look(std::uint32_t number) {
  Crash asked = *find(number);
  const Span ahead = core_.clocks.ahead(asked.guest_name);
  const Result<DumpFinding> found = co_await reader_->read(std::move(asked), ahead);
  Crash& crash = *find(number);
  Try& attempt = tries_[number];
  if (found) {
    attempt.over = true;
    if (!found->caution.empty()) {
      core_.note("dump-caution", crash.guest_name, found->caution);
    }
    if (found->crashed) {
      core_.date_crash(crash, *found->crashed);
    }
    core_.name_crash(crash, found->signature, found->known_issue);
  } else if (found.error().code == Errc::unsupported || found.error().code == Errc::denied ||
             core_.runtime.now() - attempt.since >= kPatience) {
    attempt.over = true;
    give_up(crash, found.error());
  }
  co_return Unit{};
}

bool DumpWatch::to_fetch(const Crash& crash) const {
  const auto known = fetches_.find(crash.number);
  return named_by_dump(crash) && (known == fetches_.end() || !known->second.over) &&
         wants_dump(core_.input.scenario.collect_dumps, crash.signature, at_home_);
}

bool DumpWatch::fetching() const {
  return reader_ != nullptr && std::any_of(core_.crashes.begin(), core_.crashes.end(),
                                           [this](const Crash& crash) { return to_fetch(crash); });
}

Task<Unit> DumpWatch::keep_fetching() {
  if (reader_ == nullptr) {
    co_return Unit{};
  }
  while (co_await core_.idle_until(core_.runtime.now() + kPeriod)) {
    for (std::size_t i = 0; i < core_.crashes.size(); ++i) { // NOLINT(modernize-loop-convert): it may grow
      if (!core_.closing && to_fetch(core_.crashes[i])) {
        co_await fetch(core_.crashes[i].number);
      }
    }
  }
  co_return Unit{};
}

Task<Unit> DumpWatch::fetch(std::uint32_t number) {
  Crash asked = *find(number);
  const Span ahead = core_.clocks.ahead(asked.guest_name);
  const Instant began = core_.runtime.now();
  Try& attempt = fetches_.try_emplace(number, Try{began, false}).first->second;
  std::function<bool()> wanted = [this] { return !core_.closing && !core_.stop.requested(); };
  const Result<DumpHome> home = co_await reader_->fetch(std::move(asked), ahead, std::move(wanted));
  const Crash& crash = *find(number);
  if (home) {
    attempt.over = true;
    at_home_.insert(crash.signature);
    // Without its path: the same seed gives the same journal, wherever that lies.
    core_.note("dump-fetched", crash.guest_name,
               fmt::format("{} bytes packed to {}, sha256 {}{}{}", home->size, home->packed_size,
                           home->sha256, home->remark.empty() ? "" : ", ", home->remark));
    for (const std::string& one : home->deleted) {
      core_.note("dump-deleted", "", one);
    }
    core_.changed.notify_all();
    co_return Unit{};
  }
  const Errc code = home.error().code;
  if (core_.runtime.now() - began >= kProgress) { // a copy that was under way, and is gone on with
    attempt.since = core_.runtime.now();
  }
  const bool again = code == Errc::transport || code == Errc::timed_out || code == Errc::busy;
  if (code == Errc::cancelled || (again && core_.runtime.now() - attempt.since < kPatience)) {
    co_return Unit{};
  }
  attempt.over = true;
  if (code != Errc::unsupported) {
    core_.note("dump-unfetched", crash.guest_name, home.error().detail);
  }
  core_.changed.notify_all();
  co_return Unit{};
}

void DumpWatch::give_up(const Crash& crash, const Error& why) {
  core_.note("dump-unread", crash.guest_name, why.detail);
  core_.changed.notify_all();
}

} // namespace migstorm::campaign
