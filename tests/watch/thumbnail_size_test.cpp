#include "harness/watch/thumbnail_size.hpp"

#include "tests/support/catch.hpp"

using namespace migstorm::watch;

TEST_CASE("the picture asked for is the largest that the host's envelope takes", "[screens]") {
  CHECK(thumbnail_size(153'600) == ThumbnailSize{56, 42});
  CHECK(thumbnail_size(512'000) == ThumbnailSize{96, 72});
  CHECK(thumbnail_size(300'000) == ThumbnailSize{80, 60});
  CHECK(thumbnail_size(8'192'000) == ThumbnailSize{96, 72});
  CHECK(thumbnail_size(145'216) == ThumbnailSize{56, 42});
  CHECK_FALSE(thumbnail_size(145'215));
  CHECK_FALSE(thumbnail_size(0));
}
