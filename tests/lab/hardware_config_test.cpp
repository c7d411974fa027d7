// Which hardware a lab file may give a guest: what a release does not have, and what cannot be together.
#include "tests/support/lab_model.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using Catch::Matchers::Contains;

namespace {

std::string with_guest(const std::string& guest, const std::string& release) {
  return "simulated:\n"
         "  cluster: {name: C}\n"
         "  hosts:\n"
         "    - {name: N, count: 2, clustered: true, release: " +
         release + "}\n    - {name: H, release: " + release +
         "}\n  guests:\n"
         "    - {name: g, release: 2016, " +
         guest + "}\n";
}

std::vector<std::string> problems_of(const std::string& guest, const std::string& release) {
  std::vector<std::string> found;
  for (const Diagnostic& problem : parse_lab(with_guest(guest, release)).problems) {
    found.push_back(to_string(problem));
  }
  return found;
}

} // namespace

TEST_CASE("hardware is refused on releases before the one that brought it", "[config][hardware]") {
  const auto [guest, before, since, what] =
      GENERATE(table<std::string, std::string, std::string, std::string>(
          {{"on: N, clustered: true, sr_iov: true", "2008r2sp1", "2012", "SR-IOV"},
           {"fibre_channel: 2", "2008r2sp1", "2012", "virtual fibre channel"},
           {"replication: primary", "2008r2sp1", "2012", "replication"},
           {"replication: extended-replica", "2012", "2012r2", "extended replication"},
           {"generation: 2", "2012", "2012r2", "machines of generation 2"},
           {"disks: [{kind: shared}]", "2012", "2012r2", "shared VHDX files"},
           {"disks: [{kind: set}]", "2012r2", "2016", "VHD sets"},
           {"assigned_devices: 1", "2012r2", "2016", "assigned devices"},
           {"generation: 2, tpm: true", "2012r2", "2016", "virtual TPMs"},
           {"generation: 2, shielded: true", "2012r2", "2016", "virtual TPMs"},
           {"checkpoints: {type: production}", "2012r2", "2016", "production checkpoints"}}));
  INFO(guest);
  const auto problems = problems_of(guest, before);
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems.front(),
             Contains("(" + before + ") does not have " + what) && Contains("came with " + since));
  CHECK(problems_of(guest, since) == std::vector<std::string>{});
}

TEST_CASE("a diagnostic about hardware stands at the key that asks for it", "[config][hardware]") {
  CHECK(problems_of("assigned_devices: 1", "2012r2") ==
        std::vector<std::string>{"lab.yaml:7:50: assigned_devices: H (2012r2) does not have assigned devices "
                                 "yet: that came with 2016"});
  CHECK_THAT(problems_of("sr_oiv: true", "2016").at(0), Contains("7:") && Contains("did you mean 'sr_iov'?"));
  CHECK_THAT(problems_of("disks: [{kind: passthrough}]", "2016").at(0), Contains("pass-through"));
}

TEST_CASE("hardware that excludes each other is refused", "[config][hardware]") {
  const auto [guest, why] = GENERATE(table<std::string, std::string>(
      {{"tpm: true", "needs 'generation: 2'"},
       {"generation: 2, shielded: true, tpm: false", "a shielded machine has a virtual TPM"},
       {"generation: 2, tpm: true, configuration: 2012r2", "needs a configuration of 2016"},
       {"checkpoints: {type: production}, configuration: 2012r2", "need a configuration of 2016"},
       {"generation: 2, disks: [{bus: ide}]", "has no IDE"},
       {"iso: share, disks: [{bus: ide, count: 3}]", "no place on IDE"},
       {"iso: cluster-volume", "reaches no volume of the cluster"},
       {"checkpoints: {count: 2}, disks: [{kind: pass-through}]", "cannot be checkpointed"},
       {"checkpoints: {count: 2}, disks: [{kind: shared}]", "cannot be checkpointed"},
       {"replication: primary, disks: [{kind: shared}]", "cannot be replicated"},
       {"replication: replica, running: true", "does not run until"},
       {"disks: [{kind: pass-through, size: 40GiB}]", "has no 'size'"},
       {"disks: [{kind: pass-through, format: vhd}]", "has no 'format'"},
       {"disks: [{kind: shared, format: vhd}]", "is a VHDX"},
       {"disks: [{kind: set, storage: local}]", "every host reaches it"},
       {"disks: [{kind: shared, bus: ide}]", "is on SCSI"}}));
  INFO(guest);
  const auto problems = problems_of(guest, "2016");
  REQUIRE(problems.size() == 1);
  CHECK_THAT(problems.front(), Contains(why));
}

TEST_CASE("a guest of 2008 R2 does not run in generation 2", "[config][hardware]") {
  auto text = with_guest("generation: 2", "2016");
  text.replace(text.find("release: 2016, gen"), 13, "release: 2008r2sp1");
  REQUIRE(parse_lab(text).problems.size() == 1);
  CHECK_THAT(to_string(parse_lab(text).problems.front()), Contains("from 2012 on"));
}

TEST_CASE("owners are nodes, of clustered guests, and include where the guest is", "[config][hardware]") {
  const auto [guest, why] = GENERATE(table<std::string, std::string>(
      {{"possible_owners: [N1]", "only the group of a clustered guest"},
       {"anti_affinity: dc", "only the group of a clustered guest"},
       {"clustered: true, possible_owners: [H]", "is not a node of the cluster"},
       {"clustered: true, preferred_owners: [X]", "no host and no group of hosts"},
       {"clustered: true, on: N2, possible_owners: [N1]", "not among the guest's 'possible_owners'"},
       {"clustered: true, anti_affinity: ['']", "class names of 1 to"}}));
  INFO(guest);
  const auto problems = problems_of(guest, "2016");
  REQUIRE_FALSE(problems.empty());
  CHECK_THAT(problems.front(), Contains(why));
}

TEST_CASE("a guest without a place begins on one of its possible owners", "[config][hardware]") {
  const auto config = lab_config(with_guest("clustered: true, possible_owners: [N2]", "2016"));
  REQUIRE(config.guests.size() == 1);
  CHECK(config.guests[0].host == 1);
}

TEST_CASE("a replica is off unless it is one for a test", "[config][hardware]") {
  CHECK_FALSE(lab_config(with_guest("replication: replica", "2016")).guests[0].running);
  CHECK_FALSE(lab_config(with_guest("replication: extended-replica", "2016")).guests[0].running);
  CHECK(lab_config(with_guest("replication: test-replica", "2016")).guests[0].running);
}
