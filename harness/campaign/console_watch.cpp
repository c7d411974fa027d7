#include "harness/campaign/console_watch.hpp"

#include "harness/watch/event_signals.hpp"

#include <fmt/format.h>

namespace migstorm::campaign {
namespace {

using std::chrono::seconds;

constexpr Span kTick = seconds(2);
constexpr Span kBetween = seconds(5);      // two pictures of one guest
constexpr std::uint32_t kPicturesMax = 24; // of one trouble: a stop screen stands until the dump is written
constexpr std::size_t kAtOnce = 4;

} // namespace

ConsoleWatch::ConsoleWatch(Core& core, PictureKeeper* keeper)
    : core_(core), keeper_(keeper), episodes_(core.guests.size()) {}

void ConsoleWatch::start(Scope& background) {
  for (const Crash& crash : core_.crashes) { // before a resume: there is nothing to be seen of them any more
    crashes_[crash.number] = Kept{UINT32_MAX, std::nullopt};
  }
  background.spawn(keep_looking());
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    if (core_.detectors->shows_consoles(host)) {
      background.spawn(keep_proving(host));
    }
  }
}

Task<Unit> ConsoleWatch::keep_looking() {
  Scope scope(core_.runtime, kAtOnce);
  while (co_await core_.idle_until(core_.runtime.now() + kTick)) {
    for (std::uint32_t guest = 0; guest < episodes_.size(); ++guest) {
      if (worth_a_look(guest)) {
        scope.spawn(look(guest));
      }
    }
    co_await keep_best();
  }
  co_await scope.join();
  co_return Unit{};
}

bool ConsoleWatch::worth_a_look(std::uint32_t guest) {
  Episode& episode = episodes_[guest];
  const GuestState& state = core_.guests[guest];
  const bool trouble = !state.moving && !core_.watch->settled(guest);
  if (trouble && !episode.open) {
    episode = Episode{episode.number + 1, true, {}, 0, std::nullopt};
  }
  episode.open = trouble || (episode.open && state.moving);
  const bool seen = episode.best && episode.best->screen.grade == watch::ScreenGrade::stop_screen;
  const Instant now = core_.runtime.now();
  if (!trouble || seen || now < episode.next || episode.taken == kPicturesMax ||
      core_.health.sick(state.host) || !core_.detectors->shows_consoles(state.host)) {
    return false;
  }
  episode.next = now + kBetween;
  ++episode.taken;
  return true;
}

Task<Unit> ConsoleWatch::look(std::uint32_t guest) {
  const HostId host = core_.guests[guest].host;
  const std::uint32_t number = episodes_[guest].number;
  hyperv::GuestId id = core_.guests[guest].id;
  const Instant asked = core_.runtime.now();
  Result<hyperv::ConsolePicture> picture =
      co_await core_.cluster.console(core_.hosts.name(host), std::move(id));
  if (!picture) {
    co_return Unit{}; // it may have moved; a host that does not answer is noticed by others
  }
  const Instant now = core_.runtime.now();
  core_.detectors->console_answered(host, now);
  watch::ScreenVerdict screen =
      watch::recognise_stop_screen(picture->pixels, picture->width, picture->height);
  core_.watch->on_console(guest, screen, watch::Window{asked, now}, core_.findings);
  core_.publish(core_.findings);
  Episode& episode = episodes_[guest];
  const bool better = !episode.best || screen.grade > episode.best->screen.grade;
  if (episode.open && episode.number == number && better) {
    episode.best = Shot{*std::move(picture), std::move(screen), asked};
  }
  co_return Unit{};
}

// A crash belongs to the trouble in which it became known, and so do its pictures.
Task<Unit> ConsoleWatch::keep_best() {
  for (std::size_t i = 0; i < core_.crashes.size(); ++i) { // NOLINT(modernize-loop-convert): it may grow
    const auto guest = core_.guests.find(core_.crashes[i].guest);
    if (!guest) {
      continue;
    }
    const Episode& episode = episodes_[*guest];
    Crash crash = core_.crashes[i];
    const bool pending = !episode.open && core_.watch->verdict(*guest) != GuestVerdict::healthy;
    if (pending && crashes_.count(crash.number) == 0) { // it is on its way: its trouble is still to begin
      continue;
    }
    Kept& kept = crashes_.try_emplace(crash.number, Kept{episode.number, std::nullopt}).first->second;
    if (!episode.best || kept.episode != episode.number ||
        episode.best->taken < crash.earliest - watch::kClockSlack ||
        (kept.grade && *kept.grade >= episode.best->screen.grade)) {
      continue;
    }
    kept.grade = episode.best->screen.grade;
    const std::string shown =
        kept.grade == watch::ScreenGrade::stop_screen ? "a stop screen" : "no stop screen";
    std::string words = fmt::format("{} {}: {}", kPictureName, shown, episode.best->screen.reason);
    Status done = Unit{};
    if (keeper_ != nullptr) {
      hyperv::ConsolePicture picture = episode.best->picture;
      done = co_await keeper_->keep(std::move(crash), std::move(picture));
    }
    core_.note(done ? "console" : "console-unkept", core_.guests[*guest].name,
               done ? std::move(words) : done.error().detail);
  }
  co_return Unit{};
}

Task<Unit> ConsoleWatch::keep_proving(HostId host) {
  std::uint32_t last = episodes_.empty() ? 0 : static_cast<std::uint32_t>(episodes_.size() - 1);
  while (co_await core_.idle_until(core_.runtime.now() + kConsolePeriod)) {
    if (core_.health.sick(host)) {
      continue;
    }
    if (const auto guest = next_on(host, last)) {
      last = *guest;
      co_await look(*guest);
    } else {
      core_.detectors->console_answered(host, core_.runtime.now()); // there is nothing to be seen on it
    }
  }
  co_return Unit{};
}

std::optional<std::uint32_t> ConsoleWatch::next_on(HostId host, std::uint32_t after) const {
  const auto count = static_cast<std::uint32_t>(episodes_.size());
  for (std::uint32_t step = 1; step <= count; ++step) {
    const std::uint32_t guest = (after + step) % count;
    if (core_.guests[guest].host == host && !core_.guests[guest].moving) {
      return guest;
    }
  }
  return std::nullopt;
}

} // namespace migstorm::campaign
