// The journal port on SQLite, for the one run that this process writes.
//
// commit() gathers: the first caller lets everything that is already runnable go first, then takes all that
// was queued into one transaction on the journal's lane; whoever comes meanwhile shares the next one.
#pragma once

#include <migstorm/journal.hpp>
#include <migstorm/runtime.hpp>

#include <chrono>
#include <memory>
#include <string>

namespace migstorm {

struct JournalOptions {
  // False leaves out waiting for the disk, for simulated runs: a power cut may then lose the end of the run.
  bool durable = true;
  // The run to go on with; empty: the journal expects begin_run().
  std::string resume{};
  // How long another process's transaction is waited for before the commit fails.
  std::chrono::milliseconds patience = std::chrono::seconds(10);
};

// Opens or creates the file and brings its format up to date; blocking. ":memory:" keeps everything in
// memory. Errors: storage (cannot be opened or written, or the run is being written by another process),
// malformed (not a journal), unsupported (a newer format; a run that has ended), not_found (no such run).
Result<std::unique_ptr<Journal>> open_journal(Runtime& runtime, const std::string& path,
                                              const JournalOptions& options = {});

// "20261124-164512-3f9a": sorts by time, and time and chance come from the runtime.
std::string make_run_id(Runtime& runtime);

} // namespace migstorm
