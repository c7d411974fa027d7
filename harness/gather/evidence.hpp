// The folder of one crash: what is in it, whether it is still what it was, and all of it in one archive.
// Blocks.
#pragma once

#include <migstorm/result.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace migstorm::gather {

inline constexpr const char* kManifest = "manifest.json";

struct EvidenceFile {
  std::string name;
  std::uint64_t size = 0;
  std::string sha256;
};

// Puts a file of ours there, whole or not at all; an older one of that name is replaced.
Status write_evidence_file(const std::string& folder, const std::string& name, const std::string& text);

// Every regular file but the manifest and what is still on its way, by name, with its hash.
Result<std::vector<EvidenceFile>> list_evidence(const std::string& folder);

// What differs from `promised`, a sentence per file; empty: nothing. Names from a manifest are foreign: one
// that leads out of the folder is a difference and is not looked at.
Result<std::vector<std::string>> check_evidence(const std::string& folder,
                                                const std::vector<EvidenceFile>& promised);

// FOLDER's files as FOLDER.tar.zst, in which they lie in a folder of the same name. Never replaces a file.
Result<std::string> pack_evidence(const std::string& folder);

} // namespace migstorm::gather
