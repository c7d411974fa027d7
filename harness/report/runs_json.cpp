#include "harness/report/json.hpp"
#include "harness/report/runs_text.hpp"
#include "harness/report/words.hpp"

#include <utility>

namespace migstorm::report {

namespace {

constexpr int kRunsSchema = 1;

void write_run(JsonWriter& json, const RunListing& listing) {
  json.begin_object();
  json.member("run", listing.run.id).member("scenario", listing.run.scenario_name);
  json.member("campaign", to_string(listing.run.campaign)).member("seed", listing.run.seed);
  json.member("started", rfc3339(listing.run.epoch));
  json.member("state", to_string(run_state(listing.end, listing.being_written)));
  json.key("verdict").text_or_null(listing.end ? listing.end->verdict : std::string());
  json.member("planned", listing.planned)
      .member("completed", listing.completed)
      .member("failed", listing.failed);
  json.member("unknown", listing.unknown).member("qualified", listing.qualified);
  json.member("crashes", listing.crashes);
  json.end_object();
}

} // namespace

std::string runs_json(const std::vector<RunListing>& runs) {
  JsonWriter json;
  json.begin_object().member("schema", kRunsSchema).key("runs").begin_array();
  for (const RunListing& listing : runs) {
    write_run(json, listing);
  }
  json.end_array().end_object();
  return std::move(json).finish();
}

} // namespace migstorm::report
