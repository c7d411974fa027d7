// Methods that change nothing: they are repeated when an answer gets lost, which the client does not do for
// methods of its own accord.
#pragma once

#include "harness/hyperv/host.hpp"

#include <string>
#include <vector>

namespace migstorm::hyperv {

struct ReadAnswer {
  wsman::InvokeResult result;
  Instant asked{}; // when the request that was answered left
  Instant answered{};
};

// Only methods whose name begins with "Get". The return value is the caller's to judge.
Task<Result<ReadAnswer>> read_method(Host& host, wsman::Reference target, std::string method,
                                     std::vector<wsman::Argument> arguments);

// The same for a method that reads or changes by its arguments: only where these arguments read.
Task<Result<ReadAnswer>> repeat_reading(Host& host, wsman::Reference target, std::string method,
                                        std::vector<wsman::Argument> arguments);

} // namespace migstorm::hyperv
