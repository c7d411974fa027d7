#include "harness/hyperv/concrete_job.hpp"

#include "harness/wsman/text.hpp"

#include <fmt/format.h>

namespace migstorm::hyperv {

namespace {

constexpr Span kPause = std::chrono::milliseconds(500);

Job to_job(const wsman::Instance& row) {
  Job job;
  job.id = std::string(row.text("InstanceID").value_or(""));
  job.state = to_job_state(row.number("JobState"));
  job.error_code = static_cast<std::uint16_t>(row.number("ErrorCode").value_or(0));
  job.error = wsman::printable(row.text("ErrorDescription").value_or(""), kTextMax);
  return job;
}

} // namespace

Task<Result<std::optional<Job>>> wait_for_job(Host& host, wsman::Reference job, Span patience) {
  const Instant deadline = host.runtime.now() + patience;
  while (host.runtime.now() < deadline) {
    co_await host.runtime.sleep_for(kPause);
    Result<wsman::Instance> row = co_await host.client->get(job);
    if (!row && row.error().code != Errc::not_found) {
      co_return std::move(row).error();
    }
    if (!row) {
      break;
    }
    Job now = to_job(*row);
    if (now.finished()) {
      co_return std::optional<Job>(std::move(now));
    }
  }
  co_return std::optional<Job>();
}

Status check_job(std::string_view method, const Job& job) {
  if (job.succeeded()) {
    return Unit{};
  }
  return Error{Errc::remote_fault,
               fmt::format("the job of {} ended as {}: error {}{}{}", method, to_string(job.state),
                           job.error_code, job.error.empty() ? "" : ", ", job.error)};
}

} // namespace migstorm::hyperv
