#include "analyzers/kdump/dump.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/dump_builder.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

using namespace migstorm;
using namespace migstorm::kdump;
using namespace migstorm::test;
using Catch::Contains;

namespace {

class Folder {
public:
  Folder()
      : path_(std::filesystem::temp_directory_path() / ("migstorm-unpack-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  std::string write(const std::string& name, const Image& bytes) const {
    std::ofstream out(path_ / name, std::ios::binary);
    for (const std::byte b : bytes) {
      out.put(static_cast<char>(b));
    }
    return (path_ / name).string();
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }
  bool holds_only(const std::string& name) const {
    std::size_t others = 0;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      others += entry.path().filename() == name ? 0u : 1u;
    }
    return others == 0;
  }

private:
  std::filesystem::path path_;
};

Image dump_bytes() { return bitmap_dump(machine_with_modules(PagingMode::x64_4_level)); }

enum class Format { gzip, zstd, zip };

// Packs with the library's writer; the product uses only its reader.
std::string pack(const Folder& folder, Format format,
                 const std::vector<std::pair<std::string, Image>>& files) {
  const std::string path = folder.path("packed.bin");
  archive* out = archive_write_new();
  if (format == Format::zip) {
    archive_write_set_format_zip(out);
  } else {
    archive_write_set_format_raw(out);
    format == Format::gzip ? archive_write_add_filter_gzip(out) : archive_write_add_filter_zstd(out);
  }
  REQUIRE(archive_write_open_filename(out, path.c_str()) == ARCHIVE_OK);
  for (const auto& [name, bytes] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    REQUIRE(archive_write_header(out, entry) == ARCHIVE_OK);
    REQUIRE(archive_write_data(out, bytes.data(), bytes.size()) == static_cast<la_ssize_t>(bytes.size()));
    archive_entry_free(entry);
  }
  archive_write_close(out);
  archive_write_free(out);
  return path;
}

Image read_all(ByteSource& source) {
  Image out(static_cast<std::size_t>(source.size()));
  const auto got = source.read_at(0, out);
  REQUIRE(got);
  CHECK(*got == out.size());
  return out;
}

// Frames of `frame_size` bytes and the table that makes them seekable.
Image seekable_zstd(const Image& plain, std::size_t frame_size) {
  Image out;
  Image entries;
  for (std::size_t at = 0; at < plain.size(); at += frame_size) {
    const std::size_t size = std::min(frame_size, plain.size() - at);
    Image frame(ZSTD_compressBound(size));
    frame.resize(ZSTD_compress(frame.data(), frame.size(), plain.data() + at, size, 3));
    out.insert(out.end(), frame.begin(), frame.end());
    put32(entries, entries.size(), static_cast<std::uint32_t>(frame.size()));
    put32(entries, entries.size(), static_cast<std::uint32_t>(size));
  }
  put32(out, out.size(), 0x184D2A5E);
  put32(out, out.size(), static_cast<std::uint32_t>(entries.size() + 9));
  out.insert(out.end(), entries.begin(), entries.end());
  put32(out, out.size(), static_cast<std::uint32_t>(entries.size() / 8));
  put(out, out.size(), 0, 1);
  put32(out, out.size(), 0x8F92EAB1);
  return out;
}

std::string refusal(const std::string& path, const UnpackOptions& options = {}) {
  const auto source = open_dump_file(path, options);
  REQUIRE_FALSE(source);
  return source.error().detail;
}

// By the unpacking or, where a library takes anything for plain bytes, by the dump's own check.
bool refused(const std::string& path) {
  const auto source = open_dump_file(path);
  return !source || !Dump::open(**source);
}

} // namespace

TEST_CASE("packed dumps read as the dump that was packed", "[unpack]") {
  const Folder folder;
  const Image plain = dump_bytes();
  const auto format = GENERATE(Format::gzip, Format::zstd, Format::zip);
  const std::string path = pack(folder, format, {{"MEMORY.DMP", plain}});
  const auto source = open_dump_file(path, UnpackOptions{1u << 30, folder.path("")});
  REQUIRE(source);
  CHECK((*source)->remarks().empty());
  CHECK(read_all(**source) == plain);
  CHECK(folder.holds_only("packed.bin")); // what it was unpacked into has no name
  const auto dump = Dump::open(**source);
  REQUIRE(dump);
  CHECK(dump->modules().size() == 2);
}

TEST_CASE("a dump that is not packed is read from where it is", "[unpack]") {
  const Folder folder;
  const Image plain = dump_bytes();
  const auto source = open_dump_file(folder.write("MEMORY.DMP", plain));
  REQUIRE(source);
  CHECK(read_all(**source) == plain);
  CHECK((*source)->bytes_read() == plain.size());
}

TEST_CASE("of a .zip the kernel dump is taken, whatever stands before it", "[unpack]") {
  const Folder folder;
  Image note;
  put_text(note, 0, "collected by hand");
  const Image plain = dump_bytes();
  const std::string path = pack(folder, Format::zip, {{"README.txt", note}, {"dumps/MEMORY.DMP", plain}});
  const auto source = open_dump_file(path);
  REQUIRE(source);
  CHECK(read_all(**source) == plain);
}

TEST_CASE("an archive that ends early gives what came before", "[unpack][hostile]") {
  const Folder folder;
  Image plain = dump_bytes();
  std::uint32_t state = 1;
  for (std::size_t at = plain.size(); at < 3'000'000; ++at) { // noise, so that it packs badly
    state = state * 1664525 + 1013904223;
    plain.push_back(static_cast<std::byte>(state >> 24));
  }
  const auto format = GENERATE(Format::gzip, Format::zstd, Format::zip);
  const std::string path = pack(folder, format, {{"MEMORY.DMP", plain}});
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  const auto source = open_dump_file(path);
  REQUIRE(source);
  REQUIRE((*source)->remarks().size() == 1);
  CHECK_THAT((*source)->remarks()[0], Contains("unpacking broke off after"));
  CHECK((*source)->size() < plain.size());
  const auto dump = Dump::open(**source);
  REQUIRE(dump);
  CHECK(dump->warnings()[0] == (*source)->remarks()[0]);
}

TEST_CASE("what unpacks without end is stopped", "[unpack][hostile]") {
  const Folder folder;
  const std::string path = pack(folder, Format::gzip, {{"MEMORY.DMP", Image(4u << 20)}});
  CHECK_THAT(refusal(path, {1u << 20, {}}), Contains("unpacks to more than 1048576 bytes"));
}

TEST_CASE("zeros of an unpacked dump take no room", "[unpack]") {
  const Folder folder;
  Image plain = dump_bytes();
  plain.resize(64u << 20);
  plain.back() = std::byte{1};
  const auto source = open_dump_file(pack(folder, Format::zstd, {{"MEMORY.DMP", plain}}));
  REQUIRE(source);
  CHECK((*source)->size() == plain.size());
  std::array<std::byte, 2> tail{};
  REQUIRE((*source)->read_at(plain.size() - 2, tail));
  CHECK(tail == std::array{std::byte{0}, std::byte{1}});
}

TEST_CASE("archives without a dump are refused", "[unpack][hostile]") {
  const Folder folder;
  Image image;
  SECTION("an empty .zip") {
    const std::string path = pack(folder, Format::zip, {});
    CHECK(refused(path));
  }
  SECTION("gzip of nothing sensible") {
    put32(image, 0, 0xff088b1f);
    put64(image, 4, ~0ull);
    CHECK(refused(folder.write("x", image)));
  }
  SECTION("zstd of nothing sensible") {
    put32(image, 0, 0xfd2fb528);
    put64(image, 4, ~0ull);
    CHECK(refused(folder.write("x", image)));
  }
  SECTION("no file") { CHECK_THAT(refusal(folder.path("absent")), Contains("No such file")); }
  SECTION("a folder") { CHECK_THAT(refusal(folder.path("")), Contains("not a regular file")); }
  SECTION("a pipe that nobody writes to") {
    REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
    CHECK_THAT(refusal(folder.path("pipe")), Contains("not a regular file"));
  }
}

TEST_CASE("a seekable .zst is read in place, frame by frame", "[unpack]") {
  const Folder folder;
  const Image plain = dump_bytes();
  const std::string path = folder.write("packed.bin", seekable_zstd(plain, GENERATE(1000u, 4096u, 1u << 20)));
  const auto source = open_dump_file(path, UnpackOptions{1u << 30, "/nonexistent"}); // needs none
  REQUIRE(source);
  CHECK(read_all(**source) == plain);
  std::array<std::byte, 8> word{};
  REQUIRE((*source)->read_at(996, word));
  CHECK(std::equal(word.begin(), word.end(), plain.begin() + 996));
  const auto dump = Dump::open(**source);
  REQUIRE(dump);
  CHECK(dump->modules().size() == 2);
}

TEST_CASE("a seek table that lies is not used, or found out when its frame is read", "[unpack][hostile]") {
  const Folder folder;
  const Image plain = dump_bytes();
  Image packed = seekable_zstd(plain, 8192);
  const std::uint64_t frames = (plain.size() + 8191) / 8192;
  const std::uint64_t table = packed.size() - 9 - 8 * frames;
  SECTION("packed sizes that do not add up: unpacked as a whole") {
    put32(packed, table, 5);
    const auto source = open_dump_file(folder.write("x", packed));
    REQUIRE(source);
    CHECK(read_all(**source) == plain);
  }
  SECTION("more frames than bytes") {
    put32(packed, packed.size() - 9, 1u << 19);
    const auto source = open_dump_file(folder.write("x", packed));
    REQUIRE(source);
    CHECK(read_all(**source) == plain);
  }
  SECTION("a frame of another size") {
    put32(packed, table + 4, 8000);
    const auto source = open_dump_file(folder.write("x", packed));
    REQUIRE(source);
    std::array<std::byte, 16> some{};
    const auto got = (*source)->read_at(0, some);
    REQUIRE_FALSE(got);
    CHECK_THAT(got.error().detail, Contains("frame 0 does not unpack to its 8000 bytes"));
  }
}
