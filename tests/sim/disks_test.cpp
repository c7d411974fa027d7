// Disks of ours on every release of the simulated cluster: made, put into a running guest, known to its
// cluster, taken out and deleted again, by the same calls as on real hosts.
#include "harness/scenario/volumes.hpp"
#include "tests/sim/lab_client.hpp"

#include <algorithm>
#include <string>

using namespace migstorm;
using Catch::Matchers::Contains;

namespace {

std::string lab_with(const std::string& release, std::string_view more) {
  std::string text = testing::lab_text(release);
  testing::insert_after(text, "simulated:\n", more);
  return text;
}

struct Client : testing::Client {
  explicit Client(const std::string& release, std::string_view more = {})
      : testing::Client(lab_with(release, more)) {}

  std::optional<std::uint64_t> size_of(const std::string& host, const std::string& path) {
    const auto size = run(cluster->file_size_max(host, path));
    if (!size) {
      FAIL(size.error().detail);
    }
    return *size;
  }

  hyperv::OwnDisk disk_for(const hyperv::GuestFacts& guest) const {
    hyperv::OwnDisk disk;
    disk.host = guest.host;
    disk.guest = guest.id;
    disk.group = guest.group;
    disk.file.path = guest.group ? R"(C:\ClusterStorage\Volume1\migstorm-1.vhd)" : R"(D:\migstorm-1.vhd)";
    disk.file.size = 1ULL << 30U;
    return disk;
  }
};

bool has_disk(const hyperv::GuestFacts& guest, const std::string& path) {
  return std::any_of(guest.disks.begin(), guest.disks.end(), [&](const hyperv::DiskFacts& disk) {
    return disk.path == path && disk.bus == hyperv::ControllerBus::scsi;
  });
}

void check_ok(const Status& status) {
  if (!status) {
    FAIL(to_string(status.error().code) << ": " << status.error().detail);
  }
  SUCCEED();
}

void add_and_remove(Client& client, const std::string& host, const std::string& name) {
  const hyperv::GuestFacts before = client.guest(host, name);
  const hyperv::OwnDisk disk = client.disk_for(before);
  check_ok(client.run(client.cluster->add_disk(disk)));
  const hyperv::GuestFacts with = client.guest(host, name);
  CHECK(with.disks.size() == before.disks.size() + 1);
  CHECK(has_disk(with, disk.file.path));
  CHECK(client.size_of(host, disk.file.path) == disk.file.size);
  check_ok(client.run(client.cluster->add_disk(disk))); // asked again, it is there already
  CHECK(client.guest(host, name).disks.size() == with.disks.size());

  check_ok(client.run(client.cluster->remove_disk(disk)));
  const hyperv::GuestFacts after = client.guest(host, name);
  CHECK(after.disks.size() == before.disks.size());
  CHECK_FALSE(client.size_of(host, disk.file.path).has_value());
  check_ok(client.run(client.cluster->remove_disk(disk)));
}

struct Release {
  std::string key;
  bool standalone = true;
};
const std::vector<Release> kReleases = {
    {"2008r2sp1", false},  {"2012"}, {"2012r2"}, {"2016"}, {"2019"}, {"2022"}, {"2025"},
    {"azure-local", false}};

} // namespace

TEST_CASE("on every release a disk of ours is put into a running guest and taken out again", "[disks]") {
  const auto at = GENERATE(range<std::size_t>(0, 8));
  const Release& release = kReleases[at];
  CAPTURE(release.key);
  Client client(release.key);
  add_and_remove(client, "NODE1", "sql-ha");
  if (release.standalone) {
    add_and_remove(client, "HV1", "sql");
  }
}

TEST_CASE("a clustered guest with a new disk of ours moves on, as the cluster was told of it", "[disks]") {
  const auto at = GENERATE(range<std::size_t>(0, 8));
  CAPTURE(kReleases[at].key);
  Client client(kReleases[at].key);
  const hyperv::GuestFacts guest = client.guest("NODE1", "sql-ha");
  const hyperv::OwnDisk disk = client.disk_for(guest);
  check_ok(client.run(client.cluster->add_disk(disk)));
  hyperv::Move move{guest.id, guest.group, "NODE1", "NODE2", hyperv::Via::cluster};
  const auto ticket = client.run(client.cluster->start_move(move));
  if (!ticket) {
    FAIL(ticket.error().detail);
  }
  check_ok(client.run([](Runtime& runtime) -> Task<Status> {
    co_await runtime.sleep_for(std::chrono::minutes(3));
    co_return Unit{};
  }(client.runtime)));
  CHECK(has_disk(client.guest("NODE2", guest.name), disk.file.path));
}

TEST_CASE("disks of ours come and go though answers are lost", "[disks]") {
  const auto at = GENERATE(range<std::size_t>(0, 8));
  CAPTURE(kReleases[at].key);
  Client client(kReleases[at].key, "  faults: {lost-reply: {certain: true, probability: 20%}}\n");
  const hyperv::GuestFacts guest = client.guest("NODE1", "sql-ha");
  const hyperv::OwnDisk disk = client.disk_for(guest);
  const auto insist = [&](bool add) {
    for (int attempt = 0; attempt < 40; ++attempt) {
      if (client.run(add ? client.cluster->add_disk(disk) : client.cluster->remove_disk(disk))) {
        return true;
      }
    }
    return false;
  };
  REQUIRE(insist(true));
  CHECK(has_disk(client.guest("NODE1", "sql-ha"), disk.file.path));
  REQUIRE(insist(false));
  CHECK(client.guest("NODE1", "sql-ha").disks.size() == guest.disks.size());
}

TEST_CASE("no file is made, put into a guest or deleted whose name is not ours", "[disks]") {
  Client client("2012r2");
  const hyperv::GuestFacts guest = client.guest("NODE1", "sql-ha");
  const std::string path = GENERATE(as<std::string>(), R"(C:\ClusterStorage\Volume1\sql.vhd)",
                                    R"(C:\ClusterStorage\Volume1\migstorm-1.iso)",
                                    R"(C:\ClusterStorage\Volume1\migstorm-\other.vhd)",
                                    R"(C:\x\..\migstorm-1.vhd)", "migstorm-1.vhd", R"(\\?\C:\migstorm-1.vhd)",
                                    R"(C:\a.vhd:migstorm-1.vhd)", R"(C:\migstorm-.vhd)", "");
  CAPTURE(path);
  hyperv::OwnDisk disk = client.disk_for(guest);
  disk.file.path = path;
  for (const Status& refused :
       {client.run(client.cluster->make_file("NODE1", disk.file)), client.run(client.cluster->add_disk(disk)),
        client.run(client.cluster->delete_file("NODE1", path))}) {
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::denied);
  }
  CHECK(client.guest("NODE1", "sql-ha").disks.size() == guest.disks.size());
}

TEST_CASE("no file is made that would not leave the volume the room that was asked for", "[disks]") {
  Client client("2012r2");
  const hyperv::GuestFacts guest = client.guest("NODE1", "sql-ha");
  const auto room = client.run(client.cluster->room("NODE1"));
  REQUIRE(room);
  hyperv::OwnDisk disk = client.disk_for(guest);
  const hyperv::Volume* volume = volume_of(room->volumes, disk.file.path);
  REQUIRE(volume != nullptr);
  const std::uint64_t at_its_largest = volume->free - disk.file.size;

  disk.file.leave_free = at_its_largest + 512;
  const Status refused = client.run(client.cluster->add_disk(disk));
  REQUIRE_FALSE(refused);
  CHECK_THAT(refused.error().detail, Contains(volume->path) && Contains("would not leave"));
  CHECK_FALSE(client.size_of("NODE1", disk.file.path).has_value());

  disk.file.leave_free = at_its_largest - (1ULL << 30U);
  check_ok(client.run(client.cluster->add_disk(disk)));
  check_ok(client.run(client.cluster->remove_disk(disk)));
}

TEST_CASE("a disk that a guest had before is never taken out of it", "[disks]") {
  Client client("2012r2");
  const hyperv::GuestFacts guest = client.guest("NODE1", "sql-ha");
  hyperv::OwnDisk disk = client.disk_for(guest);
  disk.file.path = guest.disks.front().path;
  const Status refused = client.run(client.cluster->remove_disk(disk));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::denied);
  CHECK(client.guest("NODE1", "sql-ha").disks.size() == guest.disks.size());
}
