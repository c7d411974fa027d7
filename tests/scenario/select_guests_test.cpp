#include "harness/scenario/plan.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>

namespace migstorm {
namespace {

using hyperv::GuestFacts;
using hyperv::HostFacts;
using Hosts = std::vector<hyperv::HostName>;

const std::string kGuid = "3B1F0C2E-8D47-4E0A-B6A5-92D7C1E0F413";

// Two nodes of a cluster and two hosts beside it, with a guest that may be moved.
struct Site {
  Scenario scenario;
  LabFile lab;
  std::vector<HostFacts> hosts;
  std::vector<GuestFacts> guests;

  Site() {
    scenario.guests_match = "sql-*";
    for (const char* const name : {"NODE1", "NODE2", "HV1", "HV2"}) {
      lab.hosts.push_back({name, "", "", true, ""});
      HostFacts facts;
      facts.host = name;
      facts.namespaces.v2 = true;
      facts.migration_enabled = true;
      if (name[0] == 'N') {
        facts.cluster_name = "C";
        facts.namespaces.cluster = true;
      }
      hosts.push_back(facts);
    }
    guests.push_back(make_guest("sql-1", "NODE1"));
    guests.front().group = "sql-1";
  }

  static GuestFacts make_guest(const std::string& name, const std::string& host) {
    GuestFacts guest;
    guest.id = kGuid;
    guest.name = name;
    guest.notes = "for migstorm, ask Jo";
    guest.state = hyperv::EnabledState::enabled;
    guest.host = host;
    return guest;
  }

  GuestFacts& guest() { return guests.front(); }
  Selection select() const { return select_guests(scenario, lab, guests, hosts); }
  // Why the only guest is left out; empty: it is chosen.
  std::string reason() const {
    const Selection selection = select();
    REQUIRE(selection.chosen.size() + selection.left_out.size() == 1);
    return selection.left_out.empty() ? "" : selection.left_out.front().reason;
  }
};

TEST_CASE("a clustered guest goes to the nodes of its cluster", "[select]") {
  const Selection selection = Site().select();
  REQUIRE(selection.chosen.size() == 1);
  CHECK(selection.chosen[0].id == kGuid);
  CHECK(selection.chosen[0].name == "sql-1");
  CHECK(selection.chosen[0].host == "NODE1");
  CHECK(selection.chosen[0].reach == Hosts{"NODE1", "NODE2"});
}

TEST_CASE("a standalone guest stays among hosts without a cluster", "[select]") {
  Site site;
  site.guests = {Site::make_guest("sql-2", "HV2")};
  REQUIRE(site.reason().empty());
  CHECK(site.select().chosen[0].reach == Hosts{"HV1", "HV2"});
}

TEST_CASE("hosts are in the lab file's order whatever order they answered in", "[select]") {
  Site site;
  std::reverse(site.hosts.begin(), site.hosts.end());
  CHECK(site.select().chosen[0].reach == Hosts{"NODE1", "NODE2"});
}

TEST_CASE("scenario, lab file and mark must all agree", "[select]") {
  Site site;
  SECTION("the scenario") {
    site.guest().name = "web-1";
    CHECK(site.reason() == "its name does not match 'sql-*'");
  }
  SECTION("the lab's never") {
    site.lab.never = {"SQL-1"};
    site.lab.allowed_guests = {kGuid};
    CHECK(site.reason() == "the lab file's never: names it");
  }
  SECTION("the lab's never by GUID") {
    site.lab.never = {kGuid};
    CHECK(site.reason() == "the lab file's never: names it");
  }
  SECTION("the lab's allow") {
    site.lab.allowed_guests = {"other-*"};
    CHECK(site.reason() == "the lab file's allow: does not name it");
  }
  SECTION("the mark") {
    site.guest().notes = "";
    CHECK(site.reason() ==
          "its Notes do not hold the mark 'migstorm', and the lab file's allow: does not name its GUID");
  }
  SECTION("a pattern does not stand for the mark") {
    site.guest().notes = "";
    site.lab.allowed_guests = {"*"};
    CHECK_FALSE(site.reason().empty());
  }
  SECTION("a GUID stands for the mark") {
    site.guest().notes = "";
    site.lab.allowed_guests = {kGuid};
    CHECK(site.reason().empty());
  }
  SECTION("an allowed name with the mark passes") {
    site.lab.allowed_guests = {"SQL-*"};
    CHECK(site.reason().empty());
  }
}

TEST_CASE("a guest that cannot move live is left out with the reason", "[select]") {
  Site site;
  SECTION("not running") {
    site.guest().state = hyperv::EnabledState::disabled;
    CHECK(site.reason().starts_with("it is not running but "));
  }
  SECTION("on a host that was not probed") {
    site.guest().host = "NODE9";
    CHECK(site.reason() == "its host 'NODE9' was not probed");
  }
  SECTION("clustered, asked of the hosts") {
    site.scenario.migrate.via = ViaChoice::wmi;
    CHECK(site.reason() == "it is clustered, and via: wmi moves standalone guests only");
  }
  SECTION("standalone, asked of the cluster") {
    site.guests = {Site::make_guest("sql-2", "HV1")};
    site.scenario.migrate.via = ViaChoice::cluster;
    CHECK(site.reason() == "it is standalone, and via: cluster moves clustered guests only");
  }
  SECTION("standalone on an old host") {
    site.guests = {Site::make_guest("sql-2", "HV1")};
    site.hosts[2].namespaces.v2 = false;
    CHECK(site.reason() == "it is standalone, and its host 'HV1' cannot move such guests live");
  }
  SECTION("migration switched off at home") {
    site.hosts[0].migration_enabled = false;
    CHECK(site.reason() == "live migration is switched off on its host 'NODE1'");
  }
  SECTION("clustered on nodes of 2008 R2, which have no such switch") {
    for (HostFacts& host : site.hosts) {
      host.namespaces.v2 = false;
      host.migration_enabled = false;
    }
    CHECK(site.reason().empty());
  }
  SECTION("migration switched off everywhere else") {
    site.hosts[1].migration_enabled = false;
    CHECK(site.reason() == "there is no other host that could take it");
  }
  SECTION("a host that does not name its cluster") {
    site.hosts[0].cluster_name.reset();
    CHECK(site.reason() == "it is clustered, and its host 'NODE1' does not name its cluster");
  }
}

TEST_CASE("two clusters are not one", "[select]") {
  Site site;
  site.hosts[1].cluster_name = "D";
  CHECK(site.reason() == "there is no other host that could take it");
}

TEST_CASE("a guest that two hosts list is left alone", "[select]") {
  Site site;
  site.guests.push_back(site.guest());
  site.guests.back().host = "NODE2";
  const Selection selection = site.select();
  CHECK(selection.chosen.empty());
  REQUIRE(selection.left_out.size() == 2);
  CHECK(selection.left_out[0].reason == "several hosts say they have it, it may be moving");
}

TEST_CASE("guests come by name, and equal names are told apart", "[select]") {
  Site site;
  GuestFacts other = site.guest();
  other.id = "00000000-0000-0000-0000-000000000001";
  GuestFacts first = site.guest();
  first.id = "00000000-0000-0000-0000-000000000002";
  first.name = "sql-0";
  GuestFacts off = other;
  off.id = "00000000-0000-0000-0000-000000000003";
  off.state = hyperv::EnabledState::disabled;
  site.guests.insert(site.guests.end(), {other, off, first});
  const Selection selection = site.select();
  REQUIRE(selection.chosen.size() == 3);
  CHECK(selection.chosen[0].name == "sql-0");
  CHECK(selection.chosen[1].id == other.id);
  CHECK(selection.chosen[2].id == kGuid);
  REQUIRE(selection.left_out.size() == 1);
  CHECK(selection.left_out[0].guest == "sql-1 (00000000-0000-0000-0000-000000000003)");
}

} // namespace
} // namespace migstorm
