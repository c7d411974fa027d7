#include "harness/hyperv/move_job.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

namespace migstorm::hyperv {

namespace {

using std::chrono::minutes;

constexpr Span kLead = std::chrono::seconds(20); // for the request's way and a clock that is read in seconds
constexpr minutes kExpiry{2};
constexpr std::size_t kCommandMax = 255; // the AT command's

// Letters, digits and what names of clusters have; nothing that either parser could read as its own.
bool is_plain(std::string_view name) {
  constexpr std::string_view kMarks = " -_.()[]#+";
  return !name.empty() && std::all_of(name.begin(), name.end(), [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           kMarks.find(c) != std::string_view::npos;
  });
}

} // namespace

Result<MoveJob> move_job(std::string_view group, std::string_view node, LocalClock now) {
  if (!is_plain(group) || !is_plain(node)) {
    return Error{
        Errc::unsupported,
        "a group or node whose name has marks or letters beyond ASCII cannot be named in a job's command: "
        "rename it, or let the node pass control codes on"};
  }
  const auto local = now.utc + now.bias;
  const auto start = std::chrono::ceil<minutes>(local + kLead);
  MoveJob job;
  job.command = fmt::format("powershell.exe -NoProfile -NonInteractive -Command \"if((Get-Date) -lt "
                            "[datetime]'{:%Y-%m-%d %H:%M}'){{Import-Module FailoverClusters;"
                            "Move-ClusterVirtualMachineRole -Name '{}' -Node '{}' -Wait 0}}\"",
                            start + kExpiry, group, node);
  if (job.command.size() > kCommandMax) {
    return Error{
        Errc::unsupported,
        fmt::format("the names of group \"{}\" and node {} are too long for a job's command ({} characters, "
                    "at most {})",
                    group, node, job.command.size(), kCommandMax)};
  }
  job.start_time = fmt::format("********{:%H%M}00.000000{}{:03}", start, now.bias.count() < 0 ? '-' : '+',
                               std::abs(now.bias.count()));
  return job;
}

} // namespace migstorm::hyperv
