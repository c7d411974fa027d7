// A dump that only a program of the operator can reach.
#pragma once

#include "harness/gather/way.hpp"

#include <chrono>

namespace migstorm::gather {

// `command`: a program's path and arguments, which may hold {guest} and {address}. It is run, without a
// shell, as
//
//   COMMAND stat              to write "SIZE MODIFIED" (bytes; any whole number that changes with the file)
//   COMMAND read OFFSET SIZE  to write exactly these bytes of the dump
//
// with MIGSTORM_GUEST and MIGSTORM_ADDRESS in its environment. It ends with 0, with 2 where there is no dump
// (yet), with 3 where it may not be read, with any other code when something went wrong; the first line of
// its standard error is then told.
std::unique_ptr<Way> make_hook_way(std::vector<std::string> command,
                                   std::chrono::milliseconds limit = std::chrono::seconds(60));

} // namespace migstorm::gather
