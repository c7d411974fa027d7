#include "tools/migstorm/drive.hpp"

#include "harness/campaign/campaign.hpp"
#include "harness/campaign/prepare.hpp"
#include "harness/preflight/dump_path.hpp"
#include "harness/scenario/canaries.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <stdexcept>
#include <utility>

namespace migstorm {

namespace {

template <class T>
T turn_until_done(Runtime& runtime, Task<T> task, const std::function<void()>& each_turn) {
  runtime.post(task.handle());
  while (!task.done() && runtime.turn()) {
    if (each_turn) {
      each_turn();
    }
  }
  if (!task.done()) {
    throw std::logic_error("the campaign waits for something that can no longer happen");
  }
  return task.take();
}

RunRecord describe(const Runtime& runtime, const DriveInput& input) {
  RunRecord record;
  record.id = input.run_id;
  record.scenario_name = input.files.scenario.name;
  record.scenario_path = input.files.scenario.path;
  record.scenario_source = input.files.scenario.source;
  record.lab_path = input.files.lab.lab.path;
  record.lab_source = input.files.lab.source;
  record.campaign = input.files.scenario.campaign;
  record.seed = input.seed;
  record.epoch = runtime.epoch();
  record.version = MIGSTORM_VERSION;
  return record;
}

void say_left_out(const std::vector<LeftOut>& left_out) {
  for (const LeftOut& guest : left_out) {
    spdlog::info("left out: {}: {}", guest.guest, guest.reason);
  }
}

// The plan of a resumed run is the one in its journal.
Status plan_for(CampaignInput& campaign, const DriveInput& input, Survey survey) {
  std::vector<PlanGuest> planned;
  if (input.resumed) {
    planned = input.resumed->guests;
  } else {
    Result<Prepared> prepared = prepare(survey, input.files.scenario, input.files.lab.lab, input.seed);
    if (!prepared) {
      return std::move(prepared).error();
    }
    say_left_out(prepared->left_out);
    if (input.move) {
      Result<Plan> single = make_single_move(*input.move, prepared->plan.guests);
      if (!single) {
        return std::move(single).error();
      }
      prepared->plan = *std::move(single);
    }
    planned = prepared->plan.guests;
    if (Status accepted = input.accept ? input.accept(planned) : Unit{}; !accepted) {
      return accepted;
    }
    campaign.plan = std::move(prepared->plan);
  }
  campaign.hosts = std::move(survey.hosts);
  campaign.canaries = canaries_among(survey.guests, input.files.lab.lab);
  campaign.guests = facts_of(std::move(survey.guests), planned);
  return Unit{};
}

// What would make a crash of these guests worth less is told before the first of them is moved.
Status prove_dump_path(const std::vector<preflight::Finding>& findings) {
  std::size_t errors = 0;
  for (const preflight::Finding& finding : findings) {
    const bool wrong = finding.severity == preflight::Severity::error;
    errors += wrong ? 1U : 0U;
    if (wrong || finding.severity == preflight::Severity::warning) {
      spdlog::log(wrong ? spdlog::level::err : spdlog::level::warn, "{}, {}: {}; {}{}", finding.subject,
                  finding.check, finding.seen, finding.why, finding.fix.empty() ? "" : ": " + finding.fix);
    }
  }
  if (errors == 0) {
    return Unit{};
  }
  return Error{Errc::unsupported,
               fmt::format("{} of what the dumps depend on is not in order, see above; put it right, or say "
                           "--skip-preflight, or collect.dumps=none where no dumps are wanted",
                           errors)};
}

} // namespace

Result<RunEnd> drive(Runtime& runtime, hyperv::Cluster& cluster, Journal& journal, Stop& stop,
                     DriveInput input, ProgressView& view) {
  const Scenario& scenario = input.files.scenario;
  Result<OpeningHours> hours =
      OpeningHours::make(input.honour_windows ? scenario.run_window : std::string(), scenario.run_except);
  if (!hours) {
    return std::move(hours).error();
  }
  Result<Survey> found =
      turn_until_done(runtime, survey(runtime, cluster, input.files.lab.lab), input.each_turn);
  if (!found) {
    return std::move(found).error();
  }
  if (stop.requested()) {
    return Error{Errc::cancelled, "stopped before the first migration"};
  }
  CampaignInput campaign_input;
  if (Status planned = plan_for(campaign_input, input, *std::move(found)); !planned) {
    return std::move(planned).error();
  }
  if (!input.resumed && !input.skip_preflight && scenario.collect_dumps != "none") {
    const std::vector<preflight::Finding> findings = turn_until_done(
        runtime, preflight::check_dump_path(runtime, cluster, campaign_input.guests), input.each_turn);
    if (Status proven = prove_dump_path(findings); !proven) {
      return std::move(proven).error();
    }
  }
  campaign_input.run = input.resumed ? input.resumed->run : describe(runtime, input);
  campaign_input.scenario = std::move(input.files.scenario);
  campaign_input.lab = std::move(input.files.lab.lab);
  campaign_input.resumed = std::move(input.resumed);
  campaign_input.dumps = input.dumps;
  campaign_input.pictures = input.pictures;
  campaign_input.break_lease = input.break_lease;
  campaign_input.hours = *std::move(hours);
  Campaign campaign(runtime, cluster, journal, stop, std::move(campaign_input));
  const auto each_turn = [&] {
    view.update(campaign.progress());
    if (input.each_turn) {
      input.each_turn();
    }
  };
  Result<RunEnd> end = turn_until_done(runtime, campaign.run(), each_turn);
  view.finish(campaign.progress());
  return end;
}

} // namespace migstorm
