#include "harness/hyperv/values.hpp"

#include "harness/hyperv/property_list.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;

TEST_CASE("the old namespace's states are translated", "[values]") {
  CHECK(to_enabled_state(Schema::v1, 2) == EnabledState::enabled);
  CHECK(to_enabled_state(Schema::v1, 32768) == EnabledState::quiesce);
  CHECK(to_enabled_state(Schema::v1, 32769) == EnabledState::enabled_but_offline);
  CHECK(to_enabled_state(Schema::v1, 32774) == EnabledState::shutting_down);
  CHECK(to_enabled_state(Schema::v1, 9) == EnabledState::unknown);
  CHECK(to_enabled_state(Schema::v2, 9) == EnabledState::quiesce);
  CHECK(to_enabled_state(Schema::v2, 32785) == EnabledState::paused_critical);
}

TEST_CASE("numbers that are in no list become unknown", "[values][hostile]") {
  CHECK(to_enabled_state(Schema::v2, 32768) == EnabledState::unknown);
  CHECK(to_enabled_state(Schema::v2, UINT64_MAX) == EnabledState::unknown);
  CHECK(to_enabled_state(Schema::v2, std::nullopt) == EnabledState::unknown);
  CHECK(to_heartbeat(5) == Heartbeat::unknown);
  CHECK(to_heartbeat(13) == Heartbeat::lost_communication);
  CHECK(to_job_state(99) == JobState::running);
  CHECK(to_group_state(-7) == GroupState::unknown);
  CHECK(to_group_state(4) == GroupState::pending);
  CHECK(to_disk_type(65536 + 3) == DiskType::unknown);
}

TEST_CASE("states are called as the documentation calls them", "[values]") {
  CHECK(to_string(EnabledState::enabled_but_offline) == "Enabled but Offline");
  CHECK(to_string(EnabledState::running_critical) == "RunningCritical");
  CHECK(to_string(Heartbeat::lost_communication) == "Lost Communication");
  CHECK(to_string(JobState::completed_with_warnings) == "Completed with Warnings");
  CHECK(to_string(GroupState::partial_online) == "PartialOnline");
  CHECK(to_string(Via::cluster) == "cluster");
  CHECK(to_string(static_cast<EnabledState>(500)) == "Unknown");
}

TEST_CASE("devices are recognised by the names of both namespaces", "[values]") {
  CHECK(to_device("Microsoft:Hyper-V:Synthetic SCSI Controller") == Device::scsi_controller);
  CHECK(to_device("Microsoft Synthetic SCSI Controller") == Device::scsi_controller);
  CHECK(to_device("Microsoft Emulated IDE Controller") == Device::ide_controller);
  CHECK(to_device("Microsoft:Hyper-V:Virtual Hard Disk") == Device::virtual_disk);
  CHECK(to_device("Microsoft:Hyper-V:Virtual CD/DVD Disk") == Device::disc_image);
}

TEST_CASE("return codes say what can be done about them", "[values]") {
  CHECK(check_return("M", 0));
  CHECK(check_return("M", 4096));
  CHECK(check_return("M", 32769).error().code == Errc::denied);
  CHECK(check_return("M", 32770).error().code == Errc::unsupported);
  CHECK(check_return("M", 32772).error().code == Errc::unknown_outcome);
  CHECK(check_return("M", 32774).error().code == Errc::busy);
  CHECK(check_return("M", 32775).error().code == Errc::remote_fault);
  CHECK(check_return("Move", 32775).error().detail ==
        "Move returned 32775 (invalid state for the operation)");
  CHECK(check_return("M", 12345).error().code == Errc::remote_fault);
}

TEST_CASE("versions of Windows are compared by number", "[values]") {
  CHECK(older_than("6.1.7601", 6, 2));
  CHECK_FALSE(older_than("6.3.9600", 6, 2));
  CHECK_FALSE(older_than("10.0.14393", 6, 2));
  CHECK_FALSE(older_than("", 6, 2));
  CHECK_FALSE(older_than("nonsense", 6, 2));
}

TEST_CASE("the formats of disks are told by number or by the file's name", "[values]") {
  CHECK(to_disk_format(3, "a.vhd") == DiskFormat::vhdx);
  CHECK(to_disk_format(std::nullopt, "C:\\a.VHD") == DiskFormat::vhd);
  CHECK(to_disk_format(std::nullopt, "C:\\a.avhdx") == DiskFormat::vhdx);
  CHECK(to_disk_format(9, "C:\\a.iso") == DiskFormat::unknown);
}

TEST_CASE("the live move's property list is exactly as the cluster reads it", "[values]") {
  std::vector<std::uint8_t> expected = {2, 0, 0, 0, 0x03, 0, 0x04, 0, 32, 0, 0, 0};
  const auto text = [&](const std::string& name) {
    for (const char c : name) {
      expected.push_back(static_cast<std::uint8_t>(c));
      expected.push_back(0);
    }
    expected.insert(expected.end(), {0, 0});
  };
  const std::vector<std::uint8_t> live = {0x02, 0, 0x01, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0};
  text("Virtual Machine");
  expected.insert(expected.end(), live.begin(), live.end());
  expected.insert(expected.end(), {0x03, 0, 0x04, 0, 60, 0, 0, 0});
  text("Virtual Machine Configuration");
  expected.insert(expected.end(), live.begin(), live.end());

  CHECK(expected.size() == 4 + 8 + 32 + 16 + 8 + 60 + 16);
  CHECK(live_move_parameters() == expected);
}
