#include "harness/journal/archive.hpp"

#include "harness/journal/journal_file.hpp"
#include "harness/journal/lease.hpp"
#include "harness/journal/load_run.hpp"

#include <fmt/format.h>

#include <memory>

namespace migstorm {

namespace {

using sqlite::Access;
using sqlite::Database;
using sqlite::Statement;

constexpr std::size_t kNamedMax = 5; // candidates that an ambiguous prefix lists

struct Found {
  std::int64_t number = 0;
  std::string id;
};

std::vector<Found> find_runs(Database& database, std::string_view which) {
  std::vector<Found> found;
  Statement rows(database, which == "last"
                               ? "SELECT number, id FROM run WHERE ?1 <> '' ORDER BY number DESC LIMIT 1"
                               : "SELECT number, id FROM run WHERE substr(id, 1, length(?1)) = ?1 "
                                 "ORDER BY id <> ?1, number");
  rows.query(which);
  while (rows.row()) {
    Found& one = found.emplace_back();
    rows.into(one.number, one.id);
  }
  return found;
}

Result<Found> find_run(Database& database, std::string_view which) {
  std::vector<Found> found = which.empty() ? std::vector<Found>{} : find_runs(database, which);
  if (const Status status = database.status(); !status) {
    return status.error();
  }
  if (found.empty()) {
    return Error(Errc::not_found, which == "last" ? "the journal holds no run"
                                                  : fmt::format("no run's id begins with \"{}\"", which));
  }
  if (found.size() == 1 || found.front().id == which) {
    return std::move(found.front());
  }
  std::string names;
  for (std::size_t i = 0; i < found.size() && i < kNamedMax; ++i) {
    names += (i == 0 ? "" : ", ") + found[i].id;
  }
  return Error(Errc::malformed, fmt::format("\"{}\" is the beginning of {} runs: {}{}", which, found.size(),
                                            names, found.size() > kNamedMax ? ", ..." : ""));
}

std::vector<RunListing> read_listings(Database& database, std::vector<std::int64_t>& numbers) {
  std::vector<RunListing> listings;
  Statement rows(
      database,
      "SELECT r.number, r.id, r.scenario_name, r.scenario_path, r.lab_path, r.campaign, r.seed, r.epoch, "
      "r.version, count(s.number), coalesce(sum(s.state = 2), 0), coalesce(sum(s.state = 3), 0), "
      "coalesce(sum(s.state = 4), 0), coalesce(sum(s.qualified), 0), "
      "(SELECT count(*) FROM crash c WHERE c.run = r.number) "
      "FROM run r LEFT JOIN step s ON s.run = r.number GROUP BY r.number ORDER BY r.number");
  rows.query();
  while (rows.row()) {
    RunListing& one = listings.emplace_back();
    RunRecord& run = one.run;
    rows.into(numbers.emplace_back(), run.id, run.scenario_name, run.scenario_path, run.lab_path,
              run.campaign, run.seed, run.epoch, run.version, one.planned, one.completed, one.failed,
              one.unknown, one.qualified, one.crashes);
  }
  return listings;
}

} // namespace

Result<std::vector<RunListing>> list_runs(const std::string& path) {
  auto database = open_journal_file(path, Access::read);
  if (!database) {
    return database.error();
  }
  (*database)->execute("BEGIN"); // one view for all the questions
  std::vector<std::int64_t> numbers;
  std::vector<RunListing> listings = read_listings(**database, numbers);
  for (std::size_t i = 0; i < listings.size(); ++i) {
    listings[i].end = read_end(**database, numbers[i]);
    listings[i].being_written = Lease::held(path, listings[i].run.id);
  }
  if (const Status status = (*database)->status(); !status) {
    return status.error();
  }
  return listings;
}

Result<LoadedRun> load_run(const std::string& path, std::string_view which) {
  auto database = open_journal_file(path, Access::read);
  if (!database) {
    return database.error();
  }
  (*database)->execute("BEGIN");
  const Result<Found> found = find_run(**database, which);
  if (!found) {
    return found.error();
  }
  LoadedRun loaded = read_run(**database, found->number);
  if (const Status status = (*database)->status(); !status) {
    return Error(status.error()).within(fmt::format("run {}", found->id));
  }
  return loaded;
}

bool is_being_written(const std::string& path, std::string_view run) { return Lease::held(path, run); }

Result<std::string> request_stop(const std::string& path, std::string_view which, int level) {
  auto database = open_journal_file(path, Access::write);
  if (!database) {
    return database.error();
  }
  Result<Found> found = find_run(**database, which);
  if (!found) {
    return found.error();
  }
  if (!Lease::held(path, found->id)) {
    return Error(Errc::not_found, fmt::format("run {} is not running", found->id));
  }
  Statement(**database, "INSERT INTO stop_request VALUES (?1, ?2) "
                        "ON CONFLICT (run) DO UPDATE SET level = max(level, excluded.level)")
      .run(found->number, level);
  if (const Status status = (*database)->status(); !status) {
    return status.error();
  }
  return std::move(found->id);
}

} // namespace migstorm
