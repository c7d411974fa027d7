#include "harness/gather/file_dumps.hpp"

#include "analyzers/kdump/dump.hpp"
#include "analyzers/triage/triage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

namespace migstorm::gather {

namespace {

constexpr std::string_view kScheme = "file://";
constexpr std::string_view kGuest = "{guest}";
// Clocks of guest and harness differ, and the crash's own time is known to a few seconds at best.
constexpr CivilTime::duration kClockSlack = std::chrono::minutes(10);
constexpr std::uint64_t kFiletimeOfEpoch = 116'444'736'000'000'000; // 1970 in 100 ns since 1601

// A guest's name leads nowhere but into its own folder.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name != "." && name != ".." &&
         std::none_of(name.begin(), name.end(),
                      [](unsigned char c) { return c == '/' || c == '\\' || c < 0x20; });
}

std::string path_of(const std::string& way, const std::string& guest) {
  std::string path = way.substr(kScheme.size());
  for (std::size_t at = 0; (at = path.find(kGuest, at)) != std::string::npos; at += guest.size()) {
    path.replace(at, kGuest.size(), guest);
  }
  return path;
}

CivilTime civil_of(std::uint64_t filetime) {
  const auto ticks = static_cast<std::int64_t>(filetime) - static_cast<std::int64_t>(kFiletimeOfEpoch);
  return CivilTime(std::chrono::nanoseconds(100) * ticks);
}

struct Window {
  CivilTime earliest{};
  CivilTime latest{};
};

bool is_of_crash(const triage::TriageResult& dump, const Crash& crash, const Window& window) {
  if (crash.bugcheck != 0) {
    return dump.bugcheck.code == crash.bugcheck && dump.bugcheck.parameters == crash.parameters;
  }
  return dump.system_time && civil_of(*dump.system_time) >= window.earliest - kClockSlack &&
         civil_of(*dump.system_time) <= window.latest + kClockSlack;
}

Result<DumpFinding> read_dump(const std::string& path, const Crash& crash, const Window& window,
                              triage::Images& images) {
  std::error_code error;
  if (!std::filesystem::exists(path, error)) {
    return Error{Errc::not_found, fmt::format("{} is not there", path)};
  }
  Result<std::unique_ptr<kdump::ByteSource>> source = kdump::open_dump_file(path);
  if (!source) {
    return std::move(source).error().within(path);
  }
  triage::TriageOptions options;
  options.file = path;
  options.all_timestamps = false;
  const Result<triage::TriageResult> result = triage::triage(**source, images, options);
  if (!result) {
    return Error(result.error()).within(path);
  }
  if (!is_of_crash(*result, crash, window)) {
    return Error{Errc::not_found, fmt::format("{} is of another crash", path)};
  }
  if (result->missing_bytes > 0) {
    return Error{Errc::truncated, fmt::format("{} lacks {} bytes", path, result->missing_bytes)};
  }
  return DumpFinding{result->signature,
                     result->issues.empty() ? std::string() : result->issues.front().issue.id};
}

class FileDumps final : public DumpReader {
public:
  FileDumps(Runtime& runtime, std::vector<std::string> ways, triage::Images& images)
      : runtime_(runtime), ways_(std::move(ways)), images_(images) {}

  Task<Result<DumpFinding>> read(Crash crash) override {
    if (ways_.empty() || !is_plain_name(crash.guest_name)) {
      co_return Error{Errc::unsupported, fmt::format("no way leads to the dumps of {}", crash.guest_name)};
    }
    const Window window{runtime_.civil(crash.earliest), runtime_.civil(crash.latest)};
    std::optional<Result<DumpFinding>> found;
    std::function<void()> work = [&] { found = try_ways(crash, window); };
    auto done = runtime_.offload(OffloadLane::files, std::move(work));
    co_await std::move(done);
    co_return *std::move(found);
  }

private:
  Result<DumpFinding> try_ways(const Crash& crash, const Window& window) {
    Result<DumpFinding> last = Error{Errc::not_found, "no way was tried"};
    for (const std::string& way : ways_) {
      last = read_dump(path_of(way, crash.guest_name), crash, window, images_);
      if (last) {
        break;
      }
    }
    return last;
  }

  Runtime& runtime_;
  std::vector<std::string> ways_;
  triage::Images& images_;
};

} // namespace

std::unique_ptr<DumpReader> make_file_dumps(Runtime& runtime, std::vector<std::string> ways,
                                            triage::Images& images) {
  return std::make_unique<FileDumps>(runtime, std::move(ways), images);
}

} // namespace migstorm::gather
