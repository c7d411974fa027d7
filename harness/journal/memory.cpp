#include "harness/journal/memory.hpp"

#include "harness/journal/schema.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace migstorm {

namespace {

using sqlite::Access;
using sqlite::Database;
using sqlite::Statement;

constexpr std::chrono::seconds kPatience{10};

bool is_there(const std::string& journal) {
  std::error_code ignored;
  return std::filesystem::exists(journal, ignored);
}

Database opened(const std::string& journal) { return {journal, Access::create, kPatience}; }

} // namespace

Result<std::vector<SeenGuest>> seen_guests(const std::string& journal, const std::string& scenario,
                                           const std::string& lab) {
  std::vector<SeenGuest> seen;
  if (!is_there(journal)) {
    return seen;
  }
  Database database = opened(journal);
  upgrade_schema(database, journal_migrations());
  {
    Statement rows(database,
                   "SELECT guest, name FROM seen_guest WHERE scenario = ? AND lab = ? ORDER BY name, guest");
    rows.query(scenario, lab);
    while (rows.row()) {
      SeenGuest& one = seen.emplace_back();
      rows.into(one.id, one.name);
    }
  }
  if (const Status status = database.status(); !status) {
    return status.error();
  }
  return seen;
}

Status remember_guests(const std::string& journal, const std::string& scenario, const std::string& lab,
                       const std::vector<SeenGuest>& guests, CivilTime at) {
  Database database = opened(journal);
  upgrade_schema(database, journal_migrations());
  database.execute("BEGIN IMMEDIATE");
  Statement(database, "DELETE FROM seen_guest WHERE scenario = ? AND lab = ?").run(scenario, lab);
  for (const SeenGuest& guest : guests) {
    Statement(database, "INSERT OR REPLACE INTO seen_guest VALUES (?, ?, ?, ?, ?)")
        .run(scenario, lab, guest.id, guest.name, at);
  }
  database.execute("COMMIT");
  return database.status();
}

Result<std::vector<RejectedCredential>> rejected_credentials(const std::string& journal,
                                                             const std::string& lab) {
  std::vector<RejectedCredential> rejected;
  if (!is_there(journal)) {
    return rejected;
  }
  Database database = opened(journal);
  upgrade_schema(database, journal_migrations());
  {
    Statement rows(database, "SELECT credential, principal, host, at FROM rejected_credential WHERE lab = ? "
                             "ORDER BY credential");
    rows.query(lab);
    while (rows.row()) {
      RejectedCredential& one = rejected.emplace_back();
      rows.into(one.credential, one.principal, one.host, one.at);
    }
  }
  if (const Status status = database.status(); !status) {
    return status.error();
  }
  return rejected;
}

Status remember_rejection(const std::string& journal, const std::string& lab,
                          const RejectedCredential& rejected) {
  Database database = opened(journal);
  upgrade_schema(database, journal_migrations());
  Statement(database, "INSERT OR REPLACE INTO rejected_credential VALUES (?, ?, ?, ?, ?)")
      .run(lab, rejected.credential, rejected.principal, rejected.host, rejected.at);
  return database.status();
}

Status forget_rejection(const std::string& journal, const std::string& lab, const std::string& credential) {
  Database database = opened(journal);
  upgrade_schema(database, journal_migrations());
  const int gone = Statement(database, "DELETE FROM rejected_credential WHERE lab = ? AND credential = ?")
                       .run(lab, credential);
  if (database.ok() && gone == 0) {
    return Error{Errc::not_found, fmt::format("no rejection of the credential {} is remembered", credential)};
  }
  return database.status();
}

Result<std::optional<Span>> mean_move_time(const std::string& journal, const std::string& lab_path) {
  if (!is_there(journal)) {
    return std::optional<Span>();
  }
  Database database = opened(journal);
  upgrade_schema(database, journal_migrations());
  std::optional<Span> mean;
  {
    Statement rows(database,
                   "SELECT CAST(avg(s.ended_at - a.intended_at) AS INTEGER) FROM run r "
                   "JOIN step s ON s.run = r.number AND s.state = 2 "
                   "JOIN attempt a ON a.run = s.run AND a.step = s.number AND a.number = s.attempts "
                   "WHERE r.lab_path = ? HAVING count(*) > 0");
    rows.query(lab_path);
    if (rows.row()) {
      rows.into(mean);
    }
  }
  if (const Status status = database.status(); !status) {
    return status.error();
  }
  return mean;
}

} // namespace migstorm
