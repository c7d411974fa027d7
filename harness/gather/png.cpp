#include "harness/gather/png.hpp"

#include <fmt/format.h>

#include <png.h>
#include <vector>

namespace migstorm::gather {
namespace {

constexpr std::uint64_t kPixelsMax = 1'000'000;

// Five and six bits spread over the whole range.
std::vector<png_byte> to_rgb(const hyperv::ConsolePicture& picture) {
  std::vector<png_byte> rgb;
  rgb.reserve(picture.pixels.size() / 2 * 3);
  for (std::size_t i = 0; i + 1 < picture.pixels.size(); i += 2) {
    const auto pixel = static_cast<std::uint32_t>(picture.pixels[i] | (picture.pixels[i + 1] << 8U));
    rgb.push_back(static_cast<png_byte>((pixel >> 11U) * 255 / 31));
    rgb.push_back(static_cast<png_byte>(((pixel >> 5U) & 0x3fU) * 255 / 63));
    rgb.push_back(static_cast<png_byte>((pixel & 0x1fU) * 255 / 31));
  }
  return rgb;
}

} // namespace

Result<std::string> to_png(const hyperv::ConsolePicture& picture) {
  const auto pixels = std::uint64_t{picture.width} * picture.height;
  if (pixels == 0 || pixels > kPixelsMax || picture.pixels.size() != 2 * pixels) {
    return Error{Errc::malformed, fmt::format("no picture of {}x{} pixels has {} bytes", picture.width,
                                              picture.height, picture.pixels.size())};
  }
  const std::vector<png_byte> rgb = to_rgb(picture);
  png_image image{};
  image.version = PNG_IMAGE_VERSION;
  image.width = picture.width;
  image.height = picture.height;
  image.format = PNG_FORMAT_RGB;
  png_alloc_size_t size = PNG_IMAGE_PNG_SIZE_MAX(image);
  std::string png(size, '\0');
  if (png_image_write_to_memory(&image, png.data(), &size, 0, rgb.data(), 0, nullptr) == 0) {
    return Error{Errc::malformed, fmt::format("PNG: {}", image.message)};
  }
  png.resize(size);
  return png;
}

} // namespace migstorm::gather
