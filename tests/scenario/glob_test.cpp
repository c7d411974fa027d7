#include "harness/scenario/glob.hpp"

#include "tests/support/catch.hpp"

namespace migstorm {
namespace {

TEST_CASE("patterns match whole names without case", "[glob]") {
  CHECK(glob_match("sql-*", "SQL-01"));
  CHECK(glob_match("*", ""));
  CHECK(glob_match("*-dc*", "eu-dc-2"));
  CHECK(glob_match("sql-??", "sql-01"));
  CHECK(glob_match("a*b*c", "axxbyybzc"));
  CHECK(glob_match("?", "\xc3\xa4")); // one character of two bytes
  CHECK(glob_match("\xc3\xa4*", "\xc3\xa4x"));
  CHECK_FALSE(glob_match("sql-*", "mysql-01"));
  CHECK_FALSE(glob_match("sql-??", "sql-1"));
  CHECK_FALSE(glob_match("sql", "sql-01"));
  CHECK_FALSE(glob_match("", "x"));
  CHECK_FALSE(glob_match("[a-z]", "b"));
  CHECK(glob_match("[a-z]", "[A-Z]"));
}

TEST_CASE("a pattern of many stars is answered at once", "[glob][hostile]") {
  std::string pattern;
  for (int i = 0; i < 100; ++i) {
    pattern += "*a";
  }
  CHECK_FALSE(glob_match(pattern + "b", std::string(10'000, 'a')));
}

TEST_CASE("GUIDs are written in one way", "[glob]") {
  CHECK(canonical_guid("{3b1f0c2e-8d47-4e0a-b6a5-92d7c1e0f413}") == "3B1F0C2E-8D47-4E0A-B6A5-92D7C1E0F413");
  CHECK(canonical_guid("3B1F0C2E-8D47-4E0A-B6A5-92D7C1E0F413") == "3B1F0C2E-8D47-4E0A-B6A5-92D7C1E0F413");
  const auto text =
      GENERATE("", "{}", "{", "3B1F0C2E-8D47-4E0A-B6A5-92D7C1E0F41", "3B1F0C2E-8D47-4E0A-B6A5-92D7C1E0F41G",
               "3B1F0C2E_8D47_4E0A_B6A5_92D7C1E0F413", "{3B1F0C2E-8D47-4E0A-B6A5-92D7C1E0F413");
  CAPTURE(text);
  CHECK(canonical_guid(text).empty());
}

} // namespace
} // namespace migstorm
