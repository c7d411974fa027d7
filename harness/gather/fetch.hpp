// Copies a dump to a file here: packed, hashed and resumable.
#pragma once

#include "harness/gather/way.hpp"

#include <migstorm/runtime.hpp>

#include <functional>
#include <string>

namespace migstorm::gather {

// How much room there is.
class FreeSpace {
public:
  FreeSpace() = default;
  FreeSpace(const FreeSpace&) = delete;
  FreeSpace& operator=(const FreeSpace&) = delete;
  virtual ~FreeSpace() = default;
  virtual Result<std::uint64_t> available(const std::string& folder) = 0; // bytes; blocks
};
std::unique_ptr<FreeSpace> make_disk_space();

struct FetchLimits {
  std::uint64_t rate = 0;           // bytes of the dump a second; 0: as fast as it goes
  std::uint64_t keep_free = 0;      // bytes that stay free where it is written
  std::uint64_t packed_max = ~0ULL; // bytes that the copy may have
};

struct FetchRequest {
  std::string path; // where it goes, "/srv/run/crash-1/MEMORY.DMP.zst"; its folder is there
  FetchLimits limits;
  std::function<bool()> wanted; // asked between pieces; empty: always
};

struct Fetched {
  std::string path;
  std::string sha256;            // of the dump, not of the packed file
  std::uint64_t size = 0;        // of the dump
  std::uint64_t packed_size = 0; // of the file
  std::uint64_t resumed_at = 0;  // bytes of the dump that an earlier attempt had copied
};

// `file` must be whole already. Errors that leave what was copied for a next attempt: transport and timed_out
// (the way broke), storage (no room), cancelled (not wanted any more). Errors that leave nothing: stale (the
// dump was replaced meanwhile), over_limit (larger than allowed). A file is at `request.path` only when it is
// whole, and none that was there is ever replaced. Blocking work runs on `lane`.
Task<Result<Fetched>> fetch(Runtime& runtime, OffloadLane lane, DumpFile& file, FreeSpace& space,
                            FetchRequest request);

} // namespace migstorm::gather
