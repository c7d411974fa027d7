#include "harness/campaign/self_test.hpp"

#include "harness/scenario/canaries.hpp"
#include "harness/scenario/lab_rules.hpp"
#include "harness/watch/event_signals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace migstorm::campaign {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::uint32_t kNmiBugcheck = 0x80; // NMI_HARDWARE_FAILURE
constexpr Span kTick = seconds(2);
constexpr Span kRetry = minutes(1);          // a canary that is not well, or no time for it
constexpr Span kFirstAnswers = minutes(1);   // until every source was asked
constexpr Span kProofPatience = minutes(25); // a dump is written, and found after the next boot
constexpr Span kBetweenLogs = seconds(15);
constexpr Span kBetweenDumps = seconds(10);
constexpr Span kFetchPatience = std::chrono::hours(2);

constexpr std::array<std::string_view, 8> kNames = {"heartbeat", "uptime",  "host-events", "bugcheck-events",
                                                    "console",   "verdict", "dump",        "dump-fetched"};

bool well(const CanaryWatch::Place& place) {
  const auto beat = place.row.heartbeat;
  return place.row.state == hyperv::EnabledState::enabled && !place.row.migrating && !place.row.busy &&
         (beat == hyperv::Heartbeat::ok || beat == hyperv::Heartbeat::degraded);
}

std::string after(Instant asked, Instant seen) {
  return fmt::format("{} s after the interrupt",
                     std::chrono::duration_cast<seconds>(std::max(Span{}, seen - asked)).count());
}

} // namespace

SelfTest::SelfTest(Core& core, DumpReader* dumps, PictureKeeper* pictures)
    : core_(core), dumps_(dumps), pictures_(pictures), canaries_(core.input.canaries) {
  for (std::uint32_t i = 0; i < canaries_.size(); ++i) {
    core_.canaries.log_asked(i, can_be_asked(core_.input.lab, canaries_[i].name));
  }
}

Task<Unit> SelfTest::keep() {
  const SelfTestSpec& asked = core_.input.scenario.self_test;
  bool provokes = asked.nmi && !canaries_.empty();
  if (asked.nmi && canaries_.empty()) {
    say(kSelfTestRemark, "canary", "no host shows a guest that canary: lists");
  }
  Instant next = core_.runtime.now() + (provokes ? Span{} : kFirstAnswers);
  while (co_await core_.idle_until(next)) {
    Outcome outcome = Outcome::done;
    if (provokes) {
      outcome = co_await provoke();
    } else {
      prove_by_answers();
    }
    provokes = provokes && outcome != Outcome::never;
    const Span pause = outcome == Outcome::done ? asked.every : kRetry;
    next = core_.runtime.now() + pause;
  }
  co_return Unit{};
}

std::optional<std::uint32_t> SelfTest::choose() {
  std::string why = core_.may_begin() && wanted() ? "" : "not while no move may begin";
  const auto count = static_cast<std::uint32_t>(canaries_.size());
  for (std::uint32_t step = 1; why.empty() && step <= count; ++step) {
    const std::uint32_t canary = (last_ + step) % count;
    const CanaryWatch::Place& place = core_.canaries.place(canary);
    if (!place.host.empty() && well(place)) {
      told_.clear();
      return canary;
    }
  }
  why = why.empty() ? "no canary is running with a heartbeat" : why;
  if (told_ != why) { // once, for it may last
    say(kSelfTestRemark, "canary", why);
    told_ = why;
  }
  return std::nullopt;
}

// Whether the guest may be crashed by what is known of it; its host is asked once more by the one door.
std::string SelfTest::objection(std::uint32_t canary) const {
  const LabFile& lab = core_.input.lab;
  std::string why = canary_objection(canaries_[canary], core_.input.scenario, lab);
  const std::string& host = core_.canaries.place(canary).host;
  if (why.empty() && !allows_host(lab, host)) {
    return fmt::format("its host {} is not named by the lab file's allow: hosts", host);
  }
  if (why.empty() && core_.guests.find(canaries_[canary].id)) {
    return "it is a guest of the plan";
  }
  return why;
}

Task<SelfTest::Outcome> SelfTest::provoke() {
  const auto canary = choose();
  if (!canary) {
    co_return Outcome::later;
  }
  last_ = *canary;
  const hyperv::GuestFacts& facts = canaries_[*canary];
  if (std::string why = objection(*canary); !why.empty()) {
    say(kSelfTestFailed, "canary", fmt::format("{} is not crashed: {}", facts.name, why));
    co_return Outcome::never;
  }
  core_.canaries.begin(*canary);
  const auto host = core_.hosts.find(core_.canaries.place(*canary).host);
  if (!host) {
    co_return Outcome::later;
  }
  [[maybe_unused]] const HostWatch::Answer fresh = co_await core_.summaries.fresh(*host);
  if (!well(core_.canaries.place(*canary)) || !core_.may_begin() || !wanted()) {
    co_return Outcome::later;
  }
  const hyperv::HostName name = core_.canaries.place(*canary).host;
  say(kSelfTestRemark, "canary", fmt::format("{} is asked to interrupt {}", name, facts.name));
  if (!co_await core_.commit()) {
    co_return Outcome::never;
  }
  const Instant now = core_.runtime.now();
  proof_.emplace();
  proof_->canary = *canary;
  proof_->number = static_cast<std::uint32_t>(std::chrono::duration_cast<seconds>(now).count());
  proof_->asked = now;
  hyperv::GuestId id = facts.id;
  std::string mark = canary_mark(core_.input.lab);
  Status asked = co_await core_.cluster.crash_canary(name, std::move(id), std::move(mark));
  if (!asked && asked.error().code != Errc::unknown_outcome) {
    proof_.reset();
    say(kSelfTestFailed, "canary", "the interrupt was refused: " + asked.error().detail);
    const Errc code = asked.error().code;
    const bool may_change = code == Errc::busy || code == Errc::transport || code == Errc::not_found;
    co_return may_change ? Outcome::later : Outcome::never;
  }
  co_await follow();
  co_return Outcome::done;
}

Task<Unit> SelfTest::follow() {
  while (wanted() && !complete() && core_.runtime.now() < proof_->asked + kProofPatience) {
    co_await look_at_console();
    look_at_signals();
    co_await read_log();
    co_await read_dump();
    look_at_signals();
    if (!complete()) {
      [[maybe_unused]] const bool open = co_await core_.idle_until(core_.runtime.now() + kTick);
    }
  }
  report();
  proof_.reset();
  core_.changed.notify_all();
  co_return Unit{};
}

void SelfTest::prove(Link link, std::string how) {
  std::string& proof = proof_->how[link];
  if (proof.empty()) {
    proof = std::move(how);
  }
}

void SelfTest::look_at_signals() {
  for (const Signal& signal : core_.canaries.signals()) {
    if (signal.latest < proof_->asked - watch::kClockSlack) {
      continue; // of an earlier life, told late
    }
    std::string how = after(proof_->asked, signal.noticed);
    how += signal.detail.empty() ? "" : ": " + signal.detail;
    switch (signal.kind) {
    case SignalKind::heartbeat_lost:
      prove(heartbeat, std::move(how));
      break;
    case SignalKind::uptime_backwards:
      prove(uptime, std::move(how));
      break;
    case SignalKind::guest_crash_event:
    case SignalKind::triple_fault:
    case SignalKind::guest_reset_event:
      prove(host_events, std::move(how));
      break;
    case SignalKind::bugcheck_event:
      prove(guest_log, std::move(how));
      break;
    case SignalKind::stop_screen:
      prove(console, std::move(how));
      break;
    default:
      break;
    }
  }
  const auto& crashes = core_.canaries.crashes();
  if (crashes.size() == 1) {
    const Crash& one = crashes.front();
    prove(verdict, fmt::format("{}: one crash, {}", after(proof_->asked, one.noticed),
                               one.bugcheck == 0 ? std::string("of an unknown bugcheck")
                                                 : fmt::format("bugcheck {:#x}", one.bugcheck)));
  }
}

Task<Unit> SelfTest::look_at_console() {
  const auto host = core_.hosts.find(core_.canaries.place(proof_->canary).host);
  const bool over = !proof_->how[console].empty() || !proof_->how[uptime].empty();
  if (over || !host || !core_.detectors->shows_consoles(*host)) {
    co_return Unit{};
  }
  hyperv::GuestId id = canaries_[proof_->canary].id;
  const Instant asked = core_.runtime.now();
  Result<hyperv::ConsolePicture> picture =
      co_await core_.cluster.console(core_.hosts.name(*host), std::move(id));
  if (!picture) {
    co_return Unit{};
  }
  const watch::ScreenVerdict screen =
      watch::recognise_stop_screen(picture->pixels, picture->width, picture->height);
  core_.canaries.on_console(proof_->canary, screen, watch::Window{asked, core_.runtime.now()});
  if (screen.grade == watch::ScreenGrade::stop_screen && pictures_ != nullptr) {
    Crash of = crash();
    const Status kept = co_await pictures_->keep(std::move(of), *std::move(picture));
    if (!kept) {
      say(kSelfTestRemark, "console", kept.error().detail);
    }
  }
  co_return Unit{};
}

Task<Unit> SelfTest::read_log() {
  const Instant now = core_.runtime.now();
  const bool over = !proof_->how[guest_log].empty() || proof_->how[uptime].empty();
  if (over || !applies(guest_log) || now < proof_->next_log) {
    co_return Unit{};
  }
  proof_->next_log = now + kBetweenLogs;
  const std::string name = canaries_[proof_->canary].name;
  const Result<hyperv::ClockReading> clock = co_await core_.cluster.guest_clock(name);
  if (clock) {
    core_.clocks.take(name, *clock);
  }
  const CivilTime since = core_.runtime.civil(proof_->asked);
  hyperv::EventMark mark;
  mark.log = hyperv::EventLog::system;
  mark.time = core_.clocks.theirs(name, since);
  std::vector<hyperv::EventMark> marks(1, mark);
  Result<hyperv::EventBatch<hyperv::GuestEvent>> batch =
      co_await core_.cluster.guest_events(name, std::move(marks));
  if (!batch) {
    co_return Unit{};
  }
  for (hyperv::GuestEvent& event : batch->events) {
    event.time = core_.clocks.ours(name, event.time);
  }
  std::erase_if(batch->events, [since](const hyperv::GuestEvent& event) { return event.time < since; });
  core_.canaries.on_guest_log(proof_->canary, batch->events, core_.runtime.now(), core_.runtime.epoch());
  co_return Unit{};
}

// What is known of the canary's crash, for those who look for its dump and name its folder.
Crash SelfTest::crash() const {
  const auto& known = core_.canaries.crashes();
  Crash of = known.empty() ? Crash() : known.front();
  if (known.empty()) {
    of.earliest = proof_->asked;
    of.latest = core_.runtime.now();
  }
  of.self_test = true;
  of.number = proof_->number;
  of.guest = canaries_[proof_->canary].id;
  of.guest_name = canaries_[proof_->canary].name;
  return of;
}

Task<Unit> SelfTest::read_dump() {
  const Instant now = core_.runtime.now();
  if (!applies(dump) || proof_->how[uptime].empty() || now < proof_->next_dump) {
    co_return Unit{};
  }
  proof_->next_dump = now + kBetweenDumps;
  const std::string name = canaries_[proof_->canary].name;
  if (proof_->how[dump].empty()) {
    Crash of = crash();
    const Result<DumpFinding> found = co_await dumps_->read(std::move(of), core_.clocks.ahead(name));
    if (!found) {
      proof_->dump_trouble = found.error().detail;
      co_return Unit{};
    }
    if (!found->signature.starts_with(fmt::format("{:#x}|", kNmiBugcheck))) {
      proof_->dump_trouble = "the dump says " + found->signature;
      co_return Unit{};
    }
    prove(dump, after(proof_->asked, core_.runtime.now()) + ": named " + found->signature);
  }
  if (applies(fetched) && proof_->how[fetched].empty()) {
    Crash of = crash();
    const Instant began = core_.runtime.now();
    std::function<bool()> go_on = [this, began] {
      return wanted() && core_.runtime.now() - began < kFetchPatience;
    };
    const Result<DumpHome> home =
        co_await dumps_->fetch(std::move(of), core_.clocks.ahead(name), std::move(go_on));
    if (home) {
      prove(fetched, fmt::format("{}: {} bytes", after(proof_->asked, core_.runtime.now()), home->size));
      for (const std::string& one : home->deleted) {
        core_.note("dump-deleted", "", one);
      }
    } else {
      proof_->dump_trouble = home.error().detail;
    }
  }
  co_return Unit{};
}

bool SelfTest::applies(Link link) const {
  const hyperv::GuestFacts& facts = canaries_[proof_->canary];
  const auto host = core_.hosts.find(core_.canaries.place(proof_->canary).host);
  switch (link) {
  case heartbeat:
    return has_heartbeat(facts);
  case host_events:
    return host && core_.detectors->reads_events(*host);
  case guest_log:
    return can_be_asked(core_.input.lab, facts.name);
  case console:
    return host && core_.detectors->shows_consoles(*host);
  case dump:
    return dumps_ != nullptr;
  case fetched:
    return dumps_ != nullptr && core_.input.scenario.collect_dumps != "none";
  default:
    return true;
  }
}

bool SelfTest::complete() const {
  for (std::size_t link = 0; link < kSelfTestLinks; ++link) {
    if (proof_->how[link].empty() && applies(static_cast<Link>(link))) {
      return false;
    }
  }
  return true;
}

void SelfTest::report() {
  const bool broken_off = !wanted();
  for (std::size_t link = 0; link < kSelfTestLinks; ++link) {
    const std::string& how = proof_->how[link];
    if (!how.empty()) {
      say(kSelfTestProven, kNames[link], how);
    } else if (applies(static_cast<Link>(link))) {
      std::string why = broken_off ? "not seen before the run ended" : "not seen";
      why += (link == dump || link == fetched) && !proof_->dump_trouble.empty() ? ": " + proof_->dump_trouble
                                                                                : "";
      say(broken_off ? kSelfTestRemark : kSelfTestFailed, kNames[link], std::move(why));
    }
  }
  if (const std::size_t times = core_.canaries.crashes().size(); times > 1) {
    say(kSelfTestFailed, kNames[verdict], fmt::format("one crash was counted {} times", times));
  }
}

void SelfTest::prove_by_answers() {
  for (const Detectors::Answering& one : core_.detectors->answering(core_.runtime.now())) {
    say(one.answered == one.sources ? kSelfTestPassive : kSelfTestFailed, to_string(one.kind),
        fmt::format("{} of {} sources answered in time", one.answered, one.sources));
  }
}

void SelfTest::say(const char* kind, std::string_view link, std::string detail) {
  core_.note(kind, std::string(link), std::move(detail));
}

} // namespace migstorm::campaign
