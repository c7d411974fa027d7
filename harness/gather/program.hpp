// A program of the operator, run to its end without a shell.
#pragma once

#include <migstorm/result.hpp>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace migstorm::gather {

struct ProgramCall {
  std::vector<std::string> command;                           // the program's path and its arguments
  std::vector<std::pair<std::string, std::string>> variables; // beside what migstorm itself has
  std::size_t output_max = 0;                                 // bytes of its standard output
  std::chrono::milliseconds limit{60'000};                    // real time
};
struct ProgramEnd {
  int code = -1; // of its exit; 128 + number where a signal ended it
  std::string output;
  std::string complaint; // the beginning of its standard error, printable, one line
};
// Errors: it does not start, wrote more than output_max, or took too long; in each case it is gone. Blocks.
Result<ProgramEnd> run_program(const ProgramCall& call);

} // namespace migstorm::gather
