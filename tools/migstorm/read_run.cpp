#include "tools/migstorm/read_run.hpp"

#include "harness/journal/archive.hpp"
#include "harness/report/words.hpp"
#include "tools/migstorm/command.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace migstorm {

Result<report::Summary> read_summary(const std::string& journal, std::string_view run) {
  Result<LoadedRun> loaded = load_run(journal, run);
  if (!loaded) {
    return std::move(loaded).error();
  }
  return report::summarise(*loaded, is_being_written(journal, loaded->run.id));
}

int complain(const Error& error) {
  constexpr std::size_t kBytesMax = 2000;
  fmt::print(stderr, "migstorm: {}\n", report::printable(error.detail, kBytesMax));
  const bool usage =
      error.code == Errc::not_found || error.code == Errc::malformed || error.code == Errc::over_limit;
  return usage ? kExitUsage : kExitEnvironment;
}

} // namespace migstorm
