#include "tools/migstorm/progress_view.hpp"

#include "harness/report/words.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <unistd.h>

namespace migstorm {

namespace {

constexpr auto kOnTerminal = std::chrono::milliseconds(250);
constexpr auto kInLog = std::chrono::minutes(1);
constexpr unsigned kCallsBetweenLooks = 64; // at the clock

// A rate worth showing in seconds is the real one; below, the campaign's own is steadier.
bool is_fast(double per_second) { return per_second >= 1; }

std::string rate_text(const Progress& progress, double per_second) {
  return is_fast(per_second) ? fmt::format("{:.4g}/s", per_second)
                             : fmt::format("{:.0f} an hour", progress.per_hour);
}

std::string time_left(const Progress& progress, double per_second) {
  const std::uint64_t left = progress.planned - progress.settled();
  if (left == 0) {
    return {};
  }
  if (is_fast(per_second)) {
    const auto seconds = static_cast<std::int64_t>(static_cast<double>(left) / per_second + 1);
    return "  " + report::span_words(std::chrono::seconds(seconds)) + " left";
  }
  return progress.eta ? "  " + report::span_words(*progress.eta) + " left" : std::string();
}

} // namespace

std::string progress_line(const Progress& progress, double per_second) {
  std::string line =
      fmt::format("{}/{} migrations  {} in flight  {}  {} failed  {} unknown  {}",
                  report::grouped(progress.settled()), report::grouped(progress.planned), progress.in_flight,
                  rate_text(progress, per_second), report::grouped(progress.failed),
                  report::grouped(progress.unknown), report::counted(progress.crashes, "crash", "crashes"));
  if (progress.sick_hosts > 0) {
    line += fmt::format("  {}", report::counted(progress.sick_hosts, "sick host", "sick hosts"));
  }
  return line + time_left(progress, per_second);
}

ProgressView::ProgressView(bool quiet)
    : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1),
      period_(terminal_ ? Clock::duration(kOnTerminal) : kInLog), shown_(Clock::now()) {}

void ProgressView::update(const Progress& progress) {
  if (quiet_ || ++calls_ % kCallsBetweenLooks != 0) {
    return;
  }
  if (const Clock::time_point now = Clock::now(); now - shown_ >= period_) {
    show(progress, now);
  }
}

void ProgressView::show(const Progress& progress, Clock::time_point now) {
  const double seconds = std::chrono::duration<double>(now - shown_).count();
  const std::uint64_t settled = progress.settled();
  const double per_second =
      seconds > 0 && started_ ? static_cast<double>(settled - settled_then_) / seconds : 0;
  const std::string line = progress_line(progress, per_second);
  if (terminal_) {
    fmt::print(stderr, "\r\x1b[K{}", line);
  } else {
    spdlog::info("{}", line);
  }
  shown_ = now;
  settled_then_ = settled;
  started_ = true;
}

void ProgressView::finish(const Progress& progress) {
  if (quiet_ || !terminal_ || !started_) {
    return;
  }
  show(progress, Clock::now());
  fmt::print(stderr, "\n");
}

} // namespace migstorm
