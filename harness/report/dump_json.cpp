#include "harness/report/dump_json.hpp"

#include "harness/report/json.hpp"
#include "harness/report/words.hpp"

namespace migstorm::report {
namespace {

using triage::TriageResult;

constexpr int kDumpSchema = 1;

std::optional<CivilTime> civil_of(std::optional<std::uint64_t> filetime) {
  constexpr std::uint64_t kUnixEpoch = 116'444'736'000'000'000; // in FILETIME, 100 ns since 1601
  constexpr std::uint64_t kLatest = kUnixEpoch + 10'000'000ull * 4'000'000'000; // 2096; later ones are junk
  if (!filetime || *filetime < kUnixEpoch || *filetime > kLatest) {
    return std::nullopt;
  }
  return CivilTime(std::chrono::nanoseconds((*filetime - kUnixEpoch) * 100));
}

template <class T>
std::optional<std::string> hex_of(const std::optional<T>& value) {
  return value ? std::optional(hex(*value)) : std::nullopt;
}

void write_place(JsonWriter& json, const triage::Place& place) {
  json.key("module").text_or_null(place.module);
  json.key("symbol").text_or_null(place.named() ? place.text() : "");
  json.key("rva");
  place.in_module() ? json.value(hex(place.rva)) : json.null();
}

void write_bugcheck(JsonWriter& json, const TriageResult& result) {
  const bool known = result.bugcheck.code != 0;
  json.key("bugcheck").begin_object();
  json.member("code", known ? std::optional(hex(result.bugcheck.code)) : std::nullopt);
  json.key("name").text_or_null(result.bugcheck.name);
  json.key("parameters").begin_array();
  for (const std::uint64_t parameter : result.bugcheck.parameters) {
    json.value(hex(parameter));
  }
  json.end_array();
  json.key("meanings").begin_array();
  for (const std::string& meaning : result.bugcheck.meanings) {
    json.text_or_null(meaning);
  }
  json.end_array().end_object();
}

void write_culprit(JsonWriter& json, const TriageResult& result) {
  json.key("culprit").begin_object();
  write_place(json, result.culprit.place);
  json.key("image").text_or_null(result.culprit_file);
  json.key("via").text_or_null(result.culprit.via);
  json.member("guessed", result.culprit.guessed).end_object();
}

void write_issues(JsonWriter& json, const TriageResult& result) {
  json.key("known_issue").text_or_null(result.issues.empty() ? "" : result.issues.front().issue.id);
  json.key("known_issues").begin_array();
  for (const triage::IssueMatch& match : result.issues) {
    json.begin_object();
    json.member("id", match.issue.id);
    json.member("title", match.issue.title);
    json.member("grade", triage::to_string(match.grade));
    json.key("reasons").begin_array();
    for (const std::string& reason : match.reasons) {
      json.value(reason);
    }
    json.end_array();
    json.member("scope", triage::to_string(match.issue.scope));
    json.key("fix").text_or_null(match.issue.fix);
    json.key("fixed_file").text_or_null(match.issue.fixed_file);
    json.key("fixed_version").text_or_null(match.issue.fixed_version);
    json.end_object();
  }
  json.end_array();
}

void write_stack(JsonWriter& json, const TriageResult& result) {
  json.key("stack").begin_array();
  for (const triage::NamedFrame& each : result.stack) {
    json.begin_object();
    json.member("address", hex(each.frame.ip));
    write_place(json, each.place);
    json.member("source", triage::to_string(each.frame.source));
    json.member("sp", hex(each.frame.sp));
    json.member("trap_frame",
                each.frame.trap_frame != 0 ? std::optional(hex(each.frame.trap_frame)) : std::nullopt);
    json.end_object();
  }
  json.end_array();
  json.key("stack_from").text_or_null(result.context_from);
  json.key("stack_end").text_or_null(result.stack_end);
}

void write_modules(JsonWriter& json, const TriageResult& result) {
  json.key("modules").begin_array();
  for (const triage::ModuleFacts& each : result.modules) {
    json.begin_object();
    json.key("name").text_or_null(each.name);
    json.member("base", hex(each.base));
    json.member("size", each.size);
    json.member("timestamp", hex_of(each.timestamp));
    json.end_object();
  }
  json.end_array();
  json.key("unloaded").begin_array();
  for (const triage::UnloadedFacts& each : result.unloaded) {
    json.begin_object().key("name").text_or_null(each.name);
    json.member("start", hex(each.start)).member("end", hex(each.end)).end_object();
  }
  json.end_array();
}

void write_symbol_list(JsonWriter& json, const char* key, const TriageResult& result, bool found) {
  json.key(key).begin_array();
  for (const triage::ModuleFacts& each : result.modules) {
    if (each.asked && each.has_symbols == found) {
      json.value(each.name);
    }
  }
  json.end_array();
}

void write_lines(JsonWriter& json, const char* key, const std::vector<std::string>& lines) {
  json.key(key).begin_array();
  for (const std::string& line : lines) {
    json.value(line);
  }
  json.end_array();
}

void write_machine(JsonWriter& json, const TriageResult& result) {
  const std::optional<CivilTime> time = civil_of(result.system_time);
  json.member("schema", kDumpSchema);
  json.member("file", result.file);
  json.key("kind").text_or_null(result.kind);
  json.member("os_build", result.os_build);
  json.key("machine").text_or_null(result.machine);
  json.member("processors", result.processors);
  json.member("time", time ? std::optional(rfc3339(*time)) : std::nullopt);
  json.key("process").text_or_null(result.process);
}

} // namespace

std::string dump_json(const TriageResult& result, const DumpJsonOptions& options) {
  JsonWriter json(JsonWriter::Layout::one_line);
  json.begin_object();
  write_machine(json, result);
  write_bugcheck(json, result);
  write_culprit(json, result);
  json.key("signature").text_or_null(result.signature);
  write_issues(json, result);
  write_stack(json, result);
  write_modules(json, result);
  json.key("symbols").begin_object();
  write_symbol_list(json, "found", result, true);
  write_symbol_list(json, "missing", result, false);
  json.end_object();
  if (options.explain) {
    write_lines(json, "explain", result.explain);
  }
  write_lines(json, "warnings", result.warnings);
  json.member("missing_bytes", result.missing_bytes);
  json.member("bytes_read", result.bytes_read);
  json.end_object();
  return std::move(json).finish();
}

std::string dump_error_json(const std::string& file, const Error& error) {
  JsonWriter json(JsonWriter::Layout::one_line);
  json.begin_object().member("schema", kDumpSchema).member("file", file);
  for (const char* key : {"kind", "os_build", "machine", "processors", "bugcheck", "culprit", "signature",
                          "known_issue", "stack", "modules", "symbols"}) {
    json.key(key).null();
  }
  json.member("error", error.detail).key("warnings").begin_array().end_array();
  json.end_object();
  return std::move(json).finish();
}

} // namespace migstorm::report
