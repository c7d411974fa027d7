// The port through which a campaign has a crash named from the dump that the guest left.
#pragma once

#include <migstorm/crash.hpp>
#include <migstorm/result.hpp>
#include <migstorm/task.hpp>

#include <string>

namespace migstorm {

struct DumpFinding {
  std::string signature;
  std::string known_issue; // id of the best match; empty: none
};

class DumpReader {
public:
  DumpReader() = default;
  DumpReader(const DumpReader&) = delete;
  DumpReader& operator=(const DumpReader&) = delete;
  virtual ~DumpReader() = default;

  // not_found: the dump of this crash is not there, or not yet; asking again later may help. unsupported: no
  // way leads to this guest's dumps. Others: it is there and could not be read, or not yet whole.
  virtual Task<Result<DumpFinding>> read(Crash crash) = 0;
};

} // namespace migstorm
