#include "harness/gather/evidence.hpp"
#include "harness/gather/kept_picture.hpp"
#include "harness/gather/png.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <fstream>
#include <png.h>
#include <sstream>

using namespace migstorm;
using namespace migstorm::gather;

namespace {

// Black, white, red, green, blue and a grey, three wide.
hyperv::ConsolePicture six_pixels() {
  hyperv::ConsolePicture picture{3, 2, {}};
  for (const unsigned pixel : {0x0000U, 0xffffU, 0xf800U, 0x07e0U, 0x001fU, 0x8410U}) {
    picture.pixels.push_back(static_cast<std::uint8_t>(pixel & 0xffU));
    picture.pixels.push_back(static_cast<std::uint8_t>(pixel >> 8U));
  }
  return picture;
}

std::vector<png_byte> read_png(const std::string& bytes, std::uint32_t& width, std::uint32_t& height) {
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  REQUIRE(png_image_begin_read_from_memory(&image, bytes.data(), bytes.size()) != 0);
  image.format = PNG_FORMAT_RGB;
  width = image.width;
  height = image.height;
  std::vector<png_byte> rgb(PNG_IMAGE_SIZE(image));
  REQUIRE(png_image_finish_read(&image, nullptr, rgb.data(), 0, nullptr) != 0);
  return rgb;
}

} // namespace

TEST_CASE("a console becomes a PNG with its colours", "[picture]") {
  const Result<std::string> png = to_png(six_pixels());
  REQUIRE(png);
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  CHECK(read_png(*png, width, height) == std::vector<png_byte>{0, 0, 0, 255, 255, 255, 255, 0, 0, //
                                                               0, 255, 0, 0, 0, 255, 131, 129, 131});
  CHECK(width == 3);
  CHECK(height == 2);
}

TEST_CASE("what is no picture becomes no PNG", "[picture]") {
  hyperv::ConsolePicture picture = six_pixels();
  picture.pixels.pop_back();
  CHECK(to_png(picture).error().code == Errc::malformed);
  CHECK_FALSE(to_png({}));
  CHECK_FALSE(to_png({0xffffffff, 0xffffffff, {}}));
}

TEST_CASE("a crash's picture lies in its folder, a better one takes its place", "[picture]") {
  const std::filesystem::path folder = std::filesystem::temp_directory_path() / "migstorm-picture-test";
  std::filesystem::remove_all(folder);
  SimRuntime runtime;
  const auto keeper = make_picture_keeper(runtime, folder.string());
  Crash crash;
  crash.number = 3;
  crash.guest_name = "sql-01";
  REQUIRE(run(runtime, keeper->keep(crash, hyperv::ConsolePicture{1, 1, {0, 0}})));
  REQUIRE(run(runtime, keeper->keep(crash, six_pixels())));
  const auto files = list_evidence((folder / "crash-0003-sql-01").string());
  REQUIRE(files);
  REQUIRE(files->size() == 1);
  CHECK(files->front().name == "console.png");
  std::ifstream in(folder / "crash-0003-sql-01" / "console.png", std::ios::binary);
  std::stringstream bytes;
  bytes << in.rdbuf();
  CHECK(bytes.str() == *to_png(six_pixels()));
  CHECK_FALSE(run(runtime, keeper->keep(crash, hyperv::ConsolePicture{2, 2, {}})));
  std::filesystem::remove_all(folder);
}
