#include "harness/preflight/dump_path.hpp"

#include <migstorm/scope.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

namespace migstorm::preflight {

namespace {

using hyperv::DumpKind;
using hyperv::DumpSetup;

constexpr std::size_t kGuestsAtOnce = 8;
constexpr std::uint64_t kMib = 1ULL << 20U;
// Microsoft's advice for a complete dump: the memory and 257 MB.
constexpr std::uint64_t kCompleteMore = 257 * kMib;
// A kernel dump holds what the kernel has in memory, which no setting tells: our rule of thumb for servers.
constexpr std::uint64_t kKernelDump = 1024 * kMib;

std::string mib(std::uint64_t bytes) { return fmt::format("{} MiB", bytes / kMib); }

bool is_kind(const DumpSetup& setup, DumpKind kind) {
  return setup.kind && *setup.kind == static_cast<std::uint32_t>(kind);
}

Finding about(const std::string& guest, std::string check, Severity severity, std::string seen) {
  return {std::move(check), severity, guest, std::move(seen), "", ""};
}

Finding judge_kind(const std::string& guest, const DumpSetup& setup) {
  constexpr std::string_view kSetIt =
      "set CrashDumpEnabled to 2 (kernel) or 7 (automatic, 2012 and later) in "
      "the guest and restart it";
  if (!setup.kind) {
    Finding finding = about(guest, "dump-kind", Severity::unknown, "it does not tell its CrashDumpEnabled");
    finding.why = "whether a crash would leave a dump is not known";
    return finding;
  }
  switch (*setup.kind) {
  case static_cast<std::uint32_t>(DumpKind::complete):
    return about(guest, "dump-kind", Severity::ok, "a complete dump");
  case static_cast<std::uint32_t>(DumpKind::kernel):
    return about(guest, "dump-kind", Severity::ok, "a kernel dump");
  case static_cast<std::uint32_t>(DumpKind::automatic):
    return about(guest, "dump-kind", Severity::ok, "an automatic dump");
  case static_cast<std::uint32_t>(DumpKind::none): {
    Finding finding = about(guest, "dump-kind", Severity::error, "it writes no dump (CrashDumpEnabled 0)");
    finding.why = "its crashes could only be named by their bugcheck";
    finding.fix = kSetIt;
    return finding;
  }
  case static_cast<std::uint32_t>(DumpKind::small): {
    Finding finding = about(guest, "dump-kind", Severity::warning,
                            "a small dump (CrashDumpEnabled 3) in a folder of its own");
    finding.why = "it holds one stack only, and no MEMORY.DMP is written";
    finding.fix = kSetIt;
    return finding;
  }
  default:
    Finding finding =
        about(guest, "dump-kind", Severity::unknown, fmt::format("CrashDumpEnabled is {}", *setup.kind));
    finding.why = "no documentation that we know tells what it writes";
    finding.fix = kSetIt;
    return finding;
  }
}

Finding judge_restart(const std::string& guest, const DumpSetup& setup) {
  if (setup.restarts.value_or(true)) {
    return about(guest, "dump-restart", setup.restarts ? Severity::ok : Severity::unknown,
                 setup.restarts ? "it restarts after a crash" : "it does not tell its AutoReboot");
  }
  Finding finding =
      about(guest, "dump-restart", Severity::error, "it stays at its stop screen (AutoReboot 0)");
  finding.why =
      "after a crash it is not moved any more, and its dump becomes a file only when it starts again";
  finding.fix = "set AutoReboot to 1 in the guest";
  return finding;
}

Finding judge_overwrite(const std::string& guest, const DumpSetup& setup) {
  if (setup.overwrites.value_or(true)) {
    return about(guest, "dump-overwrite", Severity::ok, "the newest dump takes the place of an older one");
  }
  Finding finding =
      about(guest, "dump-overwrite", Severity::warning, "it keeps the dump that is there (Overwrite 0)");
  finding.why = "the dump of a second crash is lost unless the first was taken away";
  finding.fix = "set Overwrite to 1 in the guest, or say dumps: {rename: true} in the lab file";
  return finding;
}

struct Room {
  std::uint64_t needed = 0; // bytes
  Severity short_of = Severity::warning;
};

Room room_needed(const DumpSetup& setup) {
  if (is_kind(setup, DumpKind::complete)) {
    return {setup.memory + kCompleteMore, Severity::error};
  }
  return {setup.memory == 0 ? kKernelDump : std::min(setup.memory, kKernelDump), Severity::warning};
}

// While the machine crashes, the dump is written into the page file or the dedicated file; when it starts
// again, it is copied to its place.
Finding judge_space(const std::string& guest, const DumpSetup& setup) {
  const Room room = room_needed(setup);
  std::uint64_t paged = 0;
  for (const hyperv::PageFile& file : setup.page_files) {
    paged += file.size;
  }
  const bool dedicated = !setup.dedicated_file.empty();
  Finding finding = about(guest, "dump-space", Severity::ok,
                          fmt::format("{} of page files, {} free for {}", mib(paged),
                                      setup.free ? mib(*setup.free) : "an unknown amount", setup.file));
  if (is_kind(setup, DumpKind::none) || is_kind(setup, DumpKind::small)) {
    return finding;
  }
  if (!dedicated && paged == 0) {
    finding.severity = Severity::error;
    finding.why = "without a page file no dump is written";
    finding.fix = "give the guest a page file, or a DedicatedDumpFile";
  } else if (!dedicated && paged < room.needed) {
    finding.severity = room.short_of;
    finding.why = fmt::format("a dump may need {} there", mib(room.needed));
    finding.fix = "make the guest's page file larger, or give it a DedicatedDumpFile";
  } else if (setup.free && *setup.free < room.needed) {
    finding.severity = room.short_of;
    finding.why = fmt::format("the dump may need {} in its place", mib(room.needed));
    finding.fix = "make room on that drive of the guest";
  }
  return finding;
}

Finding judge_log(const std::string& guest, const DumpSetup& setup) {
  if (setup.not_ready > 0) {
    Finding finding = about(guest, "dump-log", Severity::error,
                            fmt::format("volmgr 46 {} times since it started", setup.not_ready));
    finding.why = "Windows could not prepare for a dump: none would be written";
    finding.fix = "see that its page file is on a drive that dumps may be written to, and restart it";
    return finding;
  }
  if (setup.not_written > 0) {
    Finding finding = about(guest, "dump-log", Severity::warning,
                            fmt::format("volmgr 161 {} times within a day", setup.not_written));
    finding.why = "a dump could not be written when it crashed";
    finding.fix = "make its page file and the drive of its dump larger";
    return finding;
  }
  return about(guest, "dump-log", Severity::ok, "no complaint of its volume manager");
}

Task<Unit> ask_guest(hyperv::Cluster& cluster, std::string guest, std::vector<Finding>& into) {
  const Result<DumpSetup> setup = co_await cluster.dump_setup(guest);
  if (setup) {
    into = judge_dump_setup(guest, *setup);
    co_return Unit{};
  }
  Finding finding = about(guest, "dump-path", Severity::warning, setup.error().detail);
  finding.why = "whether a crash of it would leave a dump is not known";
  finding.fix =
      setup.error().code == Errc::unsupported ? "give the guest an entry under guests: of the lab file" : "";
  into.push_back(std::move(finding));
  co_return Unit{};
}

// Once for each cluster, of the first of its nodes that a guest of the plan is on and that answers.
Task<std::vector<Finding>> check_recovery(hyperv::Cluster& cluster,
                                          const std::vector<hyperv::GuestFacts>& guests) {
  std::vector<Finding> findings;
  std::map<std::string, hyperv::HeartbeatRecovery> rules;
  std::set<std::string> asked;
  for (const hyperv::GuestFacts& guest : guests) {
    if (!guest.group) {
      continue;
    }
    if (rules.count(*guest.group) == 0 && asked.insert(guest.host).second) {
      const Result<std::vector<hyperv::HeartbeatRecovery>> told =
          co_await cluster.heartbeat_recovery(guest.host);
      for (const hyperv::HeartbeatRecovery& rule : told ? *told : std::vector<hyperv::HeartbeatRecovery>()) {
        rules[rule.group] = rule;
      }
    }
    const auto rule = rules.find(*guest.group);
    findings.push_back(
        judge_recovery(guest.name, rule == rules.end() ? hyperv::HeartbeatRecovery() : rule->second));
  }
  co_return findings;
}

} // namespace

std::vector<Finding> judge_dump_setup(const std::string& guest, const DumpSetup& setup) {
  return {judge_kind(guest, setup), judge_restart(guest, setup), judge_overwrite(guest, setup),
          judge_space(guest, setup), judge_log(guest, setup)};
}

Finding judge_recovery(const std::string& guest, const hyperv::HeartbeatRecovery& rule) {
  if (rule.watched == false || rule.action == 0U) {
    return about(guest, "heartbeat-recovery", Severity::ok,
                 "its cluster does not reset it when it is silent");
  }
  Finding finding = about(guest, "heartbeat-recovery", Severity::error,
                          "its cluster watches its heartbeat and restarts it when that stays away");
  finding.why =
      "a guest that writes its dump has no heartbeat: the cluster can reset it before the dump is whole";
  finding.fix = "switch heartbeat monitoring off in the settings of its \"Virtual Machine\" resource "
                "(CheckHeartbeat 0) for the time of the soak";
  if (!rule.watched) {
    finding.severity = Severity::warning;
    finding.seen = "its cluster does not tell whether it watches its heartbeat";
    finding.fix = "look at the settings of its \"Virtual Machine\" resource";
  }
  return finding;
}

Task<std::vector<Finding>> check_dump_path(Runtime& runtime, hyperv::Cluster& cluster,
                                           std::vector<hyperv::GuestFacts> guests) {
  std::vector<std::vector<Finding>> answers(guests.size());
  Scope scope(runtime, kGuestsAtOnce);
  for (std::size_t i = 0; i < guests.size(); ++i) {
    scope.spawn(ask_guest(cluster, guests[i].name, answers[i]));
  }
  co_await scope.join();
  std::vector<Finding> findings = co_await check_recovery(cluster, guests);
  for (std::vector<Finding>& answer : answers) {
    findings.insert(findings.end(), answer.begin(), answer.end());
  }
  co_return findings;
}

} // namespace migstorm::preflight
