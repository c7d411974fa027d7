// SQLite behind a small door: one connection and its prepared statements.
//
// The first failure sticks to the Database: every later call does nothing and reads nothing, so a transaction
// is written straight through and checked once, with status(). One thread at a time may use a Database.
#pragma once

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <sqlite3.h>

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace migstorm::sqlite {

enum class Access : std::uint8_t { read, write, create };

// The last enumerator of an enum that is stored, so that a number from a damaged file never becomes one.
template <class E>
inline constexpr E kLast = E{};

class Database {
public:
  // `patience` is how long a lock of another connection is waited for.
  Database(std::string path, Access access, std::chrono::milliseconds patience);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void execute(const char* sql);
  void rollback() noexcept; // works after a failure, too
  bool ok() const noexcept { return !failure_; }
  Status status() const;
  // Forgets a failure; for failures that left nothing behind.
  void forget() noexcept { failure_.reset(); }

  void fail(int code);                          // what SQLite said
  void refuse(Errc code, std::string sentence); // a rule of ours was broken

private:
  friend class Statement;
  std::string path_;
  sqlite3* handle_ = nullptr;
  std::optional<Error> failure_;
};

class Statement {
public:
  Statement(Database& database, const char* sql);
  ~Statement() { sqlite3_finalize(handle_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  // Binds the arguments in order, runs to the end, and returns how many rows changed.
  template <class... Args>
  int run(const Args&... args) {
    query(args...);
    return finish();
  }
  // Binds the arguments in order; row() then walks the answer. Texts must outlive the walk.
  template <class... Args>
  void query(const Args&... args) {
    rewind();
    int index = 0;
    (bind(++index, args), ...);
  }
  bool row();
  // The columns of the present row in order.
  template <class... Fields>
  void into(Fields&... fields) {
    int column = 0;
    (read(column++, fields), ...);
  }

private:
  template <class T>
  void bind(int index, const T& value) {
    if constexpr (std::is_enum_v<T> || std::integral<T>) {
      bind_integer(index, static_cast<std::int64_t>(value)); // unsigned 64-bit values keep their bits
    } else if constexpr (std::same_as<T, Span>) {
      bind_integer(index, value.count());
    } else if constexpr (std::same_as<T, CivilTime>) {
      bind_integer(index, value.time_since_epoch().count());
    } else if constexpr (requires { value.has_value(); }) {
      value ? bind(index, *value) : bind_null(index);
    } else {
      bind_text(index, std::string_view(value));
    }
  }

  template <class T>
  void read(int column, T& field) {
    if constexpr (std::same_as<T, std::string>) {
      field = text(column);
    } else if constexpr (requires { field.emplace(); }) {
      is_null(column) ? field.reset() : read(column, field.emplace());
    } else if constexpr (std::same_as<T, Span>) {
      field = Span(integer(column));
    } else if constexpr (std::same_as<T, CivilTime>) {
      field = CivilTime(Span(integer(column)));
    } else if constexpr (std::is_enum_v<T>) {
      field = static_cast<T>(bounded(column, static_cast<std::int64_t>(kLast<T>)));
    } else if constexpr (std::same_as<T, bool>) {
      field = integer(column) != 0;
    } else {
      field = static_cast<T>(integer(column));
    }
  }

  void rewind();
  int finish();
  void bind_integer(int index, std::int64_t value);
  void bind_text(int index, std::string_view value);
  void bind_null(int index);
  bool is_null(int column) const;
  std::int64_t integer(int column) const;
  std::int64_t bounded(int column, std::int64_t last);
  std::string text(int column) const;

  Database& database_;
  sqlite3_stmt* handle_ = nullptr;
};

// The first column of the first row of an answer; empty if there is none.
template <class T, class... Args>
std::optional<T> read_one(Database& database, const char* sql, const Args&... args) {
  Statement statement(database, sql);
  statement.query(args...);
  if (!statement.row()) {
    return std::nullopt;
  }
  T value{};
  statement.into(value);
  return value;
}

} // namespace migstorm::sqlite
