#include "harness/gather/name_dump.hpp"

#include "analyzers/kdump/header.hpp"
#include "harness/gather/cached_source.hpp"

#include <fmt/format.h>

#include <optional>

namespace migstorm::gather {
namespace {

// Clocks of guest and harness differ, and the crash's own time is known to a few seconds at best.
constexpr CivilTime::duration kClockSlack = std::chrono::minutes(10);
constexpr std::uint64_t kFiletimeOfEpoch = 116'444'736'000'000'000; // 1970 in 100 ns since 1601

bool is_of_crash(const CrashTime& of, std::uint32_t bugcheck, const std::array<std::uint64_t, 4>& parameters,
                 const std::optional<std::uint64_t>& system_time) {
  if (of.crash.bugcheck != 0) {
    return bugcheck == of.crash.bugcheck && parameters == of.crash.parameters;
  }
  return system_time && civil_of_filetime(*system_time) >= of.earliest - kClockSlack &&
         civil_of_filetime(*system_time) <= of.latest + kClockSlack;
}

Error of_another(const DumpFile& file) {
  return {Errc::not_found, fmt::format("{} is of another crash", file.place())};
}

} // namespace

CivilTime civil_of_filetime(std::uint64_t filetime) {
  const auto ticks = static_cast<std::int64_t>(filetime) - static_cast<std::int64_t>(kFiletimeOfEpoch);
  return CivilTime(std::chrono::nanoseconds(100) * ticks);
}

Status check_header(DumpFile& file, const CrashTime& crash) {
  std::vector<std::byte> start(kdump::kHeaderSize64);
  const Result<std::size_t> got = file.read_at(0, start);
  if (!got) {
    return Error(got.error()).within(file.place());
  }
  const Result<kdump::Header> header = kdump::read_header(Bytes(start).first(*got));
  if (!header) {
    return Error(header.error()).within(file.place());
  }
  // Where the header tells of no bugcheck, the dump's memory may.
  const bool tells = header->bugcheck_code != 0 || crash.crash.bugcheck == 0;
  if (tells && !is_of_crash(crash, header->bugcheck_code, header->bugcheck_parameters, header->system_time)) {
    return of_another(file);
  }
  return Unit{};
}

Result<triage::TriageResult> name_dump(DumpFile& file, const DumpFacts& facts, const CrashTime& crash,
                                       triage::Images& images) {
  CachedSource cached(file);
  triage::TriageOptions options;
  options.file = file.place();
  options.all_timestamps = false;
  Result<triage::TriageResult> result = triage::triage(cached, images, options);
  if (!result) {
    return std::move(result).error().within(file.place());
  }
  if (!is_of_crash(crash, result->bugcheck.code, result->bugcheck.parameters, result->system_time)) {
    return of_another(file);
  }
  if (result->missing_bytes > 0) {
    return Error{Errc::truncated, fmt::format("{} lacks {} bytes", file.place(), result->missing_bytes)};
  }
  const Result<DumpFacts> now = file.facts();
  if (!now) {
    return Error(now.error()).within(file.place());
  }
  if (*now != facts) {
    return Error{Errc::stale, fmt::format("{} changed while it was read", file.place())};
  }
  result->bytes_read = file.bytes_read();
  return result;
}

} // namespace migstorm::gather
