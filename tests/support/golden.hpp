// Text that is compared with a committed file. MIGSTORM_GOLDEN=write in the environment writes the files
// instead; the difference is then for a person to look at.
#pragma once

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

namespace migstorm::test {

inline std::string golden(const std::string& name, const std::string& actual) {
  const std::string path = std::string(MIGSTORM_SOURCE_DIR "/tests/golden/") + name;
  const char* const mode =
      std::getenv("MIGSTORM_GOLDEN"); // NOLINT(concurrency-mt-unsafe): tests have one thread
  if (mode != nullptr && std::string(mode) == "write") {
    std::ofstream(path, std::ios::binary) << actual;
  }
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

} // namespace migstorm::test
