// Win32_ScheduledJob of a host, what the AT command makes. Releases from 2012 on know the class and take no
// jobs.
#include "tools/lab/provider/providers.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace migstorm::lab {

namespace {

// Minutes since midnight UTC; the date does not count.
std::optional<std::uint32_t> minute_of(const Arguments& in) {
  const auto* value = argument(in, "StartTime");
  const auto* scalar = value != nullptr ? std::get_if<cim::Scalar>(value) : nullptr;
  const auto* start = scalar != nullptr ? std::get_if<cim::Datetime>(scalar) : nullptr;
  if (start == nullptr) {
    return std::nullopt;
  }
  const auto of_day = start->time - std::chrono::floor<std::chrono::days>(start->time);
  return static_cast<std::uint32_t>(std::chrono::floor<std::chrono::minutes>(of_day).count());
}

cim::MethodResult create(const HostContext& context, const Arguments& in) {
  const auto* command = text_argument(in, "Command");
  const auto minute = minute_of(in);
  if (command == nullptr || !minute) {
    return returned(kReturnBadParameter);
  }
  std::uint32_t id = 0;
  auto result = returned(context.model().schedule_job(context.index(), *command, *minute, id));
  if (id != 0) {
    result.out.emplace_back("JobId", number(id));
  }
  return result;
}

cim::MethodResult remove(const HostContext& context, const cim::ObjectPath& target) {
  constexpr std::uint32_t kUnknownFailure = 8;
  const auto* key = target.find("JobId");
  const auto id = key != nullptr ? cim::parse_unsigned(*key) : std::nullopt;
  const bool gone = id && context.model().delete_job(context.index(), static_cast<std::uint32_t>(*id));
  return returned(gone ? kReturnOk : kUnknownFailure);
}

cim::InstancePtr row_of(const HostContext& context, const ScheduledJob& job) {
  auto row = context.schema().prototype(context.schema().at(kCimv2, "Win32_ScheduledJob"));
  row.set("JobId", number(job.id))
      .set("Name", text(std::to_string(job.id)))
      .set("Command", text(job.command))
      .set("StartTime", civil(context.model(), job.due));
  return share(std::move(row));
}

} // namespace

void add_scheduled_jobs(Dispatch& dispatch, const HostContext& context) {
  const auto& definition = context.schema().at(kCimv2, "Win32_ScheduledJob");
  dispatch.add_source(definition, [context](const cim::Hint&, const Dispatch::Sink& sink) {
    for (const ScheduledJob& job : context.model().scheduled_jobs(context.index())) {
      sink(row_of(context, job));
    }
  });
  if (context.host().release != Release::w2008r2sp1) {
    return;
  }
  dispatch.add_method(definition, "Create",
                      [context](const cim::ObjectPath&, const Arguments& in) { return create(context, in); });
  dispatch.add_method(definition, "Delete", [context](const cim::ObjectPath& target, const Arguments&) {
    return remove(context, target);
  });
}

} // namespace migstorm::lab
