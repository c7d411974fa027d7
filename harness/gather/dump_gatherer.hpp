// Names crashes from the dumps that guests left, and brings the dumps home, by whatever way leads there.
#pragma once

#include "analyzers/triage/images.hpp"
#include "harness/campaign/dump_reader.hpp"
#include "harness/gather/fetch.hpp"
#include "harness/gather/retention.hpp"
#include "harness/gather/way.hpp"

#include <migstorm/runtime.hpp>

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace migstorm::gather {

struct GathererOptions {
  std::vector<std::unique_ptr<Way>> ways; // tried in this order
  // Where a guest of this name is reached; empty: by its name.
  std::function<std::string(const std::string& name)> address;
  std::string folder; // where dumps are kept, one folder per crash; empty: none is brought home
  FetchLimits limits;
  RetentionPolicy retention;
  bool put_aside = false; // on the guest, what was brought home
};

// A dump counts as written when its size and time stand still, all its pages are there, and it is of the
// crash: by its bugcheck, or by its time where the crash's bugcheck is not known. `images` and `space`
// outlive the reader. Dumps are read off the deciding thread.
std::unique_ptr<DumpReader> make_dump_gatherer(Runtime& runtime, GathererOptions options,
                                               triage::Images& images, FreeSpace& space);

// "crash-0003-sql-01": the folder of a crash, within the run's; "self-test-0001-canary" for one that was
// provoked.
std::string crash_folder(const Crash& crash);

} // namespace migstorm::gather
