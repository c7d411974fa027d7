#include "tools/lab/provider/jobs.hpp"

#include "tools/lab/cim/cim_xml.hpp"
#include "tools/lab/provider/providers.hpp"

#include <algorithm>

namespace migstorm::lab {

namespace {

constexpr std::string_view kJob = "Msvm_MigrationJob";
constexpr std::uint64_t kMovingSystem = 305; // JobType
constexpr std::uint64_t kMovingSystemAndStorage = 306;
constexpr std::uint16_t kSystemAndStorage = 32771; // MigrationType
constexpr std::uint64_t kStatusError = 6;
constexpr std::size_t kEndedSlack = 256; // rows kept beyond the jobs that the model still has

std::string_view status_text(JobStatus state) {
  switch (state) {
  case JobStatus::new_job:
    return "Job is new";
  case JobStatus::starting:
    return "Job is starting";
  case JobStatus::running:
    return "Job is running";
  case JobStatus::completed:
    return "Job is completed";
  case JobStatus::terminated:
    return "Job was terminated";
  case JobStatus::killed:
    return "Job was killed";
  case JobStatus::exception:
    return "Job failed";
  }
  return "";
}

void set_error(cim::Instance& row, const MigrationJob& job) {
  row.set("ErrorCode", number(job.error_code));
  if (job.error_code == 0) {
    return;
  }
  row.set("ErrorDescription", text(job.error))
      .set("ErrorSummaryDescription", text(job.error.substr(0, job.error.find('\n'))))
      .set("OperationalStatus", numbers({kStatusError}))
      .set("StatusDescriptions", texts({"Error"}));
}

void set_times(cim::Instance& row, const Model& model, const MigrationJob& job) {
  row.set("TimeSubmitted", civil(model, job.submitted))
      .set("StartTime", civil(model, job.started))
      .set("InstallDate", civil(model, job.submitted))
      .set("TimeOfLastStateChange", civil(model, job.state_changed))
      .set("ElapsedTime", interval(job.ended.value_or(model.now()) - job.submitted));
}

cim::MethodResult get_error(const JobRows& rows, const MigrationJob& job, bool as_list) {
  cim::Value value = null();
  if (job.error_code != 0) {
    auto error = rows.context().make("Msvm_Error");
    error.set("CIMStatusCode", number(1))
        .set("MessageID", text(std::to_string(job.error_code)))
        .set("Message", text(job.error))
        .set("ErrorSource", text(job.id))
        .set("OwningEntity", text("Microsoft-Windows-Hyper-V-VMMS"))
        .set("PerceivedSeverity", number(5));
    value = as_list ? texts({cim::to_cim_xml(error)}) : text(cim::to_cim_xml(error));
  }
  auto result = returned(kReturnOk);
  result.out.emplace_back(as_list ? "Errors" : "Error", std::move(value));
  return result;
}

std::optional<MigrationJob> job_of(const HostContext& context, const cim::ObjectPath& target) {
  const auto* id = target.find("InstanceID");
  return id != nullptr ? context.model().find_job(context.index(), *id) : std::nullopt;
}

// Clients address a job by its own class or by the one above it.
void add_methods(Dispatch& dispatch, const cim::ClassDef& definition, const std::shared_ptr<JobRows>& rows) {
  for (const bool as_list : {false, true}) {
    dispatch.add_method(definition, as_list ? "GetErrorEx" : "GetError",
                        [rows, as_list](const cim::ObjectPath& target, const Arguments&) {
                          const auto job = job_of(rows->context(), target);
                          return job ? get_error(*rows, *job, as_list)
                                     : faulted(kWbemNotFound, "no such job");
                        });
  }
  dispatch.add_method(
      definition, "RequestStateChange", [rows](const cim::ObjectPath& target, const Arguments& in) {
        const auto* id = target.find("InstanceID");
        const auto state = number_argument(in, "RequestedState");
        if (id == nullptr || !state || *state > UINT16_MAX) {
          return returned(kReturnInvalidParameter);
        }
        const auto& context = rows->context();
        return returned(context.model().cancel_job(context.index(), *id, static_cast<std::uint16_t>(*state)));
      });
}

} // namespace

cim::InstancePtr JobRows::make(const MigrationJob& job) const {
  auto row = context_.make(kJob);
  const bool storage = job.migration_type == kSystemAndStorage;
  row.set("InstanceID", text(job.id))
      .set("Caption", text("Virtual Machine Migration"))
      .set("Description", text("Moving Virtual Machine"))
      .set("ElementName", text(storage ? "Moving Virtual Machine and Storage" : "Moving Virtual Machine"))
      .set("Name", text(kJob))
      .set("Owner", text(context_.model().config().user))
      .set("JobType", number(storage ? kMovingSystemAndStorage : kMovingSystem))
      .set("JobState", number(static_cast<std::uint64_t>(job.state)))
      .set("JobStatus", text(status_text(job.state)))
      .set("PercentComplete", number(job.percent))
      .set("Cancellable", flag(job.cancellable))
      .set("DeleteOnCompletion", flag(true))
      .set("MigrationType", number(job.migration_type))
      .set("VirtualSystemName", text(context_.guest(job.guest).id))
      .set("DestinationHost", text(job.destination_text));
  set_times(row, context_.model(), job);
  set_error(row, job);
  return share(std::move(row));
}

cim::InstancePtr JobRows::row_of(const MigrationJob& job) {
  if (!job.ended) {
    return make(job);
  }
  auto& row = ended_[job.id];
  if (row == nullptr) {
    row = make(job);
  }
  return row;
}

std::vector<cim::InstancePtr> JobRows::all() {
  const auto jobs = context_.model().jobs_on(context_.index());
  if (ended_.size() > 2 * jobs.size() + kEndedSlack) {
    ended_.clear(); // mostly rows of jobs that are gone; those that are not come back below
  }
  std::vector<cim::InstancePtr> rows;
  rows.reserve(jobs.size());
  for (const auto& job : jobs) {
    rows.push_back(row_of(job));
  }
  return rows;
}

void add_jobs(Dispatch& dispatch, const VirtContext& context) {
  const auto rows = std::make_shared<JobRows>(context);
  const auto& definition = context.at(kJob);
  dispatch.add_source(definition, [rows](const cim::Hint& hint, const Dispatch::Sink& sink) {
    if (const auto* id = hinted(hint, "InstanceID")) {
      const auto& at = rows->context();
      if (const auto job = at.model().find_job(at.index(), *id)) {
        sink(rows->row_of(*job));
      }
      return;
    }
    for (auto& row : rows->all()) {
      sink(std::move(row));
    }
  });
  add_methods(dispatch, definition, rows);
  add_methods(dispatch, context.at("Msvm_ConcreteJob"), rows);
}

} // namespace migstorm::lab
