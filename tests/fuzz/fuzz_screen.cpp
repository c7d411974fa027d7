// A picture of a console, as a host may send it: width and height in the first two bytes, then pixels.
#include "harness/gather/png.hpp"
#include "harness/watch/stop_screen.hpp"

#include <cstdint>

using namespace migstorm;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const hyperv::ConsolePicture picture{data[0], data[1], {data + 2, data + size}};
  const bool whole = picture.pixels.size() == std::size_t{2} * picture.width * picture.height;
  const auto seen = watch::recognise_stop_screen(picture.pixels, picture.width, picture.height);
  if (seen.reason.empty() || (!whole && seen.grade != watch::ScreenGrade::none)) {
    __builtin_trap();
  }
  if (gather::to_png(picture).has_value() != (whole && !picture.pixels.empty())) {
    __builtin_trap();
  }
  return 0;
}
