#include "harness/journal/memory.hpp"

#include "harness/journal/journal_file.hpp"

#include <fmt/format.h>

#include <utility>

namespace migstorm {

namespace {

using sqlite::Access;
using sqlite::Database;
using sqlite::Statement;

// What `read` makes of the journal; `nothing` where there is no journal yet.
template <class T, class Read>
Result<T> recall(const std::string& journal, T nothing, Read read) {
  auto database = open_journal_file(journal, Access::read);
  if (!database) {
    return database.error().code == Errc::not_found ? Result<T>(std::move(nothing)) : database.error();
  }
  T found = read(**database);
  const Status status = (*database)->status();
  return status ? Result<T>(std::move(found)) : status.error();
}

template <class Write>
Status remember(const std::string& journal, Write write) {
  auto database = open_journal_file(journal, Access::create);
  if (!database) {
    return database.error();
  }
  write(**database);
  return (*database)->status();
}

} // namespace

Result<std::vector<SeenGuest>> seen_guests(const std::string& journal, const std::string& scenario,
                                           const std::string& lab) {
  return recall(journal, std::vector<SeenGuest>(), [&](Database& database) {
    std::vector<SeenGuest> seen;
    Statement rows(database,
                   "SELECT guest, name FROM seen_guest WHERE scenario = ? AND lab = ? ORDER BY name, guest");
    rows.query(scenario, lab);
    while (rows.row()) {
      SeenGuest& one = seen.emplace_back();
      rows.into(one.id, one.name);
    }
    return seen;
  });
}

Status remember_guests(const std::string& journal, const std::string& scenario, const std::string& lab,
                       const std::vector<SeenGuest>& guests, CivilTime at) {
  return remember(journal, [&](Database& database) {
    database.execute("BEGIN IMMEDIATE");
    Statement(database, "DELETE FROM seen_guest WHERE scenario = ? AND lab = ?").run(scenario, lab);
    for (const SeenGuest& guest : guests) {
      Statement(database, "INSERT OR REPLACE INTO seen_guest VALUES (?, ?, ?, ?, ?)")
          .run(scenario, lab, guest.id, guest.name, at);
    }
    database.execute("COMMIT");
  });
}

Result<std::vector<RejectedCredential>> rejected_credentials(const std::string& journal,
                                                             const std::string& lab) {
  return recall(journal, std::vector<RejectedCredential>(), [&](Database& database) {
    std::vector<RejectedCredential> rejected;
    Statement rows(database, "SELECT credential, principal, host, at FROM rejected_credential WHERE lab = ? "
                             "ORDER BY credential");
    rows.query(lab);
    while (rows.row()) {
      RejectedCredential& one = rejected.emplace_back();
      rows.into(one.credential, one.principal, one.host, one.at);
    }
    return rejected;
  });
}

Status remember_rejection(const std::string& journal, const std::string& lab,
                          const RejectedCredential& rejected) {
  return remember(journal, [&](Database& database) {
    Statement(database, "INSERT OR REPLACE INTO rejected_credential VALUES (?, ?, ?, ?, ?)")
        .run(lab, rejected.credential, rejected.principal, rejected.host, rejected.at);
  });
}

Status forget_rejection(const std::string& journal, const std::string& lab, const std::string& credential) {
  int gone = 0;
  Status forgotten = remember(journal, [&](Database& database) {
    gone = Statement(database, "DELETE FROM rejected_credential WHERE lab = ? AND credential = ?")
               .run(lab, credential);
  });
  if (forgotten && gone == 0) {
    return Error{Errc::not_found, fmt::format("no rejection of the credential {} is remembered", credential)};
  }
  return forgotten;
}

Result<std::optional<Span>> mean_move_time(const std::string& journal, const std::string& lab_path) {
  return recall(journal, std::optional<Span>(), [&](Database& database) {
    return sqlite::read_one<std::optional<Span>>(
               database,
               "SELECT CAST(avg(s.ended_at - a.intended_at) AS INTEGER) FROM run r "
               "JOIN step s ON s.run = r.number AND s.state = 2 "
               "JOIN attempt a ON a.run = s.run AND a.step = s.number AND a.number = s.attempts "
               "WHERE r.lab_path = ?",
               lab_path)
        .value_or(std::nullopt);
  });
}

} // namespace migstorm
