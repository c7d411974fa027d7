#include "analyzers/triage/culprit.hpp"

#include "tests/support/catch.hpp"

#include <algorithm>

using namespace migstorm;
using namespace migstorm::triage;

namespace {

// "storvsc!StorChannelVmbusCallback+5b"; "nt!" has no function.
NamedFrame frame(const std::string& text, FrameSource source = FrameSource::unwind) {
  static std::uint64_t next = 0xfffff80012345000;
  NamedFrame out;
  const std::size_t bang = text.find('!');
  const std::size_t plus = text.find('+');
  out.place.module = text.substr(0, bang);
  if (bang != std::string::npos) {
    out.place.function = text.substr(bang + 1, plus == std::string::npos ? plus : plus - bang - 1);
  }
  out.place.offset = plus == std::string::npos ? 0 : std::stoull(text.substr(plus + 1), nullptr, 16);
  out.place.rva = 0x1100;
  out.place.timestamp = 0x4ce7a3c2;
  out.place.address = next += 0x10;
  out.frame.ip = out.place.address;
  out.frame.source = source;
  return out;
}

std::vector<NamedFrame> founding_stack() {
  return {frame("nt!KeBugCheckEx"),
          frame("nt!KiBugCheckDispatch+69"),
          frame("nt!KiPageFault+260"),
          frame("storvsc!StorChannelVmbusCallback+2b8"),
          frame("vmbus!ChildInterruptDpc+5e"),
          frame("nt!KiRetireDpcList+1bc"),
          frame("nt!KiIdleLoop+5a")};
}

struct Found {
  Culprit culprit;
  std::vector<std::string> trace;
};

Found find(const std::vector<NamedFrame>& frames, std::uint32_t code = 0xd1,
           std::optional<Place> instruction = std::nullopt) {
  Found out;
  const Rules& rules = built_in_rules();
  const CulpritQuestion question{frames, rules, rules.find(code), std::move(instruction)};
  out.culprit = find_culprit(question, out.trace);
  return out;
}

bool tells(const Found& found, const std::string& words) {
  return std::any_of(found.trace.begin(), found.trace.end(),
                     [&words](const std::string& line) { return line.find(words) != std::string::npos; });
}

} // namespace

TEST_CASE("the frame below the trap is the culprit", "[triage][culprit]") {
  const Found found = find(founding_stack());
  CHECK(found.culprit.place.text() == "storvsc!StorChannelVmbusCallback+0x2b8");
  CHECK(tells(found, "a trap (nt!KiPageFault*)"));
  CHECK(tells(found, "it is the culprit"));
}

TEST_CASE("the instruction that the bugcheck names is believed before the stack", "[triage][culprit]") {
  const auto frames = founding_stack();
  CHECK(find(frames, 0xd1, frames[3].place).culprit.place.module == "storvsc");
  const Found elsewhere = find({frame("nt!KeBugCheckEx")}, 0xd1, frame("foo!Bar+12").place);
  CHECK(elsewhere.culprit.place.text() == "foo!Bar+0x12");
  CHECK(tells(elsewhere, "not on the stack"));
}

TEST_CASE("a fault in the system is laid to the driver that called it", "[triage][culprit]") {
  const Found found = find({frame("nt!KeBugCheckEx"), frame("nt!KiPageFault+1"),
                            frame("nt!ExpWorkerThread+9"), frame("foo!Caller+7"), frame("bar!Deeper")});
  CHECK(found.culprit.place.module == "foo");
  CHECK(tells(found, "a driver further down would count"));
}

TEST_CASE("a helper is told beside the one who called it", "[triage][culprit]") {
  const Found found = find({frame("nt!KiPageFault+1"), frame("nt!memcpy+20"), frame("foo!Copy+7")});
  CHECK(found.culprit.place.function == "Copy");
  CHECK(found.culprit.via == "nt!memcpy");
  CHECK(signature_of(0xd1, {0, 2, 1, 0}, found.culprit.place) == "0xd1|write|foo!Copy");
}

TEST_CASE("without a driver the system's own function is named, and no lower than the thread's bottom",
          "[triage][culprit]") {
  const Found found = find(
      {frame("nt!KeBugCheckEx"), frame("nt!KiBugCheckDispatch+69"), frame("nt!KiSystemServiceExitPico+34d")},
      0x4a);
  CHECK(found.culprit.place.function == "KiSystemServiceExitPico");
  const Found idle = find({frame("nt!KeBugCheckEx"), frame("nt!KiRetireDpcList+1"), frame("nt!KiIdleLoop+5"),
                           frame("stale!Frame")});
  CHECK(idle.culprit.place.function == "KiRetireDpcList");
}

TEST_CASE("without symbols the first frame of the system is its own end", "[triage][culprit]") {
  const Found found =
      find({frame("nt"), frame("nt", FrameSource::scan), frame("nt", FrameSource::scan)}, 0x4a);
  CHECK(found.culprit.place.module == "nt");
  CHECK(found.culprit.guessed);
  const Found driver = find({frame("nt"), frame("foo", FrameSource::scan)});
  CHECK(driver.culprit.place.module == "foo");
  CHECK(driver.culprit.guessed);
}

TEST_CASE("nobody is named where nothing is known", "[triage][culprit]") {
  CHECK_FALSE(find({}).culprit.place.in_module());
  CHECK(signature_of(0xd1, {}, Place{}) == "0xd1|read");
  CHECK(signature_of(0, {}, Place{}).empty());
}

TEST_CASE("a signature has no offset; without symbols it has the image's identity", "[triage][culprit]") {
  Place place = frame("storvsc!StorChannelVmbusCallback+2b5").place;
  CHECK(signature_of(0xd1, {0x28, 2, 0, 0}, place) == "0xd1|read|storvsc!StorChannelVmbusCallback");
  CHECK(signature_of(0x1000007e, {}, place) == "0x7e|storvsc!StorChannelVmbusCallback");
  place.function.clear();
  CHECK(signature_of(0xd1, {0x28, 2, 0, 0}, place) == "0xd1|read|storvsc+0x1100@4ce7a3c2");
  place.timestamp.reset();
  CHECK(signature_of(0xd1, {0x28, 2, 0, 0}, place) == "0xd1|read|storvsc+0x1100");
}

TEST_CASE("the kernel is called nt whatever its file is called", "[triage][culprit]") {
  CHECK(short_module_name("ntkrnlmp.exe") == "nt");
  CHECK(short_module_name("NTOSKRNL.EXE") == "nt");
  CHECK(short_module_name("storvsc.sys") == "storvsc");
  CHECK(short_module_name("CI.dll") == "CI");
  CHECK(short_module_name("bare") == "bare");
}
