// The founding bug: a guest whose busy disks hang on SCSI may bugcheck when its old host powers the virtual
// motherboard off. The likelier the more such disks it has, and far likelier where they are expanding.
#include "tools/lab/engine/world.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cassert>
#include <filesystem>

namespace migstorm::lab {
namespace {

constexpr std::uint32_t kNmiBugcheck = 0x80;
constexpr double kDisksOfHazard = 4; // the configured hazard is that of four expanding disks
constexpr double kFixedShare = 1.0 / 20;
constexpr std::string_view kDumpPath = "C:\\Windows\\MEMORY.DMP";

bool installed(const std::vector<std::string>& hotfixes) {
  return std::find(hotfixes.begin(), hotfixes.end(), kHotfix) != hotfixes.end();
}

// Crash enlightenment of the guest, and a host that listens to it.
bool reports_crash(const Guest& guest, const Host& host) {
  return guest.release >= Release::w2012 && host.release >= Release::w2012r2;
}

std::string address_text(std::uint64_t value) { return fmt::format("0x{:016x}", value); }

} // namespace

bool World::fixed(const Move& move) const {
  const bool source = installed(hosts[move.from].hotfixes);
  const bool destination = installed(hosts[move.to].hotfixes);
  const bool guest = installed(guests[move.guest].hotfixes);
  switch (config.crash.fixed_by) {
  case FixedBy::source_host:
    return source;
  case FixedBy::destination_host:
    return destination;
  case FixedBy::guest:
    return guest;
  case FixedBy::all:
    break;
  }
  return source && destination && guest;
}

double World::hazard_of(const Move& move) const {
  if (!load_alive(move.guest) || fixed(move)) {
    return 0;
  }
  double disks = 0;
  for (const Disk& disk : guests[move.guest].disks) {
    if (disk.bus == Bus::scsi && disk.load_rate > 0) {
      disks += disk.type == VhdType::dynamic ? 1 : kFixedShare;
    }
  }
  return std::min(1.0, config.crash.hazard * disks / kDisksOfHazard);
}

// Two draws whatever comes of them, so that a fixed guest does not change the luck of the others.
void World::draw_crash(const Move& move) {
  const bool struck = crash_random_.chance(hazard_of(move));
  const double part = crash_random_.unit();
  if (!struck) {
    return;
  }
  GuestInside& inside = guest_inside[move.guest];
  inside.struck_in = move.number;
  if (move.tail == Span{}) { // its end may be due at this very instant, and the crash is part of the move
    return crash(move.guest);
  }
  const auto delay = static_cast<std::int64_t>(static_cast<double>(move.tail.count()) * part);
  agenda_.plan(now + Span(delay), DueKind::guest_crash, move.guest, inside.life);
}

void World::crash(GuestIndex index) {
  const make_dump::CrashFacts facts = crash_facts(guests[index]);
  const Result<make_dump::Bugcheck> bugcheck = make_dump::crash_bugcheck(facts);
  assert(bugcheck); // its facts are ours
  crash_with(index, guest_inside[index].struck_in, *bugcheck, facts);
}

// NMI_HARDWARE_FAILURE, which is what Windows makes of one that nobody expected.
std::uint32_t World::inject_nmi(GuestIndex index) {
  if (index >= guests.size()) {
    return kInvalidParameter;
  }
  if (!note_command({"nmi", std::to_string(index)})) {
    return kNotAvailable;
  }
  record_change("nmi", index, {});
  const Guest& guest = guests[index];
  if (guest.power != Power::running || guest.crashed) {
    return kInvalidState;
  }
  make_dump::CrashFacts facts = crash_facts(guest);
  facts.nmi = make_dump::Bugcheck{kNmiBugcheck, {0x4f4454, 0, 0, 0}};
  crash_with(index, guest_inside[index].move, *facts.nmi, facts);
  return 0;
}

void World::crash_with(GuestIndex index, std::uint64_t move, make_dump::Bugcheck bugcheck,
                       const make_dump::CrashFacts& facts) {
  Guest& guest = guests[index];
  GuestInside& inside = guest_inside[index];
  stop_load(index);
  guest.crashed = now;
  const bool dump_fails = faults.fires(Fault::failed_dump);
  inside.crash =
      CrashRecord{now, bugcheck.code, bugcheck.parameters, false, dump_fails, ledger_crashes.size(), facts};
  inside.cut = now;
  ledger_crashes.push_back({guest.id, move, now, bugcheck.code});
  note({"crash", guest.id, std::to_string(move), hex_text(bugcheck.code)});
  const Host& host = hosts[guest.host];
  if (reports_crash(guest, host)) {
    std::vector<std::string> strings = {guest.name, guest.id, fmt::format("0x{:X}", bugcheck.code)};
    for (const std::uint64_t parameter : inside.crash->parameters) {
      strings.push_back(fmt::format("0x{:X}", parameter));
    }
    const bool preos = host.release >= Release::w2016;
    if (preos) {
      strings.emplace_back("0");
    }
    log_host(guest.host, preos ? Event::guest_crashed_preos : Event::guest_crashed, std::move(strings));
    ledger_crashes.back().reported = now;
  }
  agenda_.plan(now + draw(crash_random_, config.crash.dump), DueKind::dump_done, index, inside.life);
  if (config.heartbeat_recovery && guest.clustered) {
    agenda_.plan(now + *config.heartbeat_recovery, DueKind::host_reset, index, inside.life);
  }
}

// The images of a boot lie where chance puts them, so two crashes never have the same parameters.
make_dump::CrashFacts World::crash_facts(const Guest& guest) {
  make_dump::CrashFacts facts;
  facts.seed = 1 + crash_random_.below(1U << 31U);
  facts.build = facts_of(guest.release).build;
  constexpr std::int64_t kFiletimeOfEpoch = 116'444'736'000'000'000; // 1970 in 100 ns since 1601
  const auto ticks = [](Span span) { return span / std::chrono::nanoseconds(100); };
  facts.system_time =
      static_cast<std::uint64_t>(ticks((epoch + now + guest.clock).time_since_epoch()) + kFiletimeOfEpoch);
  facts.uptime = static_cast<std::uint64_t>(ticks(now - guest.booted));
  return facts;
}

// As Windows does, over the one that was there.
void World::write_dump(const Guest& guest, const CrashRecord& crash) const {
  if (config.dumps.empty()) {
    return;
  }
  const std::filesystem::path folder = std::filesystem::path(config.dumps) / guest.name;
  const std::string path = (folder / "MEMORY.DMP").string();
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const Status written = error ? Status(Error{Errc::storage, error.message()})
                               : make_dump::write_crash_dump(path + ".part", crash.facts);
  if (written) {
    std::filesystem::rename(path + ".part", path, error);
  }
  if (!written || error) {
    spdlog::warn("simulated guest {}: its dump could not be written to {}: {}", guest.name, path,
                 written ? error.message() : written.error().detail);
  }
}

void World::dump_done(GuestIndex index) {
  const Guest& guest = guests[index];
  CrashRecord& crash = *guest_inside[index].crash;
  crash.dump_fails = crash.dump_fails && guest.dumps.kind != 0U;
  crash.dumped = guest.dumps.kind != 0U && !crash.dump_fails;
  if (crash.dumped) {
    write_dump(guest, crash);
  }
  if (guest.dumps.kind != 0U && reports_crash(guest, hosts[guest.host])) {
    log_host(guest.host, crash.dumped ? Event::dump_written : Event::dump_not_written,
             {guest.name, guest.id});
  }
  if (!guest.dumps.restarts) {
    return;
  }
  agenda_.plan(now + std::chrono::seconds(1), DueKind::guest_reset, index, guest_inside[index].life);
}

// What the System log gets at the first boot after the guest went down without a shutdown.
void World::write_boot_story(GuestIndex index) {
  using std::chrono::seconds;
  const Guest& guest = guests[index];
  GuestInside& inside = guest_inside[index];
  // Windows reads the bugcheck back from the dump: without one it knows of none.
  const CrashRecord* const crash = inside.crash && inside.crash->dumped ? &*inside.crash : nullptr;
  std::vector<std::string> start = {std::to_string(crash ? crash->code : 0)};
  for (std::size_t i = 0; i < 4; ++i) {
    start.push_back(crash ? fmt::format("0x{:x}", crash->parameters[i]) : "0x0");
  }
  start.insert(start.end(), {"false", "0", "0"});
  const bool newer = guest.release >= Release::w2016;
  if (newer) {
    start.insert(start.end(), {"0", "false", "0", "0"});
  }
  const Instant early = std::min(now, guest.booted + seconds(2));
  inside.log.write(early, newer ? Event::unclean_start_2016 : Event::unclean_start, std::move(start));
  const auto down = std::chrono::floor<seconds>(epoch + *inside.cut);
  inside.log.write(early, Event::unclean_shutdown,
                   {fmt::format("{:%H:%M:%S}", down), fmt::format("{:%d/%m/%Y}", down)});
  inside.log.write(early, Event::log_started, {});
  if (inside.crash && inside.crash->dump_fails) {
    inside.log.write(now, Event::dump_failed, {"\\Device\\HarddiskVolume2"});
    ledger_crashes[inside.crash->number].dump_failed = now;
  }
  if (crash) {
    ledger_crashes[crash->number].told = now;
    const auto& p = crash->parameters;
    inside.log.write(now, guest.release == Release::w2008r2sp1 ? Event::bugcheck_classic : Event::bugcheck,
                     {fmt::format("0x{:08x} ({}, {}, {}, {})", crash->code, address_text(p[0]),
                                  address_text(p[1]), address_text(p[2]), address_text(p[3])),
                      std::string(kDumpPath), fmt::format("{:%m%d%y}-{}-01", down, index + 10000)});
  }
  inside.crash.reset();
  inside.cut.reset();
}

} // namespace migstorm::lab
