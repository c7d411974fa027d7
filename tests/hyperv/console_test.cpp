// Pictures of consoles: as large as the host's envelopes take them.
#include "tests/hyperv/hyperv_lab.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;
using namespace migstorm::test;

namespace {

constexpr std::string_view kMethod = "GetVirtualSystemThumbnailImage";

std::string image(std::size_t bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes; ++i) {
    out += p("ImageData", std::to_string(i % 256));
  }
  return out + p("ReturnValue", "0");
}

} // namespace

TEST_CASE("a host of 2012 and later is asked for 96x72", "[console]") {
  HypervLab lab;
  lab.probe_all();
  lab.hv1.returns(kMethod, image(std::size_t{2} * 96 * 72));
  const auto picture = lab.ask(lab.cluster().console("hv1.lab.test", kG03));
  REQUIRE(picture);
  CHECK(picture->width == 96);
  CHECK(picture->height == 72);
  REQUIRE(picture->pixels.size() == std::size_t{2} * 96 * 72);
  CHECK(picture->pixels[255] == 255);
  CHECK(picture->pixels[256] == 0);
  const SeenRequest& request = lab.hv1.seen.front();
  CHECK(request.selectors.at("Name") == "vmms");
  CHECK(request.argument("WidthPixels") == "96");
  CHECK(request.argument("HeightPixels") == "72");
  CHECK(request.body.find("Microsoft:" + kG03) != std::string::npos);
}

TEST_CASE("a host of 2008 R2 is asked for 56x42, in its own namespace", "[console]") {
  HypervLab lab;
  lab.hv1 = HostScript();
  make_2008r2(lab.hv1, "HV1");
  lab.hv1.returns(kMethod, image(std::size_t{2} * 56 * 42));
  const auto picture = lab.ask(lab.cluster().console("hv1.lab.test", kG03));
  REQUIRE(picture);
  CHECK(picture->width == 56);
  CHECK(lab.hv1.seen.back().resource_uri.find("root/virtualization/Msvm_VirtualSystemManagementService") !=
        std::string::npos);
}

TEST_CASE("a host whose pictures are too large after all is asked for smaller ones", "[console]") {
  HypervLab lab;
  lab.probe_all();
  lab.hv1.on_method(kMethod, HostScript::faults(fault("w:InternalError", "2150858829", "too large")));
  std::vector<std::string> widths;
  for (int i = 0; i < 4; ++i) {
    const auto picture = lab.ask(lab.cluster().console("hv1.lab.test", kG03));
    REQUIRE_FALSE(picture);
    if (!lab.hv1.seen.empty()) {
      widths.push_back(lab.hv1.seen.back().argument("WidthPixels"));
    }
    lab.forget();
    CHECK((picture.error().code == Errc::unsupported) == (i == 3));
  }
  CHECK(widths == std::vector<std::string>{"96", "80", "56"});
}

TEST_CASE("a picture that is not of the size asked for is no picture", "[console]") {
  HypervLab lab;
  lab.probe_all();
  lab.hv1.returns(kMethod, image(7));
  CHECK(lab.ask(lab.cluster().console("hv1.lab.test", kG03)).error().code == Errc::remote_fault);
  lab.hv1.returns(kMethod, p("ImageData", "256") + image(std::size_t{2} * 96 * 72 - 1));
  CHECK(lab.ask(lab.cluster().console("hv1.lab.test", kG03)).error().code == Errc::remote_fault);
  lab.hv1.returns(kMethod, p("ReturnValue", "32775"));
  CHECK_FALSE(lab.ask(lab.cluster().console("hv1.lab.test", kG03)));
}

TEST_CASE("a picture whose answer got lost is asked for again", "[console]") {
  HypervLab lab;
  lab.probe_all();
  lab.hv1.on_method(kMethod, [&lab](const SeenRequest&) -> Result<wsman::Reply> {
    lab.hv1.returns(kMethod, image(std::size_t{2} * 96 * 72));
    return Error{Errc::unknown_outcome, "closed"};
  });
  CHECK(lab.ask(lab.cluster().console("hv1.lab.test", kG03)));
  CHECK(lab.hv1.calls_of(kMethod).size() == 2);
}
