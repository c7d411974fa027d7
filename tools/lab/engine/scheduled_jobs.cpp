// The old scheduler of a host (Win32_ScheduledJob): commands that run once, and the one command that means
// something to the simulated cluster, its own cmdlet for a live move.
#include "tools/lab/engine/world.hpp"

#include <algorithm>
#include <ctime>

namespace migstorm::lab {
namespace {

using std::chrono::minutes;

constexpr std::size_t kCommandMax = 259; // characters; what the AT command takes
constexpr std::size_t kJobsMax = 64;     // of one host
constexpr std::uint32_t kUnknownFailure = 8;
constexpr std::uint32_t kBadParameter = 21;
constexpr minutes kDay{24 * 60};

// Words of a PowerShell statement: quotes of both kinds undone, braces and semicolons are words of their own.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;
  const auto close = [&] {
    if (open) {
      words.push_back(std::move(word));
      word.clear();
      open = false;
    }
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'') {
      const std::size_t end = std::min(text.find('\'', i + 1), text.size());
      word += text.substr(i + 1, end - i - 1);
      open = true;
      i = end;
    } else if (c == ' ' || c == '"' || c == ';' || c == '{' || c == '}') {
      close();
      if (c == ';' || c == '{' || c == '}') {
        words.emplace_back(1, c);
      }
    } else {
      word += c;
      open = true;
    }
  }
  close();
  return words;
}

struct Cmdlet {
  std::string group;
  std::string node;
};

// Move-ClusterVirtualMachineRole [-Name] NAME [-Node] NODE [-Wait SECONDS] of 2008 R2, wherever it stands.
std::optional<Cmdlet> find_cmdlet(const std::vector<std::string>& words) {
  auto at = std::find_if(words.begin(), words.end(), [](const std::string& word) {
    return lower(word) == "move-clustervirtualmachinerole";
  });
  if (at == words.end()) {
    return std::nullopt;
  }
  std::vector<std::string> unnamed;
  Cmdlet cmdlet;
  for (++at; at != words.end() && *at != ";" && *at != "}"; ++at) {
    const std::string name = lower(*at);
    const bool takes_value = name == "-name" || name == "-node" || name == "-wait";
    if (!takes_value) {
      unnamed.push_back(*at);
    } else if (at + 1 != words.end()) {
      ++at;
      (name == "-name" ? cmdlet.group : name == "-node" ? cmdlet.node : unnamed.emplace_back()) = *at;
    }
  }
  std::erase(unnamed, std::string());
  for (std::string* missing : {&cmdlet.group, &cmdlet.node}) {
    if (missing->empty() && !unnamed.empty()) {
      *missing = unnamed.front();
      unnamed.erase(unnamed.begin());
    }
  }
  return cmdlet;
}

// if((Get-Date) -lt [datetime]'2026-11-26 21:07'){...}: the time before which the rest may happen.
std::optional<CivilTime> not_after(std::string_view command) {
  constexpr std::string_view kGuard = "-lt [datetime]'";
  const std::size_t at = command.find(kGuard);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  std::tm read{};
  const std::string text(command.substr(at + kGuard.size()));
  if (strptime(text.c_str(), "%Y-%m-%d %H:%M", &read) == nullptr) {
    return std::nullopt;
  }
  return std::chrono::sys_days(std::chrono::year(read.tm_year + 1900) / (read.tm_mon + 1) / read.tm_mday) +
         std::chrono::hours(read.tm_hour) + minutes(read.tm_min);
}

} // namespace

std::uint32_t World::schedule_job(HostIndex host, std::string_view command, std::uint32_t minute,
                                  std::uint32_t& id) {
  if (host >= hosts.size() || command.empty() || command.size() > kCommandMax || minute >= kDay.count()) {
    return kBadParameter;
  }
  const auto of_host = std::count_if(scheduled_jobs.begin(), scheduled_jobs.end(),
                                     [&](const auto& each) { return each.second.host == host; });
  if (of_host >= static_cast<std::ptrdiff_t>(kJobsMax) ||
      !note_command({"schedule", std::to_string(host), std::string(command), std::to_string(minute)})) {
    return kUnknownFailure;
  }
  const auto cmdlet = find_cmdlet(words_of(command));
  const auto named = cmdlet ? guest_names.find(lower(cmdlet->group)) : guest_names.end();
  record_change("schedule", named != guest_names.end() ? std::optional(named->second) : std::nullopt,
                cmdlet ? cmdlet->node : std::string());
  const CivilTime civil = epoch + now;
  CivilTime due = std::chrono::floor<std::chrono::days>(civil) + minutes(minute);
  if (due <= civil) {
    due += kDay;
  }
  ScheduledJob job{static_cast<std::uint32_t>(++jobs_scheduled_), host, std::string(command), due - epoch};
  id = job.id;
  agenda_.plan(job.due, DueKind::scheduled_job, jobs_scheduled_);
  scheduled_jobs.emplace(jobs_scheduled_, std::move(job));
  return 0;
}

bool World::delete_job(HostIndex host, std::uint32_t id) {
  const auto found = scheduled_jobs.find(id);
  if (found == scheduled_jobs.end() || found->second.host != host ||
      !note_command({"unschedule", std::to_string(host), std::to_string(id)})) {
    return false;
  }
  record_change("unschedule", std::nullopt, {});
  return scheduled_jobs.erase(id) != 0;
}

// A host that is down runs it on the next day, as the scheduler does.
void World::run_scheduled_job(std::uint64_t number) {
  const auto found = scheduled_jobs.find(number);
  if (found == scheduled_jobs.end()) {
    return;
  }
  if (!hosts[found->second.host].up) {
    found->second.due += kDay;
    agenda_.plan(found->second.due, DueKind::scheduled_job, number);
    return;
  }
  const ScheduledJob job = std::move(found->second);
  scheduled_jobs.erase(found);
  run_command(job.host, job.command);
}

void World::run_command(HostIndex host, std::string_view command) {
  const auto last = not_after(command); // hosts live in UTC here
  if (last && epoch + now >= *last) {
    return;
  }
  const auto cmdlet = find_cmdlet(words_of(command));
  const auto guest =
      cmdlet && hosts[host].clustered ? guest_names.find(lower(cmdlet->group)) : guest_names.end();
  if (guest != guest_names.end()) {
    // A refusal is seen by nobody: the job's output is lost.
    [[maybe_unused]] const GroupReply reply =
        start_group_move(guest->second, cmdlet->node, kMoveQueueEnabled, kMigrationTypeLive, false);
  }
}

} // namespace migstorm::lab
