// How many dumps of a run are kept. A dump that goes leaves its hash and a note behind.
#pragma once

#include <migstorm/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::gather {

struct RetentionPolicy {
  std::optional<std::uint64_t> budget;        // bytes of all packed dumps of the run
  std::optional<std::uint32_t> per_signature; // dumps of one signature
};

struct KeptCopy {
  std::string folder; // of the crash, within the run's: "crash-0003-sql-01"; they sort in the order of time
  std::string signature;
  std::uint64_t size = 0; // bytes, packed
  bool pinned = false;
};

struct Deletion {
  std::string folder;
  std::string why;
};

// Which dumps go, the oldest first: those of a signature that has more than it may have, then those that a
// budget has no room for. What is pinned stays, and so does the newest dump of each signature, so the budget
// may stay exceeded.
std::vector<Deletion> choose_deletions(std::vector<KeptCopy> copies, const RetentionPolicy& policy);

// A later self-test proves what the ones before it did: the newest dump of them is kept, and what is pinned.
std::vector<Deletion> choose_superseded(std::vector<KeptCopy> self_tests);

// Of a folder of a run. Only files that were put there by a fetch are looked at: MEMORY.DMP.zst with its hash
// beside it, in a folder of a crash or, with kSelfTests, of a self-test. Blocks.
inline constexpr std::string_view kCrashes = "crash-";
inline constexpr std::string_view kSelfTests = "self-test-";
Result<std::vector<KeptCopy>> list_copies(const std::string& run_folder, std::string_view whose = kCrashes);
// Deletes what the policy does not keep, and dumps of older self-tests; a sentence for each, for the journal.
Result<std::vector<std::string>> apply_retention(const std::string& run_folder,
                                                 const RetentionPolicy& policy);

// Under which signature the dump of this crash's folder is counted.
Status note_signature(const std::string& crash_folder, const std::string& signature);
// A dump was here, and the policy deleted it.
bool was_deleted(const std::string& crash_folder);
Status pin(const std::string& crash_folder);
Status unpin(const std::string& crash_folder);

} // namespace migstorm::gather
