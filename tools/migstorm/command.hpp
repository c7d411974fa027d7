// What the commands have in common. Each command is one cmd_*.cpp: it declares its options and gives back
// what runs it.
#pragma once

#include <CLI/CLI.hpp>

#include <functional>
#include <string>

namespace migstorm {

// Exit codes of the program, a contract with whoever calls it from scripts.
inline constexpr int kExitPassed = 0;       // PASSED, REPRODUCED, FIXED; or the command did what it was asked
inline constexpr int kExitFailed = 1;       // FAILED, NOT_FIXED
inline constexpr int kExitUsage = 2;        // usage, scenario or lab file
inline constexpr int kExitEnvironment = 3;  // lab unreachable, journal not writable, breaker
inline constexpr int kExitInconclusive = 4; // INCONCLUSIVE, NOT_REPRODUCED
inline constexpr int kExitInterrupted = 130;

int exit_for_verdict(const std::string& verdict) noexcept;

// Set by the command that was chosen; main() calls it after parsing.
using Action = std::function<int()>;

void add_run(CLI::App& app, Action& action);
void add_check(CLI::App& app, Action& action);
void add_resume(CLI::App& app, Action& action);
void add_stop(CLI::App& app, Action& action);
void add_sim(CLI::App& app, Action& action);
void add_lab(CLI::App& app, Action& action);
void add_validate(CLI::App& app, Action& action);
void add_runs(CLI::App& app, Action& action);
void add_status(CLI::App& app, Action& action);
void add_report(CLI::App& app, Action& action);
void add_triage(CLI::App& app, Action& action);
void add_evidence(CLI::App& app, Action& action);
void add_ways(CLI::App& app, Action& action);

inline constexpr const char* kDefaultJournal = "migstorm.journal";
void add_journal_option(CLI::App& command, std::string& path);
void add_confirm_option(CLI::App& command, std::string& credential);
void add_lease_option(CLI::App& command, bool& break_lease);
void add_preflight_option(CLI::App& command, bool& skip_preflight);

} // namespace migstorm
