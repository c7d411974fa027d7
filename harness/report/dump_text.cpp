#include "harness/report/dump_text.hpp"

#include "harness/report/words.hpp"

#include <fmt/format.h>

namespace migstorm::report {
namespace {

using triage::TriageResult;

// Addresses as debuggers show them: 64 bits in two halves.
std::string address_text(std::uint64_t address, const std::string& machine) {
  return machine == "x86" ? fmt::format("{:08x}", address)
                          : fmt::format("{:08x}`{:08x}", address >> 32, address & 0xffffffffU);
}

std::string heading(const TriageResult& result) {
  return fmt::format("{}: {} dump of Windows build {}, {}, {}\n\n", printable(result.file), result.kind,
                     result.os_build, result.machine, counted(result.processors, "processor", "processors"));
}

std::string bugcheck_text(const TriageResult& result) {
  const triage::BugcheckFacts& bugcheck = result.bugcheck;
  std::string out =
      fmt::format("{} ({:x})\n", bugcheck.name.empty() ? "BUGCHECK" : bugcheck.name, bugcheck.code);
  for (std::size_t i = 0; i < bugcheck.parameters.size(); ++i) {
    const std::string& meaning = bugcheck.meanings[i];
    out += fmt::format("Arg{}: {}{}{}\n", i + 1, address_text(bugcheck.parameters[i], result.machine),
                       meaning.empty() ? "" : ", ", meaning);
  }
  return out + "\n";
}

std::string field(const char* name, const std::string& value) {
  return value.empty() ? std::string() : fmt::format("{}:  {}\n", name, printable(value));
}

std::string place_text(const triage::Place& place) {
  return place.in_module() ? printable(place.text()) : hex(place.address);
}

std::string culprit_text(const TriageResult& result) {
  const triage::Culprit& culprit = result.culprit;
  if (!culprit.place.in_module()) {
    return "Probably caused by : nobody could be named\n";
  }
  std::string out = fmt::format("Probably caused by : {} ( {} )\n", printable(result.culprit_file),
                                place_text(culprit.place));
  out += culprit.guessed ? "                     a guess: its frame was found by scanning the stack\n" : "";
  out += field("VIA", culprit.via);
  return out + "\n";
}

std::string issue_text(const triage::IssueMatch& match) {
  const triage::KnownIssue& issue = match.issue;
  std::string out = fmt::format("KNOWN_ISSUE:  {} ({}): {}\n", printable(issue.id),
                                triage::to_string(match.grade), printable(issue.title));
  out += field("  AFFECTED", issue.affected);
  out += field("  FIX", issue.fix);
  if (!issue.fixed_file.empty()) {
    out += fmt::format("  FIXED_IN:  {} {}\n", printable(issue.fixed_file), printable(issue.fixed_version));
  }
  out += field("  BECAUSE", fmt::format("{}", fmt::join(match.reasons, "; ")));
  return out;
}

std::string warnings_text(const TriageResult& result) {
  std::string out;
  for (const std::string& warning : result.warnings) {
    out += fmt::format("WARNING: {}\n", printable(warning));
  }
  return out.empty() ? out : out + "\n";
}

} // namespace

std::string dump_stack_text(const TriageResult& result) {
  std::string out = "STACK_TEXT:\n";
  for (const triage::NamedFrame& each : result.stack) {
    out += fmt::format("{} {} : {}", address_text(each.frame.sp, result.machine),
                       address_text(each.frame.ip, result.machine), place_text(each.place));
    if (each.frame.source == triage::FrameSource::scan) {
      out += "   (scanned)";
    } else if (each.frame.source == triage::FrameSource::machine_frame) {
      out += each.frame.trap_frame != 0
                 ? fmt::format("   (TrapFrame @ {})", address_text(each.frame.trap_frame, result.machine))
                 : std::string("   (interrupted)");
    }
    out += "\n";
  }
  return out + (result.stack_end.empty() ? "" : fmt::format("(end: {})\n", result.stack_end)) + "\n";
}

std::string dump_modules_text(const TriageResult& result) {
  std::string out = "start             end                 module name\n";
  for (const triage::ModuleFacts& each : result.modules) {
    const std::string stamp =
        each.timestamp ? fmt::format("{:08X}", *each.timestamp) : std::string("unknown");
    out += fmt::format("{} {}   {:<24} {}{}\n", address_text(each.base, result.machine),
                       address_text(each.base + each.size, result.machine), printable(each.name, 64), stamp,
                       each.asked ? "  " + printable(each.symbols_note) : std::string());
  }
  if (!result.unloaded.empty()) {
    out += "\nUnloaded modules:\n";
  }
  for (const triage::UnloadedFacts& each : result.unloaded) {
    out += fmt::format("{} {}   {}\n", address_text(each.start, result.machine),
                       address_text(each.end, result.machine), printable(each.name, 64));
  }
  return out + "\n";
}

std::string dump_explain_text(const TriageResult& result) {
  std::string out = "RULES:\n";
  for (const std::string& line : result.explain) {
    out += "  " + printable(line) + "\n";
  }
  return out + "\n";
}

std::string dump_text(const TriageResult& result) {
  std::string out = heading(result) + bugcheck_text(result);
  out += field("PROCESS_NAME", result.process);
  if (result.instruction && result.instruction->in_module()) {
    out += field("FAULTING_IP", place_text(*result.instruction));
  }
  out += field("STACK_FROM", result.context_from) + "\n";
  out += dump_stack_text(result);
  out += culprit_text(result);
  out += field("SYMBOL_NAME", result.culprit.place.text());
  out += field("MODULE_NAME", result.culprit.place.module);
  out += field("IMAGE_NAME", result.culprit_file);
  out += field("SIGNATURE", result.signature) + "\n";
  for (const triage::IssueMatch& match : result.issues) {
    out += issue_text(match) + "\n";
  }
  return out + warnings_text(result);
}

} // namespace migstorm::report
