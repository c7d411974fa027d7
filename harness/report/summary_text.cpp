#include "harness/report/summary.hpp"
#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::report {

namespace {

using Lines = std::vector<std::string>;

std::string name_of(const CrashLine& crash) {
  const Crash& facts = crash.facts;
  return printable(facts.guest_name.empty() ? facts.guest : facts.guest_name);
}

std::string opening(const Summary& summary) {
  std::string text = fmt::format("Run {} of {}: campaign {}, seed {}, migstorm {}.\n", printable(summary.run),
                                 printable(summary.scenario), to_string(summary.campaign), summary.seed,
                                 printable(summary.version));
  const char* const newest = summary.state == RunState::ended     ? "ended"
                             : summary.state == RunState::running ? "still running, newest record"
                                                                  : "interrupted, newest record";
  text += fmt::format("Began {}, {} {}, after {} of cluster time.\n", civil_second(summary.started), newest,
                      civil_second(summary.newest), span_words(summary.newest - summary.started));
  if (!summary.verdict.empty()) {
    text += fmt::format("Verdict: {}.", printable(summary.verdict));
  } else {
    text +=
        summary.state == RunState::interrupted ? "No verdict: the run can be resumed." : "No verdict yet.";
  }
  text += summary.reason.empty() ? "\n" : fmt::format(" {}\n", printable(summary.reason));
  return text;
}

std::string migrations_text(const MigrationCounts& counts) {
  std::string text = fmt::format("  {} of {} planned were attempted: {} completed, {} failed, {} unknown",
                                 grouped(counts.attempted), grouped(counts.planned),
                                 grouped(counts.completed), grouped(counts.failed), grouped(counts.unknown));
  text += counts.in_flight == 0 ? ".\n" : fmt::format(", {} in flight.\n", grouped(counts.in_flight));
  text += fmt::format("  {} qualified as exposure", grouped(counts.qualified));
  const char* between = "; not counted: ";
  for (const auto& [reason, count] : counts.unqualified) {
    text += fmt::format("{}{} {}", between, grouped(count), printable(reason));
    between = ", ";
  }
  return text + ".\n";
}

std::string rate_text(const SignatureLine& line) {
  if (!line.per_1000 || !line.interval95) {
    return "; too few migrations qualified to tell a rate";
  }
  return fmt::format(" ({:.2f} per 1,000, 95 % interval {:.2f} to {:.2f})", *line.per_1000,
                     line.interval95->low, line.interval95->high);
}

std::string signature_text(const SignatureLine& line, std::uint64_t qualified) {
  const std::string crashes = counted(line.count, "crash", "crashes");
  const std::string signature = printable(line.signature);
  const std::string which = line.signature.empty() ? "without a known signature"
                            : line.count == 1      ? "with the signature " + signature
                                                   : "with the same signature " + signature;
  return fmt::format("  {} {} in {}{}.\n", crashes, which,
                     counted(qualified, "qualified migration", "qualified migrations"), rate_text(line));
}

std::string when_text(const CrashLine& crash) {
  if (crash.time - crash.earliest < std::chrono::seconds(1)) {
    return "at " + civil_second(crash.time);
  }
  return fmt::format("between {} and {}", civil_second(crash.earliest), civil_second(crash.time));
}

std::string bugcheck_text(const Crash& facts) {
  if (facts.bugcheck == 0) {
    return "bugcheck not known";
  }
  const auto& p = facts.parameters;
  return fmt::format("bugcheck {} ({}, {}, {}, {})", bugcheck_code(facts.bugcheck), hex(p[0]), hex(p[1]),
                     hex(p[2]), hex(p[3]));
}

std::string crash_text(const CrashLine& crash) {
  const Crash& facts = crash.facts;
  std::string text =
      fmt::format("  {}. {} on {}, {}, noticed within {}, {}", facts.number, name_of(crash),
                  facts.host.empty() ? "a host not known" : printable(facts.host), when_text(crash),
                  span_words(crash.noticed - crash.earliest),
                  facts.step ? fmt::format("migration {}", *facts.step) : std::string("migration not known"));
  text += fmt::format(";\n     {}", bugcheck_text(facts));
  if (!facts.known_issue.empty()) {
    text += ", known issue " + printable(facts.known_issue);
  }
  if (!facts.dump_path.empty()) {
    text += ", dump " + printable(facts.dump_path);
  }
  text += ".\n";
  for (const std::string& reason : facts.reasons) {
    text += fmt::format("     - {}\n", printable(reason));
  }
  return text;
}

std::string no_crash_text(std::uint64_t qualified) {
  if (qualified == 0) {
    return "  No crash was seen, and no migration qualified: nothing follows from it.\n";
  }
  return fmt::format("  No crash in {}: with 95 % confidence the rate is below {:.2f} per 1,000.\n",
                     counted(qualified, "qualified migration", "qualified migrations"),
                     1000 * stats::upper_limit(0, qualified));
}

std::string findings_text(const Summary& summary) {
  if (summary.crashes.empty()) {
    return no_crash_text(summary.migrations.qualified);
  }
  std::string text;
  for (const SignatureLine& line : summary.signatures) {
    text += signature_text(line, summary.migrations.qualified);
  }
  for (const CrashLine& crash : summary.crashes) {
    text += crash_text(crash);
  }
  return text;
}

// Counts the crashes that lack something, and says what.
template <class Lacks>
void add_lacking(Lines& lines, const Summary& summary, Lacks lacks, std::string_view what) {
  const auto count = static_cast<std::uint64_t>(std::ranges::count_if(summary.crashes, lacks));
  if (count > 0) {
    lines.push_back(fmt::format("{}: {}.", counted(count, "crash", "crashes"), what));
  }
}

void add_detectors(Lines& lines, const Summary& summary) {
  for (const DetectorLine& detector : summary.detectors) {
    const std::string_view name = to_string(detector.kind);
    if (!detector.alive_fraction) {
      lines.push_back(fmt::format("Detector {} was not applicable here.", name));
    } else if (*detector.alive_fraction < 1) {
      lines.push_back(
          fmt::format("Detector {} was alive {} of the time.", name, percent(*detector.alive_fraction)));
    }
  }
}

Lines unknowns(const Summary& summary) {
  Lines lines;
  const MigrationCounts& counts = summary.migrations;
  if (counts.unknown > 0) {
    lines.push_back(fmt::format("{}: where the guest ended could not be told.",
                                counted(counts.unknown, "migration", "migrations")));
  }
  if (counts.in_flight > 0 && summary.state != RunState::running) {
    lines.push_back(fmt::format("{}: still in flight when the run stopped; resuming it will ask both hosts.",
                                counted(counts.in_flight, "migration", "migrations")));
  }
  add_lacking(
      lines, summary, [](const CrashLine& crash) { return crash.facts.bugcheck == 0; },
      "which bugcheck it was is not known");
  add_lacking(
      lines, summary, [](const CrashLine& crash) { return crash.facts.signature.empty(); },
      "the signature is not known");
  add_lacking(
      lines, summary, [](const CrashLine& crash) { return !crash.facts.step; },
      "the migration it belongs to could not be told");
  add_detectors(lines, summary);
  return lines;
}

std::string detectors_text(const Summary& summary) {
  std::string text;
  for (const DetectorLine& detector : summary.detectors) {
    if (detector.alive_fraction) {
      text += fmt::format("{}{} alive {}", text.empty() ? "  " : ", ", to_string(detector.kind),
                          percent(*detector.alive_fraction));
    }
  }
  text = text.empty() ? "  No crash detector had anything to watch.\n" : text + ".\n";
  for (const StoppedLoad& load : summary.stopped_loads) {
    text += fmt::format("  The load of {} stood still {}, for {} in all, while its heart beat.\n",
                        printable(load.guest), counted(load.times, "time", "times"), span_words(load.still));
  }
  return text;
}

std::string self_test_text(const Summary& summary) {
  std::string text;
  for (const SelfTestLine& line : summary.self_test) {
    const std::string_view words = line.proof == "provoked"  ? "a canary's crash showed"
                                   : line.proof == "passive" ? "its sources answered"
                                                             : "NOT PROVEN";
    text += fmt::format("  {}: {}, {} ({})\n", printable(line.link), words, printable(line.detail),
                        civil_second(line.time));
  }
  return text;
}

std::string differences_text(const Summary& summary) {
  if (summary.differences.empty()) {
    return fmt::format("  Nothing differs: {} of guests, nodes and volumes were compared.\n",
                       counted(summary.compared, "condition", "conditions"));
  }
  std::string text;
  for (const Condition& one : summary.differences) {
    text += fmt::format("  {}: {} is {}, was {}\n", printable(one.subject), printable(one.what),
                        printable(*one.at_end), printable(one.at_start));
  }
  return text;
}

std::string wire_text(const hyperv::WireCounters& wire) {
  return fmt::format("  {}, {}, {} over {}.\n", counted(wire.requests, "request", "requests"),
                     counted(wire.faults, "fault", "faults"), counted(wire.retries, "retry", "retries"),
                     counted(wire.connections, "connection", "connections"));
}

} // namespace

std::string to_text(const Summary& summary) {
  std::string text = opening(summary);
  text += "\nMigrations\n" + migrations_text(summary.migrations);
  if (summary.disk_growth) {
    text += fmt::format("  The guests' disks grew by {:.1f} GiB.\n",
                        static_cast<double>(*summary.disk_growth) / (1 << 30));
  }
  text += "\nCrashes\n" + findings_text(summary);
  if (summary.wire) {
    text += "\nDetectors\n" + detectors_text(summary);
    text += summary.self_test.empty() ? "" : "\nSelf-test\n" + self_test_text(summary);
    text += "\nWS-Management\n" + wire_text(*summary.wire);
  }
  if (summary.compared > 0) {
    text += "\nAs it was found\n" + differences_text(summary);
  }
  text += "\nNot known\n";
  const Lines lines = unknowns(summary);
  for (const std::string& line : lines) {
    text += "  " + line + "\n";
  }
  return lines.empty() ? text + "  Nothing was left open.\n" : text;
}

} // namespace migstorm::report
