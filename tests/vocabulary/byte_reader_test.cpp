#include "tests/support/catch.hpp"

#include <migstorm/byte_reader.hpp>

#include <array>
#include <string>
#include <vector>

using namespace migstorm;

namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> out;
  for (const int value : values) {
    out.push_back(static_cast<std::byte>(value));
  }
  return out;
}

} // namespace

TEST_CASE("numbers are read in little endian", "[byte_reader]") {
  const auto data = bytes({0x01, 0x02, 0x03, 0x04, 0xff});
  ByteReader reader(data, "test");
  CHECK(reader.le<std::uint16_t>() == 0x0201);
  CHECK(reader.le<std::uint16_t>() == 0x0403);
  CHECK(reader.le<std::uint8_t>() == 0xff);
  CHECK(reader.remaining() == 0);
  CHECK(reader.finish().has_value());
}

TEST_CASE("the first failure sticks, and says where", "[byte_reader][hostile]") {
  const auto data = bytes({1, 2, 3});
  ByteReader reader(data, "header", 0x100);
  CHECK(reader.le<std::uint16_t>() == 0x0201);
  CHECK(reader.le<std::uint16_t>() == 0);
  CHECK(reader.le<std::uint8_t>() == 0); // would fit, but reading has stopped
  const Status end = reader.finish();
  REQUIRE_FALSE(end);
  CHECK(end.error().code == Errc::truncated);
  CHECK(end.error().detail == "header: ends inside a field");
  CHECK(end.error().offset == 0x102U);
}

TEST_CASE("a count is refused unless its elements fit", "[byte_reader][hostile]") {
  const auto data = bytes({3, 0, 0, 0, 9, 9, 9, 9, 9, 9});
  SECTION("they fit") {
    ByteReader reader(data, "table");
    CHECK(reader.count(2, 10) == 3);
    CHECK(reader.ok());
  }
  SECTION("more than bytes") {
    ByteReader reader(data, "table");
    CHECK(reader.count(4, 10) == 0);
    CHECK(reader.finish().error().code == Errc::truncated);
  }
  SECTION("more than allowed") {
    ByteReader reader(data, "table");
    CHECK(reader.count(2, 2) == 0);
    CHECK(reader.finish().error().code == Errc::over_limit);
  }
}

TEST_CASE("a slice cannot reach outside its container, whatever the arithmetic", "[byte_reader][hostile]") {
  const auto data = bytes({0, 1, 2, 3, 4, 5, 6, 7});
  ByteReader reader(data, "file");
  CHECK(reader.slice(2, 2, "part").le<std::uint16_t>() == 0x0302);
  CHECK(reader.slice(8, 0, "part").ok());
  CHECK_FALSE(reader.slice(9, 0, "part").ok());
  CHECK_FALSE(reader.slice(4, ~std::uint64_t{0}, "part").ok());
  CHECK_FALSE(reader.slice(~std::uint64_t{0}, 2, "part").ok());
}

TEST_CASE("a requirement that does not hold is malformed input", "[byte_reader]") {
  const auto data = bytes({1});
  ByteReader reader(data, "flags");
  reader.require(reader.le<std::uint8_t>() == 2, "unknown version");
  CHECK(reader.finish().error().code == Errc::malformed);
  CHECK(reader.finish().error().detail == "flags: unknown version");
}
