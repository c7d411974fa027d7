#include "harness/watch/thumbnail_size.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/lab_requests.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;

namespace {

const std::string kService = kWmi + kVirt + "/Msvm_VirtualSystemManagementService";
const std::string kThumbnail = "GetVirtualSystemThumbnailImage";

// The answer with a white picture, whose bytes are the longest to write, in an envelope of so many bytes.
Answer picture(watch::ThumbnailSize size, std::uint64_t envelope_max) {
  Lab lab;
  lab.machine.result.out = {
      {"ImageData", cim::Array(std::size_t{2} * size.width * size.height, number(255))}};
  return lab.send(
      envelope(kService, kService + "/" + kThumbnail,
               "<w:MaxEnvelopeSize>" + std::to_string(envelope_max) + "</w:MaxEnvelopeSize><w:SelectorSet>" +
                   selector("Name", "vmms") + "</w:SelectorSet>",
               "<p:" + kThumbnail + "_INPUT xmlns:p=\"" + kService + "\"><p:WidthPixels>" +
                   std::to_string(size.width) + "</p:WidthPixels><p:HeightPixels>" +
                   std::to_string(size.height) + "</p:HeightPixels></p:" + kThumbnail + "_INPUT>"));
}

} // namespace

TEST_CASE("a thumbnail of the size for an envelope fits it, a larger one is a fault", "[endpoint]") {
  for (const std::uint64_t envelope_max : {153'600U, 512'000U}) {
    const auto size = watch::thumbnail_size(envelope_max).value();
    const auto answer = picture(size, envelope_max);
    REQUIRE(answer.reply.status == 200);
    CHECK(answer.reply.body.size() <= envelope_max);
    const auto pixels = watch::kThumbnailByteXml * 2 * size.width * size.height;
    CHECK(answer.reply.body.size() >= pixels); // each byte is as long as was reckoned with
    CHECK(answer.reply.body.size() - pixels <= watch::kThumbnailEnvelope);
  }
  CHECK(picture({60, 45}, 153'600).code() == "2150858829"); // carried out, and too large to say
  CHECK(picture({108, 81}, 512'000).code() == "2150858829");
}
