#include "tests/support/lab_provider.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* kService = "Msvm_VirtualSystemManagementService";

cim::MethodResult summary(MachineUnderTest& host, std::initializer_list<std::uint64_t> codes,
                          cim::Value settings = null()) {
  return host.call(kVirtualizationV2, kService, "GetSummaryInformation",
                   {{"SettingData", std::move(settings)}, {"RequestedInformation", numbers(codes)}});
}

const cim::Instance& row(const cim::MethodResult& result, std::size_t index) {
  return *std::get<cim::InstancePtr>(out_array(result, "SummaryInformation").at(index));
}

// RGB565 at a pixel.
std::uint32_t pixel(const cim::Array& image, std::size_t index) {
  return static_cast<std::uint32_t>(std::get<std::uint64_t>(image.at(2 * index)) |
                                    std::get<std::uint64_t>(image.at(2 * index + 1)) << 8U);
}

} // namespace

TEST_CASE("one call summarises a whole host", "[provider]") {
  Hosts lab(kMixedLab);
  lab.pass(10min);
  auto hv = lab.host(kHv1);
  const auto result = summary(hv, {0, 1, 4, 100, 104, 105, 110});
  CHECK(result.return_value == 0);
  const auto& here = lab.model->guests_on(kHv1);
  REQUIRE(out_array(result, "SummaryInformation").size() == here.size());
  for (std::size_t i = 0; i < here.size(); ++i) {
    const auto& guest = lab.model->guests()[here[i]];
    CHECK(row(result, i).definition().name == "Msvm_SummaryInformation");
    CHECK(show(row(result, i), "Name") == guest.id);
    CHECK(show(row(result, i), "ElementName") == guest.name);
    CHECK(show(row(result, i), "EnabledState") == "2");
    CHECK(show(row(result, i), "Heartbeat") == "2");
    CHECK(show(row(result, i), "UpTime") == std::to_string(lab.model->uptime_ms(here[i])));
    CHECK(show(row(result, i), "OperationalStatus") == "2");
    // Not asked for.
    CHECK(show(row(result, i), "Notes") == "NULL");
    CHECK(show(row(result, i), "MemoryUsage") == "NULL");
    CHECK(show(row(result, i), "ThumbnailImage") == "NULL");
  }
}

TEST_CASE("a summary shows moves under way and their jobs", "[provider]") {
  Hosts lab(kMixedLab);
  auto hv = lab.host(kHv1);
  const auto job = lab.migrate("web-01", "HV2").job;
  const auto result = summary(hv, {108, 110}, cim::Array{cim::Scalar(lab.settings("web-01"))});
  REQUIRE(out_array(result, "SummaryInformation").size() == 1);
  CHECK(show(row(result, 0), "OperationalStatus") == "11,32774");
  const auto& tasks = std::get<cim::Array>(*row(result, 0).find("AsynchronousTasks"));
  REQUIRE(tasks.size() == 1);
  CHECK(show(*std::get<cim::InstancePtr>(tasks[0]), "InstanceID") == job);
}

TEST_CASE("a machine that is not there has an empty name in a summary", "[provider][hostile]") {
  Hosts lab(kMixedLab);
  auto hv = lab.host(kHv1);
  auto elsewhere =
      summary(hv, {1}, cim::Array{cim::Scalar(lab.settings("sql-01")), cim::Scalar(std::string("?"))});
  REQUIRE(out_array(elsewhere, "SummaryInformation").size() == 2);
  CHECK(show(row(elsewhere, 0), "Name").empty());
  CHECK(show(row(elsewhere, 1), "ElementName") == "NULL");
  CHECK(hv.call(kVirtualizationV2, kService, "GetSummaryInformation").return_value == 32773);
  CHECK(summary(hv, {1}, cim::Array(5000)).return_value == 32773);
  // Pictures of many machines at once would not fit anywhere.
  CHECK(summary(hv, {7}, cim::Array(100)).return_value == 32778);
}

TEST_CASE("the console shows a logon screen, and a stop screen after a crash", "[provider]") {
  Hosts lab(R"(
simulated:
  hosts: [{name: HV, count: 2}]
  guests: [{name: app, on: HV, load: 40MiB/s, disks: [{size: 40GiB, count: 4}]}]
  crash: {hazard: 1, dump: 60s}
)");
  auto hv = lab.host(0);
  const auto shot = [&](MachineUnderTest& host, std::uint64_t width, std::uint64_t height) {
    return host.call(kVirtualizationV2, kService, "GetVirtualSystemThumbnailImage",
                     {{"TargetSystem", reference(lab.settings("app"))},
                      {"WidthPixels", number(width)},
                      {"HeightPixels", number(height)}});
  };
  const auto well = shot(hv, 80, 60);
  CHECK(out_array(well, "ImageData").size() == 80 * 60 * 2);
  CHECK(pixel(out_array(well, "ImageData"), 0) != 0x0010);
  CHECK(shot(hv, 0, 60).return_value == 32773);
  CHECK(shot(hv, 65535, 65535).return_value == 32773);

  REQUIRE(lab.migrate("app", "HV2").return_value == 4096);
  const auto& guest = lab.model->guests()[0];
  for (int i = 0; i < 600 && !guest.crashed; ++i) {
    lab.pass(100ms);
  }
  REQUIRE(guest.crashed);
  auto owner = lab.host(guest.host);
  const auto crashed = shot(owner, 80, 60);
  const auto& image = out_array(crashed, "ImageData");
  std::size_t blue = 0;
  std::size_t white = 0;
  for (std::size_t i = 0; i < image.size() / 2; ++i) {
    blue += pixel(image, i) == 0x0010 ? 1U : 0U; // (0, 0, 128)
    white += pixel(image, i) == 0xffff ? 1U : 0U;
  }
  CHECK(blue + white == 80 * 60);
  CHECK(blue > 80 * 60 / 2);
  CHECK(white > 100);
}
