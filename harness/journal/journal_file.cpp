#include "harness/journal/journal_file.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace migstorm {

namespace {

using sqlite::Access;
using sqlite::Database;

constexpr std::chrono::seconds kPatience{10};

} // namespace

Result<std::unique_ptr<Database>> open_journal_file(const std::string& path, Access access) {
  std::error_code ignored;
  if (access != Access::create && !std::filesystem::exists(path, ignored)) {
    return Error(Errc::not_found, fmt::format("there is no journal {}", path));
  }
  auto database = std::make_unique<Database>(path, access, kPatience);
  const int version = read_schema_version(*database);
  const auto known = static_cast<int>(journal_migrations().size());
  if (database->ok() && version < known && access == Access::read) {
    database = std::make_unique<Database>(path, Access::write, kPatience);
  }
  upgrade_schema(*database, journal_migrations());
  if (const Status status = database->status(); !status) {
    return status.error();
  }
  return database;
}

} // namespace migstorm
