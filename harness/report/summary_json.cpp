#include "harness/report/json.hpp"
#include "harness/report/summary.hpp"
#include "harness/report/words.hpp"

namespace migstorm::report {

namespace {

constexpr int kSchema = 1; // of the document; rises when a field changes its meaning or goes away

void write_migrations(JsonWriter& json, const MigrationCounts& counts) {
  json.key("migrations").begin_object();
  json.member("planned", counts.planned).member("attempted", counts.attempted);
  json.member("completed", counts.completed).member("failed", counts.failed);
  json.member("unknown", counts.unknown).member("qualified", counts.qualified);
  json.key("unqualified").begin_object();
  for (const auto& [reason, count] : counts.unqualified) {
    json.member(reason, count);
  }
  json.end_object().end_object();
}

// From the crash to its notice, at most: the crash is dated by a window.
double notice_seconds(const CrashLine& crash) { return seconds_of(crash.noticed - crash.earliest); }

void write_crash(JsonWriter& json, const CrashLine& crash) {
  const Crash& facts = crash.facts;
  const bool has_bugcheck = facts.bugcheck != 0;
  json.begin_object();
  json.key("guest").text_or_null(facts.guest_name.empty() ? facts.guest : facts.guest_name);
  json.key("host").text_or_null(facts.host);
  json.member("migration", facts.step);
  json.member("time", rfc3339(crash.time));
  json.member("noticed", rfc3339(crash.noticed)).member("noticed_within", notice_seconds(crash));
  json.key("bugcheck").text_or_null(has_bugcheck ? bugcheck_code(facts.bugcheck) : "");
  json.key("parameters").begin_array();
  for (const std::uint64_t parameter : facts.parameters) {
    json.text_or_null(has_bugcheck ? hex(parameter) : "");
  }
  json.end_array();
  json.key("signature").text_or_null(facts.signature);
  json.key("known_issue").text_or_null(facts.known_issue);
  json.key("dump").text_or_null(facts.dump_path);
  json.key("evidence").text_or_null(crash.evidence);
  json.end_object();
}

void write_signature(JsonWriter& json, const SignatureLine& line) {
  json.begin_object();
  json.key("signature").text_or_null(line.signature);
  json.member("count", line.count).member("per_1000", line.per_1000);
  json.key("interval95");
  if (line.interval95) {
    json.begin_array().value(line.interval95->low).value(line.interval95->high).end_array();
  } else {
    json.null();
  }
  json.end_object();
}

void write_wire(JsonWriter& json, const std::optional<hyperv::WireCounters>& wire) {
  using Count = std::optional<std::uint64_t>;
  json.key("wsman").begin_object();
  json.member("requests", wire ? Count(wire->requests) : Count());
  json.member("faults", wire ? Count(wire->faults) : Count());
  json.member("retries", wire ? Count(wire->retries) : Count());
  json.end_object();
}

} // namespace

namespace {

// null until it was looked at.
void write_differences(JsonWriter& json, const Summary& summary) {
  json.key("differences");
  if (summary.compared == 0) {
    json.null();
    return;
  }
  json.begin_array();
  for (const Condition& one : summary.differences) {
    json.begin_object().member("subject", one.subject).member("what", one.what);
    json.member("at_start", one.at_start).member("at_end", one.at_end).end_object();
  }
  json.end_array();
}

} // namespace

std::string to_json(const Summary& summary) {
  JsonWriter json;
  json.begin_object();
  json.member("schema", kSchema).member("run", summary.run).member("scenario", summary.scenario);
  json.member("campaign", to_string(summary.campaign)).member("seed", summary.seed);
  json.key("verdict").text_or_null(summary.verdict);
  write_migrations(json, summary.migrations);
  json.member("disk_growth", summary.disk_growth);
  json.key("crashes").begin_array();
  for (const CrashLine& crash : summary.crashes) {
    write_crash(json, crash);
  }
  json.end_array().key("signatures").begin_array();
  for (const SignatureLine& line : summary.signatures) {
    write_signature(json, line);
  }
  json.end_array().key("detectors").begin_array();
  for (const DetectorLine& detector : summary.detectors) {
    json.begin_object().member("name", to_string(detector.kind));
    json.member("alive_fraction", detector.alive_fraction).end_object();
  }
  json.end_array().key("self_test").begin_array();
  for (const SelfTestLine& line : summary.self_test) {
    json.begin_object().member("link", line.link).member("proof", line.proof);
    json.member("time", rfc3339(line.time)).member("detail", line.detail).end_object();
  }
  json.end_array().key("stopped_loads").begin_array();
  for (const StoppedLoad& load : summary.stopped_loads) {
    json.begin_object().member("guest", load.guest).member("times", load.times);
    json.member("seconds", seconds_of(load.still)).end_object();
  }
  json.end_array();
  write_wire(json, summary.wire);
  write_differences(json, summary);
  json.end_object();
  return std::move(json).finish() + "\n";
}

} // namespace migstorm::report
