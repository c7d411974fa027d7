#include "harness/report/runs_text.hpp"

#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace migstorm::report {

namespace {

constexpr std::size_t kColumns = 7;
constexpr std::size_t kCellMax = 40; // bytes of a name before it is cut
using Row = std::array<std::string, kColumns>;

std::string state_word(const RunListing& listing) {
  const RunState state = run_state(listing.end, listing.being_written);
  return state == RunState::ended && !listing.end->verdict.empty() ? printable(listing.end->verdict, kCellMax)
                                                                   : std::string(to_string(state));
}

Row row_of(const RunListing& listing) {
  const RunRecord& run = listing.run;
  const std::uint64_t done = std::uint64_t{listing.completed} + listing.failed + listing.unknown;
  return {printable(run.id, kCellMax),
          printable(run.scenario_name, kCellMax),
          civil_minute(run.epoch),
          state_word(listing),
          fmt::format("{}/{}", grouped(done), grouped(listing.planned)),
          grouped(listing.qualified),
          grouped(listing.crashes)};
}

std::string line_of(const Row& row, const std::array<std::size_t, kColumns>& widths) {
  std::string line;
  for (std::size_t i = 0; i + 1 < kColumns; ++i) {
    line += fmt::format("{:<{}}  ", row[i], widths[i]);
  }
  return line + row.back() + "\n";
}

std::string next_action(const Summary& summary) {
  switch (summary.state) {
  case RunState::running:
    return fmt::format("migstorm stop {} ends it in good order.\n", printable(summary.run));
  case RunState::interrupted:
    return fmt::format("migstorm resume {} goes on with it.\n", printable(summary.run));
  case RunState::ended:
    break;
  }
  return fmt::format("migstorm report {} tells all of it.\n", printable(summary.run));
}

} // namespace

std::string runs_table(const std::vector<RunListing>& runs) {
  if (runs.empty()) {
    return "The journal holds no run.\n";
  }
  std::vector<Row> rows = {{"RUN", "SCENARIO", "BEGAN (UTC)", "STATE", "DONE", "QUALIFIED", "CRASHES"}};
  std::ranges::transform(runs, std::back_inserter(rows), row_of);
  std::array<std::size_t, kColumns> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < kColumns; ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string table;
  for (const Row& row : rows) {
    table += line_of(row, widths);
  }
  return table;
}

std::string status_text(const Summary& summary) {
  const MigrationCounts& counts = summary.migrations;
  const std::uint64_t done = counts.completed + counts.failed + counts.unknown;
  std::string text = fmt::format("Run {} of {}: {}", printable(summary.run), printable(summary.scenario),
                                 to_string(summary.state));
  text += summary.verdict.empty() ? ".\n" : fmt::format(", {}.\n", printable(summary.verdict));
  text += fmt::format("{} of {} migrations done, {} in flight, {} qualified; {}, after {} of cluster time.\n",
                      grouped(done), grouped(counts.planned), grouped(counts.in_flight),
                      grouped(counts.qualified), counted(summary.crashes.size(), "crash", "crashes"),
                      span_words(summary.newest - summary.started));
  for (const SignatureLine& line : summary.signatures) {
    text += fmt::format("  {} x {}\n", grouped(line.count),
                        line.signature.empty() ? "no known signature" : printable(line.signature));
  }
  return text + next_action(summary);
}

} // namespace migstorm::report
