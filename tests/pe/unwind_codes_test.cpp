// Unwind data that the project's own images do not have: version 2, chains, indirections, ARM64.
#include "analyzers/pe/unwind.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <vector>

using namespace migstorm;
using Kind = pe::UnwindStep::Kind;

namespace {

pe::ImageReader over(std::vector<unsigned> bytes) {
  return [bytes](std::uint64_t rva, std::span<std::byte> out) {
    if (rva > bytes.size() || out.size() > bytes.size() - rva) {
      return false;
    }
    std::transform(bytes.begin() + static_cast<std::ptrdiff_t>(rva),
                   bytes.begin() + static_cast<std::ptrdiff_t>(rva + out.size()), out.begin(),
                   [](unsigned byte) { return std::byte(byte); });
    return true;
  };
}

pe::TableEntry entry(std::uint32_t unwind) { return {0x1000, 0x1100, unwind}; }

} // namespace

TEST_CASE("codes of version 2 that tell where epilogs are have no effect on the frame", "[pe]") {
  const auto frame =
      pe::describe_x64(over({2, 4, 4, 0, 0x08, 0x16, 0x20, 0x06, 0x04, 0x42, 0x02, 0x30}), entry(0));
  REQUIRE(frame);
  REQUIRE(frame->steps.size() == 2);
  CHECK(frame->steps[0].kind == Kind::allocate);
  CHECK(frame->steps[0].value == 0x28);
  CHECK(frame->steps[1].kind == Kind::push);
  CHECK(frame->steps[1].reg == 3);
}

TEST_CASE("a chained function takes over what its parent did, frame register included", "[pe]") {
  // At 0: chained, nothing of its own. At 0x10: the parent, which set rbp.
  const auto frame =
      pe::describe_x64(over({0x21, 0, 0, 0,    0, 0x10, 0, 0,   0, 0x11, 0, 0, 0x10, 0, 0, 0, //
                             1,    5, 2, 0x25, 5, 3,    1, 0x50}),
                       entry(0));
  REQUIRE(frame);
  CHECK(frame->steps.empty());
  REQUIRE(frame->outer.size() == 2);
  CHECK(frame->outer[0].kind == Kind::set_frame);
  CHECK(frame->frame_register == std::uint8_t{5});
  CHECK(frame->frame_offset == 0x20);
}

TEST_CASE("chains and indirections that lead back to themselves end", "[pe][hostile]") {
  CHECK_FALSE(pe::describe_x64(over({0x21, 0, 0, 0, 0, 0x10, 0, 0, 0, 0x11, 0, 0, 0, 0, 0, 0}), entry(0)));
  CHECK_FALSE(pe::describe_x64(over({0, 0x10, 0, 0, 0, 0x11, 0, 0, 1, 0, 0, 0}), entry(1)));
}

TEST_CASE("unknown versions, unknown codes and codes without their operands are refused", "[pe][hostile]") {
  CHECK_FALSE(pe::describe_x64(over({3, 0, 0, 0}), entry(0)));
  CHECK_FALSE(pe::describe_x64(over({1, 0, 1, 0, 0, 0x0b, 0, 0}), entry(0)));
  CHECK_FALSE(pe::describe_x64(over({1, 0, 1, 0, 0, 0x01, 0, 0}), entry(0)));
  CHECK_FALSE(pe::describe_x64(over({1, 0, 8, 0, 0, 0x01}), entry(0)));
}

TEST_CASE("an ARM64 record saves pairs, and save_next the pair behind", "[pe]") {
  // Length 0x40, one code word: set_fp; save_fplr_x 32; end.
  const auto frame = pe::describe_arm64(over({0x10, 0, 0, 0x08, 0xe1, 0x83, 0xe4, 0xe4}), {0x1000, 0, 0});
  REQUIRE(frame);
  CHECK(frame->end == 0x1040);
  REQUIRE(frame->steps.size() == 2);
  CHECK(frame->steps[0].kind == Kind::set_frame);
  CHECK(frame->steps[0].offset == 8);
  CHECK(frame->steps[1].kind == Kind::push_pair);
  CHECK(frame->steps[1].reg == 29);
  CHECK(frame->steps[1].value == 32);
  CHECK(frame->steps[1].offset == 4);

  // save_next; save_regp_x x19, -32; end.
  const auto next = pe::describe_arm64(over({0x10, 0, 0, 0x08, 0xe6, 0xcc, 0x03, 0xe4}), {0x1000, 0, 0});
  REQUIRE(next);
  REQUIRE(next->steps.size() == 2);
  CHECK(next->steps[0].kind == Kind::save_pair);
  CHECK(next->steps[0].reg == 21);
  CHECK(next->steps[0].value == 16);
  CHECK(next->steps[1].kind == Kind::push_pair);
  CHECK(next->steps[1].reg == 19);
  CHECK(next->steps[1].value == 32);
}

TEST_CASE("a packed ARM64 entry stands for the canonical prolog", "[pe]") {
  // 0x40 bytes long, x19 and x20, frame chain, 64 bytes in all.
  const std::uint32_t packed = 1U | (0x10U << 2U) | (2U << 16U) | (3U << 21U) | (4U << 23U);
  const auto frame = pe::describe_arm64(over({}), {0x1000, 0, packed});
  REQUIRE(frame);
  CHECK(frame->end == 0x1040);
  REQUIRE(frame->steps.size() == 5);
  CHECK(frame->steps[0].kind == Kind::set_frame);
  CHECK(frame->steps[1].kind == Kind::push_pair);
  CHECK(frame->steps[1].value == 48);
  CHECK(frame->steps[2].reg == 20);
  CHECK(frame->steps[2].offset == frame->steps[3].offset); // one instruction stores both
  CHECK(frame->steps[4].kind == Kind::allocate);
  CHECK(frame->steps[4].value == 16);
}

TEST_CASE("a packed ARM64 entry whose frame is smaller than what it saves is refused", "[pe][hostile]") {
  CHECK_FALSE(pe::describe_arm64(over({}), {0x1000, 0, 1U | (0x10U << 2U) | (10U << 16U)}));
  CHECK_FALSE(pe::describe_arm64(over({}), {0x1000, 0, 3U}));
}
