// The tables of a journal file and how an older file becomes a newer one.
#pragma once

#include "harness/journal/sqlite.hpp"

#include <migstorm/journal.hpp>

#include <span>

namespace migstorm {

// Entry i brings a file from version i to version i + 1. Entries are only ever appended: a file of any age is
// brought up to date by the ones that it lacks, and enumerators that are stored keep their numbers.
using Migrations = std::span<const char* const>;
Migrations journal_migrations() noexcept;

// The version of the file, 0 for an empty one; a failure sticks to the database if it is no journal of ours.
int read_schema_version(sqlite::Database& database);

// Brings the file to the newest version in one transaction; refuses a file that a newer program wrote.
void upgrade_schema(sqlite::Database& database, Migrations migrations);

namespace sqlite {
template <>
inline constexpr StepState kLast<StepState> = StepState::skipped;
template <>
inline constexpr CampaignKind kLast<CampaignKind> = CampaignKind::soak;
template <>
inline constexpr hyperv::Via kLast<hyperv::Via> = hyperv::Via::cluster;
template <>
inline constexpr DetectorKind kLast<DetectorKind> = DetectorKind::load;
template <>
inline constexpr hyperv::EventLog kLast<hyperv::EventLog> = hyperv::EventLog::system;
} // namespace sqlite

} // namespace migstorm
