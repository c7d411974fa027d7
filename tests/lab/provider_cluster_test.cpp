#include "tests/support/lab_provider.hpp"
#include "tools/lab/provider/property_list.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;
using namespace std::chrono_literals;

namespace {

void put_dword(std::vector<std::uint8_t>& out, std::uint32_t value) {
  for (unsigned i = 0; i < 4; ++i) {
    out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
}

void put_property(std::vector<std::uint8_t>& out, std::string_view name, std::uint32_t value) {
  put_dword(out, 0x00040003);
  put_dword(out, static_cast<std::uint32_t>(2 * (name.size() + 1)));
  for (const char c : name) {
    out.push_back(static_cast<std::uint8_t>(c));
    out.push_back(0);
  }
  out.push_back(0);
  out.push_back(0);
  while (out.size() % 4 != 0) {
    out.push_back(0);
  }
  put_dword(out, 0x00010002);
  put_dword(out, 4);
  put_dword(out, value);
  put_dword(out, 0);
}

std::vector<std::uint8_t> move_list(std::uint32_t type) {
  std::vector<std::uint8_t> out;
  put_dword(out, 2);
  put_property(out, "Virtual Machine", type);
  put_property(out, "Virtual Machine Configuration", type);
  return out;
}

cim::ObjectPath group_path(std::string name) {
  return {"", std::string(kMsCluster), "MSCluster_ResourceGroup", {{"Name", std::move(name)}}};
}

Arguments move_to(std::string node, const std::vector<std::uint8_t>& list) {
  return {{"NodeName", text(std::move(node))}, {"Parameters", bytes(list)}, {"Flags", number(14)}};
}

} // namespace

TEST_CASE("only nodes have the cluster's namespace", "[provider]") {
  Hosts lab(kMixedLab);
  CHECK(lab.host(kNode1).machine->has_namespace(kMsCluster));
  CHECK(lab.host(kNode1).machine->has_namespace("ROOT/MSCluster"));
  CHECK_FALSE(lab.host(kHv1).machine->has_namespace(kMsCluster));
  CHECK(lab.host(kHv1).machine->find_class(kMsCluster, "MSCluster_Node") == nullptr);
}

TEST_CASE("every node tells the same about the cluster", "[provider]") {
  Hosts lab(kMixedLab);
  for (const HostIndex index : {0U, 3U}) {
    auto node = lab.host(index);
    CHECK(node.column(kMsCluster, "SELECT * FROM MSCluster_Cluster", "Name") == "LAB-CLUSTER");
    CHECK(node.column(kMsCluster, "SELECT * FROM MSCluster_Node", "State") == "0|0|0|0");
    const auto groups = node.query(kMsCluster, "SELECT * FROM MSCluster_ResourceGroup WHERE GroupType = 111");
    REQUIRE(groups.size() == 8);
    CHECK(show(*groups[0], "Name") == "sql-01");
    CHECK(show(*groups[0], "State") == "0");
    CHECK(show(*groups[0], "StatusInformation") == "0");
    CHECK(show(*groups[0], "OwnerNode") == lab.host_of(lab.guest("sql-01")));
    CHECK(node.query(kMsCluster, "SELECT * FROM MSCluster_ResourceGroup").size() == 10);
    CHECK(node.column(kMsCluster, "SELECT * FROM MSCluster_ClusterSharedVolume", "FaultState").front() ==
          '0');
  }
}

TEST_CASE("resources map groups to machines", "[provider]") {
  Hosts lab(kMixedLab);
  auto node = lab.host(kNode1);
  CHECK(node.query(kMsCluster, "SELECT * FROM MSCluster_Resource WHERE Type = 'Virtual Machine'").size() ==
        8);
  CHECK(
      node.query(kMsCluster, "SELECT * FROM MSCluster_Resource WHERE Type LIKE 'Virtual Machine%'").size() ==
      16);
  const auto row = node.one(
      kMsCluster, "SELECT * FROM MSCluster_Resource WHERE Name = 'Virtual Machine Configuration sql-03'");
  CHECK(show(*row, "OwnerGroup") == "sql-03");
  CHECK(show(*row, "Type") == "Virtual Machine Configuration");
  const auto& properties = std::get<cim::InstancePtr>(std::get<cim::Scalar>(*row->find("PrivateProperties")));
  CHECK(show(*properties, "VmID") == lab.id("sql-03"));
  CHECK(show(*properties, "MigrationFailureReason") == "0");
  CHECK(node.query(kMsCluster, "ASSOCIATORS OF {MSCluster_ResourceGroup.Name='sql-03'} WHERE AssocClass = "
                               "MSCluster_ResourceGroupToResource")
            .size() == 2);
}

TEST_CASE("a group moves live with the property list", "[provider]") {
  Hosts lab(kMixedLab);
  auto node = lab.host(kNode1);
  const auto result =
      node.invoke(group_path("sql-01"), "MoveToNewNodeParams", move_to("NODE2", move_list(4)));
  CHECK_FALSE(result.fault);
  CHECK(result.is_void);
  const auto state = [&](std::string_view property) {
    return node.column(kMsCluster, "SELECT * FROM MSCluster_ResourceGroup WHERE Name = 'sql-01'", property);
  };
  CHECK(state("State") == "4");
  lab.pass(1min);
  CHECK(state("State") == "0");
  CHECK(state("OwnerNode") == "NODE2");
  CHECK(lab.model->violations().empty());
}

TEST_CASE("moves that are not live are refused and held against the caller", "[provider]") {
  const std::vector<std::pair<std::string, Arguments>> ways{
      {"MoveToNewNode", {{"NodeName", text("NODE2")}, {"TimeOut", number(60)}}},
      {"MoveToNewNodeParams", move_to("NODE2", move_list(1))},
      {"MoveToNewNodeParams", move_to("NODE2", {})},
      {"MoveToNewNodeEx", {{"NodeName", text("NODE2")}, {"Parameters", null()}, {"Flags", number(14)}}},
  };
  for (const auto& [method, in] : ways) {
    Hosts lab(kMixedLab);
    auto node = lab.host(kNode1);
    INFO(method);
    CHECK(node.invoke(group_path("sql-01"), method, in).fault);
    CHECK(lab.model->violations().size() == 1);
    CHECK(lab.model->move_of(lab.guest("sql-01")) == nullptr);
  }
}

TEST_CASE("cluster moves say no with an error, not with a number", "[provider][hostile]") {
  Hosts lab(kMixedLab);
  auto node = lab.host(kNode1);
  const auto fault = [&](std::string group, const Arguments& in) {
    const auto result = node.invoke(group_path(std::move(group)), "MoveToNewNodeParams", in);
    return result.fault ? result.fault->hresult : 0;
  };
  CHECK(fault("nothing", move_to("NODE2", move_list(4))) == 0x80041002);
  CHECK(fault("Cluster Group", move_to("NODE2", move_list(4))) == 0x80071395);
  CHECK(fault("sql-01", move_to("NODE9", move_list(4))) == 0x800713b2);
  CHECK(fault("sql-01", {{"Parameters", bytes(move_list(4))}}) == 0x80070057);
  CHECK(fault("sql-01", move_to("NODE2", {4})) == 0x80070057);
  CHECK(fault("sql-01", move_to("NODE2", std::vector<std::uint8_t>(10000))) == 0x80070057);
  CHECK(lab.model->violations().empty());
  CHECK(lab.model->moves().empty());
}

TEST_CASE("the control code starts a live move on 2008 R2 only", "[provider]") {
  const std::string text_lab = R"(
simulated:
  cluster: {{name: C}}
  hosts: [{{name: N, count: 2, clustered: true, release: {}}}]
  guests: [{{name: app, on: N, clustered: true, disks: [{{size: 10GiB}}]}}]
  crash: {{hazard: 0}}
)";
  const std::vector<std::uint8_t> node2{'N', 0, '2', 0, 0, 0};
  const auto control = [&](const std::string& release, std::string_view resource) {
    Hosts lab(fmt::format(fmt::runtime(text_lab), release));
    auto node = lab.host(lab.model->guests()[0].host);
    const auto result = node.invoke(
        {"", std::string(kMsCluster), "MSCluster_Resource", {{"Name", std::string(resource)}}},
        "ExecuteResourceControl", {{"ControlCode", signed_number(23068676)}, {"InputBuffer", bytes(node2)}});
    return std::make_pair(result.fault.has_value(), lab.model->move_of(0) != nullptr);
  };
  CHECK(control("2008r2sp1", "Virtual Machine app") == std::make_pair(false, true));
  // There the same number has the configuration read anew.
  CHECK(control("2008r2sp1", "Virtual Machine Configuration app") == std::make_pair(false, false));
  CHECK(control("2012r2", "Virtual Machine app") == std::make_pair(true, false));
}

TEST_CASE("a property list is read to its end or not at all", "[provider][hostile]") {
  const auto good = move_list(4);
  const auto read = read_property_list(good);
  REQUIRE(read.has_value());
  REQUIRE(read->size() == 2);
  CHECK((*read)[1].name == "Virtual Machine Configuration");
  CHECK((*read)[1].value == 4);
  for (std::size_t size = 0; size < good.size(); ++size) {
    INFO(size);
    CHECK_FALSE(read_property_list(std::span(good).first(size)).has_value());
  }
  auto longer = good;
  longer.push_back(1);
  CHECK_FALSE(read_property_list(longer).has_value());
  auto many = good;
  many[0] = 33;
  CHECK_FALSE(read_property_list(many).has_value());
  auto long_name = good;
  long_name[9] = 0xff; // length of the first name
  CHECK_FALSE(read_property_list(long_name).has_value());
}
