// What is kept of each crash of a run: a folder with its dump, what the dump says, and what happened around
// it.
#pragma once

#include <migstorm/journal.hpp>
#include <migstorm/lab_file.hpp>
#include <migstorm/result.hpp>

#include <string>
#include <vector>

namespace migstorm {

// What is kept of a run's crashes, one folder each: beside the journal, or where the lab file says.
std::string evidence_path(const LabFile& lab, const std::string& journal, const std::string& run);

// The folder of one crash; whether it is there or not.
std::string evidence_folder(const LabFile& lab, const std::string& journal, const std::string& run,
                            const Crash& crash);

// Writes (again) timeline.json, scenario.yaml, steps.json, triage.json where the dump is at home, and
// manifest.json over all of it. The journal is read, the dump is not changed.
Status write_evidence(const std::string& journal, const LoadedRun& run, const LabFile& lab,
                      const Crash& crash);

// Differences between the folder and its manifest, a sentence each.
Result<std::vector<std::string>> verify_evidence(const std::string& folder);

} // namespace migstorm
