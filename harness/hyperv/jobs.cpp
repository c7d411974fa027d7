#include "harness/hyperv/jobs.hpp"

#include "harness/hyperv/names.hpp"
#include "harness/hyperv/probe.hpp"
#include "harness/wsman/text.hpp"

#include <algorithm>

namespace migstorm::hyperv {

namespace {

constexpr std::string_view kMigrationJob = "Msvm_MigrationJob";
constexpr std::string_view kConcreteJob = "Msvm_ConcreteJob";
constexpr std::size_t kNamedMax = 24; // in one query: providers walk long conditions slowly

// Whether a query of the base class also returns migration jobs is not documented, so their own class comes
// first. Only that one has the columns that tell guest and destination.
std::string jobs_wql(std::string_view job_class, const std::string& wanted) {
  return job_class == kMigrationJob
             ? "SELECT InstanceID, JobState, PercentComplete, ErrorCode, ErrorDescription, "
               "VirtualSystemName, DestinationHost FROM Msvm_MigrationJob" +
                   (wanted.empty() ? wanted : " WHERE " + wanted)
             : "SELECT * FROM Msvm_ConcreteJob WHERE JobType >= 300 AND JobType <= 307" +
                   (wanted.empty() ? wanted : " AND (" + wanted + ")");
}

// Hosts remember jobs for minutes: naming those that are waited for keeps the answer small. Empty: all of
// them.
std::string condition_for(const std::vector<std::string>& wanted) {
  std::string condition;
  if (wanted.size() > kNamedMax) {
    return condition;
  }
  for (const std::string& id : wanted) {
    condition += condition.empty() ? "" : " OR ";
    condition += "InstanceID=" + quote_wql(id);
  }
  return condition;
}

Task<Rows> query_jobs(Host& host, std::string wanted) {
  const std::string ns(kNamespaceV2);
  Rows rows = co_await host.client->query(ns, jobs_wql(host.habits.job_class, wanted));
  if (rows || rows.error().code != Errc::not_found || host.habits.job_class != kMigrationJob) {
    co_return rows;
  }
  rows = co_await host.client->query(ns, jobs_wql(kConcreteJob, wanted));
  if (rows) {
    host.habits.job_class = kConcreteJob;
  }
  co_return rows;
}

template <class T>
T at_most(std::optional<std::uint64_t> value, T largest) noexcept {
  return static_cast<T>(std::min<std::uint64_t>(value.value_or(0), largest));
}

Job to_job(const wsman::Instance& row, std::string_view id) {
  Job job;
  job.id = std::string(id);
  job.state = to_job_state(row.number("JobState"));
  job.percent = at_most<std::uint16_t>(row.number("PercentComplete"), 100);
  job.error_code = at_most<std::uint16_t>(row.number("ErrorCode"), UINT16_MAX);
  job.error = wsman::printable(row.text("ErrorDescription").value_or(""), kTextMax);
  job.guest = wsman::printable(row.text("VirtualSystemName").value_or(""), kNameMax);
  job.destination = wsman::printable(row.text("DestinationHost").value_or(""), kNameMax);
  return job;
}

} // namespace

Task<Result<std::vector<Job>>> read_jobs(Host& host, std::vector<std::string> wanted) {
  Result<KnownPtr> known = co_await known_host(host);
  if (!known) {
    co_return std::move(known).error();
  }
  std::vector<Job> jobs;
  if (!(*known)->facts.namespaces.v2) {
    co_return jobs;
  }
  Rows rows = co_await query_jobs(host, condition_for(wanted));
  if (!rows) {
    co_return std::move(rows).error();
  }
  for (const wsman::Instance& row : *rows) {
    if (const auto id = row.text("InstanceID"); id && !id->empty()) {
      jobs.push_back(to_job(row, *id));
    }
  }
  co_return jobs;
}

} // namespace migstorm::hyperv
