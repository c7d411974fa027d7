// The port through which a campaign has a crash named from the dump that the guest left.
#pragma once

#include <migstorm/crash.hpp>
#include <migstorm/result.hpp>
#include <migstorm/task.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace migstorm {

struct DumpFinding {
  std::string signature;
  std::string known_issue;               // id of the best match; empty: none
  std::string caution;                   // about how it was read, for the report; mostly empty
  std::optional<CivilTime> crashed = {}; // as the dump tells it, brought from the guest's clock to ours
};

// A dump that is here now, whole.
struct DumpHome {
  std::string path;
  std::string sha256;                    // of the dump itself
  std::uint64_t size = 0;                // bytes; of the dump
  std::uint64_t packed_size = 0;         // of the file
  std::string remark;                    // what became of the guest's own; mostly empty
  std::vector<std::string> deleted = {}; // older ones that went to make room, a sentence each
};

class DumpReader {
public:
  DumpReader() = default;
  DumpReader(const DumpReader&) = delete;
  DumpReader& operator=(const DumpReader&) = delete;
  virtual ~DumpReader() = default;

  // `ahead`: how far the guest's clock is ahead of ours, as far as known.
  // not_found: the dump of this crash is not there, or not yet; asking again later may help. unsupported: no
  // way leads to this guest's dumps. Others: it is there and could not be read, or not yet whole.
  virtual Task<Result<DumpFinding>> read(Crash crash, Span ahead) = 0;

  // Brings the crash's dump home; one that is there already is not brought again, and one that was half there
  // is gone on with. `wanted` is asked meanwhile. transport, timed_out, busy: asking again later may help.
  // cancelled: not wanted any more. unsupported: nothing is brought home here.
  virtual Task<Result<DumpHome>> fetch(Crash crash, Span ahead, std::function<bool()> wanted) = 0;
};

} // namespace migstorm
