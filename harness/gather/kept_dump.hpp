// The dump of one crash, as it is kept here: MEMORY.DMP.zst and MEMORY.DMP.sha256 in the crash's folder.
// Blocks.
#pragma once

#include "harness/campaign/dump_reader.hpp"

#include <optional>
#include <string>

namespace migstorm::gather {

class KeptDump {
public:
  explicit KeptDump(std::string folder) : folder_(std::move(folder)) {}

  std::string path() const { return folder_ + "/MEMORY.DMP.zst"; }
  // What is kept already; makes the folder where nothing is. Where only the hash is missing, it is taken
  // again.
  Result<std::optional<DumpHome>> look() const;
  // `sha256sum -c` reads it, once the dump is unpacked.
  Status note(const DumpHome& home) const;

private:
  std::string hash_path() const { return folder_ + "/MEMORY.DMP.sha256"; }
  Result<std::string> hash() const;

  std::string folder_;
};

} // namespace migstorm::gather
