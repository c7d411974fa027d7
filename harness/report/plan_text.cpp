#include "harness/report/plan_report.hpp"
#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::report {

namespace {

constexpr std::size_t kNameWidth = 24;

void add_guests(std::string& out, const PlanReport& plan) {
  out += fmt::format("\nTo be moved: {}\n", counted(plan.guests.size(), "guest", "guests"));
  for (const PlannedGuest& each : plan.guests) {
    out += fmt::format(
        "  {:<{}} on {}, {}, {}{}\n", printable(each.guest.name), kNameWidth, printable(each.guest.host),
        each.via == hyperv::Via::cluster ? "by its cluster" : "by the migration service",
        counted(each.guest.reach.size(), "host", "hosts"), each.seen ? "" : "; NEW since the last run");
    for (const std::string& remark : each.remarks) {
      out += fmt::format("  {:<{}} {}\n", "", kNameWidth, printable(remark));
    }
  }
  if (!plan.left_out.empty()) {
    out += fmt::format("\nLeft out: {}\n", counted(plan.left_out.size(), "guest", "guests"));
    for (const LeftOut& each : plan.left_out) {
      out += fmt::format("  {:<{}} {}\n", printable(each.guest), kNameWidth, printable(each.reason));
    }
  }
}

void add_limits(std::string& out, const PlanReport& plan) {
  out += fmt::format("\nLimits\n  {} at once in all, as the scenario says\n",
                     counted(plan.total, "move", "moves"));
  for (const campaign::HostLimit& each : plan.forecast.limits) {
    out += fmt::format("  {:<{}} {} at once, set by the {}\n", printable(each.host), kNameWidth,
                       counted(each.moves, "move", "moves"), each.from);
  }
}

std::string window_words(const PlanReport& plan) {
  if (plan.windows.empty()) {
    return "moves may begin at any time";
  }
  const char* verb = plan.open_now ? "open now, closes" : "closed now, opens";
  return plan.next_change ? fmt::format("{}: {} {} UTC", plan.windows, verb, civil_minute(*plan.next_change))
                          : fmt::format("{}: {}", plan.windows, plan.open_now ? "open" : "never opens again");
}

void add_time(std::string& out, const PlanReport& plan) {
  const campaign::Forecast& forecast = plan.forecast;
  out += fmt::format("\nTime\n  {}\n", printable(window_words(plan)));
  if (forecast.per_hour <= 0) {
    return;
  }
  out += fmt::format("  {} at about {} an hour ({:.1f} under way, a move takes {}, {}): {}\n",
                     counted(plan.migrations, "migration", "migrations"),
                     grouped(static_cast<std::uint64_t>(forecast.per_hour)), forecast.at_once,
                     span_words(forecast.move_time),
                     forecast.measured ? "as in earlier runs" : "assumed: no earlier run tells",
                     span_words(forecast.open_time));
  if (forecast.windows > 0) {
    out += fmt::format("  in {}\n", counted(forecast.windows, "window", "windows"));
  }
  out += forecast.ends ? fmt::format("  done about {} UTC\n", civil_minute(*forecast.ends))
                       : std::string("  the windows leave no room for all of it\n");
}

} // namespace

std::string plan_text(const PlanReport& plan) {
  std::string out = fmt::format("Plan of {} on {}, seed {}: nothing was moved or changed.\n",
                                printable(plan.scenario), printable(plan.lab), plan.seed);
  add_guests(out, plan);
  add_limits(out, plan);
  add_time(out, plan);
  return out;
}

} // namespace migstorm::report
