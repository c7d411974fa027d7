// Guests' dumps that are files here: a mounted share, or a simulated guest's own folder.
#pragma once

#include "analyzers/triage/images.hpp"
#include "harness/campaign/dump_reader.hpp"

#include <migstorm/runtime.hpp>

#include <memory>
#include <string>
#include <vector>

namespace migstorm::gather {

// `ways`: "file:///srv/guests/{guest}/MEMORY.DMP"; the first whose file holds the crash's bugcheck is taken.
// A dump that an earlier crash left is told by its bugcheck, or by its time where the crash's is not known.
// `images` outlives the reader. Dumps are read off the deciding thread.
std::unique_ptr<DumpReader> make_file_dumps(Runtime& runtime, std::vector<std::string> ways,
                                            triage::Images& images);

} // namespace migstorm::gather
