#include "analyzers/kdump/header.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/dump_builder.hpp"

using namespace migstorm;
using namespace migstorm::kdump;
using namespace migstorm::test;

namespace {

Image valid64() { return header_of(machine_with_modules(PagingMode::x64_4_level), 1); }

std::string refusal(const Image& image) {
  const auto header = read_header(image);
  REQUIRE_FALSE(header);
  return header.error().detail;
}

} // namespace

TEST_CASE("a 64-bit header gives the bugcheck without the mark of small dumps", "[header]") {
  const auto header = read_header(valid64());
  REQUIRE(header);
  CHECK(header->kind == Kind::full);
  CHECK(header->machine == Machine::x64);
  CHECK(header->build == 19041);
  CHECK(header->processors == 2);
  CHECK(header->bugcheck_code == 0xd1);
  CHECK(header->bugcheck_marked);
  CHECK(header->bugcheck_parameters == std::array<std::uint64_t, 4>{0x28, 2, 0, 0xfffff803184010ab});
  CHECK(header->loaded_module_list == kListHead64);
  CHECK(header->system_time == 132377573507441524);
  CHECK(header->context.size() == 0x4d0);
  REQUIRE(header->exception);
  CHECK(header->exception->code == 0x80000003);
}

TEST_CASE("codes that only look marked keep their bits", "[header]") {
  Image image = valid64();
  const auto code = GENERATE(0xdeaddeadu, 0xc000021au, 0xd1u);
  put32(image, 0x38, code);
  const auto header = read_header(image);
  REQUIRE(header);
  CHECK(header->bugcheck_code == code);
  CHECK_FALSE(header->bugcheck_marked);
}

TEST_CASE("fields filled with PAGE are absent, not data", "[header]") {
  const auto header = read_header(valid64());
  REQUIRE(header);
  CHECK(header->comment.empty());
  CHECK(header->version_user.empty());
  CHECK_FALSE(header->debugger_data);
  CHECK_FALSE(header->required_dump_space);
  CHECK_FALSE(header->system_up_time);
  CHECK_FALSE(header->writer_status);

  Image no_context = valid64();
  put_text(no_context, 0x378, "PAGE");
  put_text(no_context, 0x88, "PAGE");
  const auto filled = read_header(no_context);
  REQUIRE(filled);
  CHECK(filled->context.empty());
  CHECK(filled->runs.empty());
}

TEST_CASE("a 32-bit header says whether its machine used PAE", "[header]") {
  const auto pae = read_header(header_of(machine_with_modules(PagingMode::x86_pae), 1));
  REQUIRE(pae);
  CHECK(pae->pae);
  CHECK(pae->machine == Machine::x86);
  CHECK(pae->pointer_size == 4);
  CHECK(pae->bugcheck_parameters[3] == 0x8a0010ab);
  CHECK(pae->loaded_module_list == kListHead32);
  CHECK(pae->context.size() == 0x2cc);
  const auto plain = read_header(header_of(machine_with_modules(PagingMode::x86), 1));
  REQUIRE(plain);
  CHECK_FALSE(plain->pae);
}

TEST_CASE("every type that Windows writes has its name", "[header]") {
  const auto [type, name] = GENERATE(table<std::uint32_t, const char*>({{1, "full"},
                                                                        {2, "kernel-summary"},
                                                                        {3, "header"},
                                                                        {4, "triage"},
                                                                        {5, "bitmap-full"},
                                                                        {6, "bitmap-kernel"},
                                                                        {7, "bitmap-kernel"},
                                                                        {8, "kernel-range"},
                                                                        {9, "kernel-user-range"},
                                                                        {10, "complete-range"}}));
  const auto header = read_header(header_of(machine_with_modules(PagingMode::x64_4_level), type));
  REQUIRE(header);
  CHECK(to_string(header->kind) == name);
  CHECK(header->dump_type == type);
}

TEST_CASE("files of other kinds are refused by their names", "[header][hostile]") {
  const auto [magic, words] =
      GENERATE(table<const char*, const char*>({{"MDMP", "user-mode minidump"},
                                                {"\x7f"
                                                 "ELF",
                                                 "ELF core"},
                                                {"Raw_Dmp!", "offline dump"},
                                                {"Enc_Dmp!", "encrypted dump"},
                                                {"HIBR", "hibernation"},
                                                {"MZ\x90\x01", "not a Windows kernel dump"}}));
  Image image(0x2000);
  put_text(image, 0, magic);
  CHECK_THAT(refusal(image), Catch::Contains(words));
}

TEST_CASE("a header that is spoiled or cut off is refused with its numbers", "[header][hostile]") {
  Image image = valid64();
  SECTION("cut inside the header") {
    image.resize(0x1fff);
    CHECK(refusal(image) == "the file ends after 8191 bytes, inside its header of 8192");
  }
  SECTION("cut inside the signature") {
    image.resize(5);
    CHECK(refusal(image) == "5 bytes are too few for a kernel dump");
  }
  SECTION("nothing at all") { CHECK(refusal({}) == "0 bytes are too few for a kernel dump"); }
  SECTION("not finished by its writer") {
    CHECK_THAT(refusal(Image(0x2000)), Catch::Contains("the header is written last"));
  }
  SECTION("type") {
    put32(image, 0xf98, 11);
    CHECK(refusal(image) == "dump header: dump type 11 is not known");
  }
  SECTION("machine") {
    put32(image, 0x30, 0x200);
    CHECK_THAT(refusal(image), Catch::Contains("machine type 0x200"));
  }
  SECTION("machine and header do not fit") {
    put32(image, 0x30, 0x14c);
    CHECK_THAT(refusal(image), Catch::Contains("64-bit header of a machine that is x86"));
  }
}

TEST_CASE("a run table that lies costs the runs, not the header", "[header][hostile]") {
  Image image = valid64();
  SECTION("too many runs") { put32(image, 0x88, 87); }
  SECTION("a run above physical memory") { put64(image, 0x98, 1ull << 40); }
  SECTION("a run whose end wraps") { put64(image, 0xa0, ~0ull); }
  const auto header = read_header(image);
  REQUIRE(header);
  CHECK(header->runs.empty());
  CHECK(header->bugcheck_code == 0xd1);
}
