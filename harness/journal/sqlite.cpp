#include "harness/journal/sqlite.hpp"

#include <fmt/format.h>

#include <utility>

namespace migstorm::sqlite {

namespace {

int open_flags(Access access) noexcept {
  switch (access) {
  case Access::read:
    return SQLITE_OPEN_READONLY;
  case Access::write:
    return SQLITE_OPEN_READWRITE;
  case Access::create:
    break;
  }
  return SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
}

struct Meaning {
  Errc code;
  const char* sentence;
};

Meaning meaning_of(int code) noexcept {
  switch (code & 0xff) {
  case SQLITE_FULL:
    return {Errc::storage, "the disk is full"};
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return {Errc::storage, "another process holds it locked"};
  case SQLITE_IOERR:
    return {Errc::storage, "reading or writing it failed (disk full, file size limit or a faulty disk)"};
  case SQLITE_CANTOPEN:
    return {Errc::storage, "it cannot be opened"};
  case SQLITE_READONLY:
  case SQLITE_PERM:
    return {Errc::storage, "it cannot be written"};
  case SQLITE_NOTADB:
    return {Errc::malformed, "it is not a journal"};
  case SQLITE_CORRUPT:
    return {Errc::malformed, "it is damaged"};
  case SQLITE_CONSTRAINT:
    return {Errc::malformed, "a record contradicts what is already there"};
  default:
    return {Errc::storage, "the database refused"};
  }
}

} // namespace

Database::Database(std::string path, Access access, std::chrono::milliseconds patience)
    : path_(std::move(path)) {
  const int code = sqlite3_open_v2(path_.c_str(), &handle_, open_flags(access), nullptr);
  if (code != SQLITE_OK) {
    fail(code);
    return;
  }
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, static_cast<int>(patience.count()));
}

Database::~Database() { sqlite3_close_v2(handle_); }

void Database::execute(const char* sql) {
  if (!ok()) {
    return;
  }
  if (const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); code != SQLITE_OK) {
    fail(code);
  }
}

void Database::rollback() noexcept {
  if (handle_ != nullptr && sqlite3_get_autocommit(handle_) == 0) {
    sqlite3_exec(handle_, "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

Status Database::status() const {
  if (failure_) {
    return *failure_;
  }
  return Unit{};
}

void Database::fail(int code) {
  if (failure_) {
    return;
  }
  const auto [reaction, sentence] = meaning_of(code);
  const char* const told = handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  failure_.emplace(reaction, fmt::format("journal {}: {} ({}, code {})", path_, sentence, told, code));
}

void Database::refuse(Errc code, std::string sentence) {
  if (!failure_) {
    failure_.emplace(code, fmt::format("journal {}: {}", path_, sentence));
  }
}

Statement::Statement(Database& database, const char* sql) : database_(database) {
  if (!database_.ok()) {
    return;
  }
  const int code =
      sqlite3_prepare_v3(database_.handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
  if (code != SQLITE_OK) {
    database_.fail(code);
  }
}

bool Statement::row() {
  if (!database_.ok() || handle_ == nullptr) {
    return false;
  }
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) {
    return true;
  }
  if (code != SQLITE_DONE) {
    database_.fail(code);
  }
  sqlite3_reset(handle_); // ends the read; a statement left open would hold back checkpoints
  return false;
}

int Statement::finish() {
  while (row()) {
  }
  return database_.ok() ? sqlite3_changes(database_.handle_) : 0;
}

void Statement::rewind() {
  if (handle_ != nullptr) {
    sqlite3_reset(handle_);
  }
}

void Statement::bind_integer(int index, std::int64_t value) {
  if (database_.ok()) {
    if (const int code = sqlite3_bind_int64(handle_, index, value); code != SQLITE_OK) {
      database_.fail(code);
    }
  }
}

void Statement::bind_text(int index, std::string_view value) {
  if (!database_.ok()) {
    return;
  }
  // An empty view may hold a null pointer, which SQLite would take for NULL.
  const char* const data = value.empty() ? "" : value.data();
  const int code = sqlite3_bind_text64(handle_, index, data, value.size(), nullptr, SQLITE_UTF8);
  if (code != SQLITE_OK) {
    database_.fail(code);
  }
}

void Statement::bind_null(int index) {
  if (database_.ok()) {
    if (const int code = sqlite3_bind_null(handle_, index); code != SQLITE_OK) {
      database_.fail(code);
    }
  }
}

bool Statement::is_null(int column) const { return sqlite3_column_type(handle_, column) == SQLITE_NULL; }

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(handle_, column); }

std::int64_t Statement::bounded(int column, std::int64_t last) {
  const std::int64_t value = integer(column);
  if (value < 0 || value > last) {
    database_.refuse(Errc::malformed, fmt::format("column {} holds {}, the largest known value is {}",
                                                  sqlite3_column_name(handle_, column), value, last));
    return 0;
  }
  return value;
}

std::string Statement::text(int column) const {
  const auto* const data = static_cast<const char*>(sqlite3_column_blob(handle_, column));
  const int size = sqlite3_column_bytes(handle_, column);
  return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

} // namespace migstorm::sqlite
