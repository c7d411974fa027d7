#include "harness/report/json.hpp"
#include "harness/report/plan_report.hpp"
#include "harness/report/words.hpp"

#include <utility>

namespace migstorm::report {

namespace {

constexpr int kPlanSchema = 1;

std::optional<std::string> time_text(const std::optional<CivilTime>& time) {
  return time ? std::optional(rfc3339(*time)) : std::nullopt;
}

void write_guests(JsonWriter& json, const PlanReport& plan) {
  json.key("guests").begin_array();
  for (const PlannedGuest& each : plan.guests) {
    json.begin_object().member("guest", each.guest.name).member("id", each.guest.id);
    json.member("host", each.guest.host).member("via", to_string(each.via)).member("new", !each.seen);
    json.key("reach").begin_array();
    for (const hyperv::HostName& host : each.guest.reach) {
      json.value(host);
    }
    json.end_array().key("remarks").begin_array();
    for (const std::string& remark : each.remarks) {
      json.value(remark);
    }
    json.end_array().end_object();
  }
  json.end_array().key("left_out").begin_array();
  for (const LeftOut& each : plan.left_out) {
    json.begin_object().member("guest", each.guest).member("reason", each.reason).end_object();
  }
  json.end_array();
}

void write_time(JsonWriter& json, const PlanReport& plan) {
  const campaign::Forecast& forecast = plan.forecast;
  json.key("limits").begin_object().member("total", plan.total).key("hosts").begin_array();
  for (const campaign::HostLimit& each : forecast.limits) {
    json.begin_object().member("host", each.host).member("moves", each.moves).member("set_by", each.from);
    json.end_object();
  }
  json.end_array().end_object();
  json.key("windows").begin_object().key("run").text_or_null(plan.windows);
  json.member("open", plan.open_now).member("next_change", time_text(plan.next_change)).end_object();
  json.key("eta").begin_object().member("per_hour", forecast.per_hour).member("at_once", forecast.at_once);
  json.member("move_seconds", seconds_of(forecast.move_time)).member("measured", forecast.measured);
  json.member("open_seconds", seconds_of(forecast.open_time)).member("windows", forecast.windows);
  json.member("done", time_text(forecast.ends)).end_object();
}

} // namespace

std::string plan_json(const PlanReport& plan) {
  JsonWriter json;
  json.begin_object().member("schema", kPlanSchema).member("scenario", plan.scenario).member("lab", plan.lab);
  json.member("seed", plan.seed).member("migrations", plan.migrations);
  write_guests(json, plan);
  write_time(json, plan);
  json.end_object();
  return std::move(json).finish();
}

} // namespace migstorm::report
