// Tasks of a host: asked, carried out when their time has come, remembered as jobs.
#include "tools/lab/engine/world.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::lab {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::size_t kTasksMax = 4096;                  // remembered ones among them
constexpr std::uint64_t kZeroedPerSecond = 400ull << 20; // bytes of a fixed disk
constexpr Span kTaskKept = minutes(5);

std::vector<std::string> words_of(HostIndex host, const TaskRequest& request) {
  const auto word = [](auto value) { return std::to_string(static_cast<std::uint64_t>(value)); };
  return {"task",
          word(host),
          word(request.kind),
          word(request.guest),
          word(request.place.bus),
          word(request.place.controller),
          word(request.place.slot),
          word(request.size),
          word(request.type),
          word(request.format),
          request.path};
}

bool is_power(TaskKind kind) {
  return kind == TaskKind::turn_on || kind == TaskKind::turn_off || kind == TaskKind::reset;
}

} // namespace

std::optional<TaskReply> World::refuse_power(const TaskRequest& request) const {
  const bool running = guests[request.guest].power == Power::running;
  if ((request.kind == TaskKind::turn_on) == running) {
    return TaskReply{kInvalidState, "", "the virtual machine is in no state for that"};
  }
  return std::nullopt;
}

std::optional<TaskReply> World::refuse_task(HostIndex host, const TaskRequest& request) const {
  if (request.kind == TaskKind::create_file) {
    return refuse_file(host, request);
  }
  if (guests[request.guest].gone || guests[request.guest].host != host) {
    return TaskReply{kInvalidParameter, "", "the virtual machine is not on this host"};
  }
  if (guest_inside[request.guest].move != 0 || busy(request.guest)) {
    return TaskReply{kInvalidState, "", "the virtual machine is in another operation"};
  }
  return is_power(request.kind) ? refuse_power(request) : refuse_device(host, request);
}

// Devices of a machine that is off are a matter of its file alone.
bool World::at_once(const TaskRequest& request) const {
  return request.kind != TaskKind::create_file && !is_power(request.kind) &&
         guests[request.guest].power == Power::off;
}

TaskReply World::ask_task(HostIndex host, const TaskRequest& request) {
  if (host >= hosts.size() || request.guest >= guests.size() || request.path.size() > kPathMax) {
    return {kInvalidParameter, "", "there is no such host, virtual machine or file"};
  }
  if (!note_command(words_of(host, request))) {
    return {kNotAvailable, "", "the ledger cannot be written"};
  }
  if (request.kind == TaskKind::create_file) {
    record_change("make-file", std::nullopt, request.path);
  } else {
    record_change("devices", request.guest, request.path);
  }
  if (auto refusal = refuse_task(host, request)) {
    return *refusal;
  }
  if (at_once(request)) {
    carry_out(host, request);
    return {};
  }
  if (tasks.size() >= kTasksMax) {
    return {kNotAvailable, "", "too many jobs"};
  }
  const bool zeroed = request.kind == TaskKind::create_file && request.type == VhdType::fixed;
  const Span takes = draw(task_random_, {milliseconds(300), milliseconds(1500)}) +
                     (zeroed ? Span(seconds(request.size / kZeroedPerSecond)) : Span{});
  TaskJob job;
  job.id = draw_guid(task_random_);
  job.host = host;
  job.request = request;
  job.submitted = now;
  job.due = now + takes;
  agenda_.plan(job.due, DueKind::task_end, ++tasks_started_);
  return {kJobStarted, tasks.emplace(tasks_started_, std::move(job)).first->second.id, ""};
}

void World::carry_out(HostIndex host, const TaskRequest& request) {
  switch (request.kind) {
  case TaskKind::create_file:
    return create_file(host, request);
  case TaskKind::turn_on:
    guest_inside[request.guest].wanted = true;
    return power_on(request.guest);
  case TaskKind::turn_off:
    return turn_off(request.guest);
  case TaskKind::reset:
    return reset_by_host(request.guest);
  default:
    return change_devices(host, request);
  }
}

// The world may have gone on since it was asked.
void World::end_task(std::uint64_t number) {
  const auto found = tasks.find(number);
  if (found == tasks.end()) { // its host restarted
    return;
  }
  TaskJob& job = found->second;
  const auto refusal = refuse_task(job.host, job.request);
  if (!refusal) {
    carry_out(job.host, job.request);
  }
  job.state = refusal ? JobStatus::exception : JobStatus::completed;
  job.error_code = static_cast<std::uint16_t>(refusal ? kFailed : 0);
  job.error = refusal ? refusal->why : std::string();
  job.ended = now;
  note({"task-end", std::to_string(number), refusal ? "failed" : "done"});
  agenda_.plan(now + kTaskKept, DueKind::task_gone, number);
}

void World::drop_tasks(HostIndex host) {
  std::erase_if(tasks, [host](const auto& task) { return task.second.host == host; });
}

} // namespace migstorm::lab
