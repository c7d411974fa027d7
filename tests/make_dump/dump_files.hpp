// Dumps and symbol stores on disk, for tests of what reads them.
#pragma once

#include "tests/support/catch.hpp"
#include "tools/make_dump/make_dump.hpp"

#include <cstdint>
#include <string>

namespace migstorm::test {

inline void put_dump(const std::string& path, std::uint32_t build) {
  make_dump::CrashFacts facts;
  facts.build = build;
  REQUIRE(make_dump::write_crash_dump(path, facts));
}

inline void put_store(const std::string& folder) { REQUIRE(make_dump::write_symbol_store(folder)); }

} // namespace migstorm::test
