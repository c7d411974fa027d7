// Msvm_ConcreteJob rows. Real hosts answer for disk files with a class of its own that stands beside it; what
// clients read of it is the same.
#include "tools/lab/provider/task_jobs.hpp"

#include "tools/lab/provider/providers.hpp"

#include <algorithm>

namespace migstorm::lab {

namespace {

constexpr std::string_view kJob = "Msvm_ConcreteJob";

// JobType, where the documentation has one.
std::optional<std::uint64_t> type_of(TaskKind kind) {
  switch (kind) {
  case TaskKind::create_file:
    return std::nullopt;
  case TaskKind::turn_on:
    return 12;
  case TaskKind::turn_off:
    return 13;
  case TaskKind::reset:
    return 28;
  case TaskKind::remove_drive:
  case TaskKind::remove_image:
    return 32;
  default:
    return 30;
  }
}

std::uint64_t percent_of(const TaskJob& job, Instant now) {
  if (job.ended) {
    return 100;
  }
  const Span length = std::max<Span>(job.due - job.submitted, Span(1));
  return static_cast<std::uint64_t>(std::min<std::int64_t>(99, (now - job.submitted) * 100 / length));
}

cim::InstancePtr row_of(const VirtContext& context, const TaskJob& job) {
  auto row = context.make(kJob);
  const auto& model = context.model();
  const auto type = type_of(job.request.kind);
  row.set("InstanceID", text(job.id))
      .set("Name", text(kJob))
      .set("JobState", number(static_cast<std::uint64_t>(job.state)))
      .set("JobType", type ? number(*type) : null())
      .set("PercentComplete", number(percent_of(job, model.now())))
      .set("ErrorCode", number(job.error_code))
      .set("ErrorDescription", job.error.empty() ? null() : text(job.error))
      .set("Cancellable", flag(false))
      .set("TimeSubmitted", civil(model, job.submitted))
      .set("ElapsedTime", interval(job.ended.value_or(model.now()) - job.submitted));
  return share(std::move(row));
}

} // namespace

cim::MethodResult task_result(const VirtContext& context, const TaskReply& reply) {
  auto result = returned(reply.return_value);
  if (!reply.job.empty()) {
    result.out.emplace_back("Job", reference(context.path(kJob, {{"InstanceID", reply.job}})));
  }
  return result;
}

void add_task_jobs(Dispatch& dispatch, const VirtContext& context) {
  dispatch.add_source(context.at(kJob), [context](const cim::Hint& hint, const Dispatch::Sink& sink) {
    const auto& model = context.model();
    if (const auto* id = hinted(hint, "InstanceID")) {
      if (const auto job = model.find_task(context.index(), *id)) {
        sink(row_of(context, *job));
      }
      return;
    }
    for (const auto& job : model.tasks_on(context.index())) {
      sink(row_of(context, job));
    }
  });
}

} // namespace migstorm::lab
