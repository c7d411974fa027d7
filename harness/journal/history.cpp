#include "harness/journal/history.hpp"

#include "harness/journal/journal_file.hpp"

#include <migstorm/crash.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace migstorm {

template <>
inline constexpr SignalKind sqlite::kLast<SignalKind> = SignalKind::volume_paused;

namespace {

using sqlite::Access;
using sqlite::Database;
using sqlite::Statement;

void read_signals(Database& database, const std::string& run, Instant from, Instant until, std::size_t most,
                  std::vector<HistoryLine>& lines) {
  Statement rows(database,
                 "SELECT s.noticed, s.kind, coalesce(g.name, s.guest), s.host, s.detail FROM signal s "
                 "JOIN run r ON r.number = s.run LEFT JOIN guest g ON g.run = s.run AND g.id = s.guest "
                 "WHERE r.id = ?1 AND s.noticed BETWEEN ?2 AND ?3 ORDER BY s.noticed LIMIT ?4");
  rows.query(run, from, until, most);
  while (rows.row()) {
    HistoryLine& line = lines.emplace_back();
    SignalKind kind{};
    std::string host;
    std::string detail;
    rows.into(line.at, kind, line.subject, host, detail);
    line.kind = to_string(kind);
    line.detail = host.empty()     ? detail
                  : detail.empty() ? "on " + host
                                   : fmt::format("on {}: {}", host, detail);
  }
}

void read_notes(Database& database, const std::string& run, Instant from, Instant until, std::size_t most,
                std::vector<HistoryLine>& lines) {
  Statement rows(database,
                 "SELECT n.at, n.kind, n.subject, n.detail FROM note n JOIN run r ON r.number = n.run "
                 "WHERE r.id = ?1 AND n.at BETWEEN ?2 AND ?3 ORDER BY n.at LIMIT ?4");
  rows.query(run, from, until, most);
  while (rows.row()) {
    HistoryLine& line = lines.emplace_back();
    rows.into(line.at, line.kind, line.subject, line.detail);
  }
}

} // namespace

Result<std::vector<HistoryLine>> load_history(const std::string& path, const std::string& run, Instant from,
                                              Instant until, std::size_t most) {
  auto database = open_journal_file(path, Access::read);
  if (!database) {
    return database.error();
  }
  (*database)->execute("BEGIN");
  std::vector<HistoryLine> lines;
  read_signals(**database, run, from, until, most, lines);
  read_notes(**database, run, from, until, most, lines);
  if (const Status status = (*database)->status(); !status) {
    return status.error();
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const HistoryLine& a, const HistoryLine& b) { return a.at < b.at; });
  lines.resize(std::min(lines.size(), most));
  return lines;
}

Result<std::vector<HistoryLine>> load_notes(const std::string& path, const std::string& run,
                                            const std::string& kind, std::size_t most) {
  auto database = open_journal_file(path, Access::read);
  if (!database) {
    return database.error();
  }
  std::vector<HistoryLine> lines;
  Statement rows(**database,
                 "SELECT n.at, n.kind, n.subject, n.detail FROM note n JOIN run r ON r.number = n.run "
                 "WHERE r.id = ?1 AND n.kind = ?2 ORDER BY n.at LIMIT ?3");
  rows.query(run, kind, most);
  while (rows.row()) {
    HistoryLine& line = lines.emplace_back();
    rows.into(line.at, line.kind, line.subject, line.detail);
  }
  if (const Status status = (*database)->status(); !status) {
    return status.error();
  }
  return lines;
}

} // namespace migstorm
