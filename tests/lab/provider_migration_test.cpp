#include "tests/support/lab_provider.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* kService = "Msvm_VirtualSystemMigrationService";

std::string property(std::string_view name, std::string_view type, std::string_view value) {
  return fmt::format(R"(<PROPERTY NAME="{}" TYPE="{}"><VALUE>{}</VALUE></PROPERTY>)", name, type, value);
}

std::string settings_text(std::string_view properties,
                          std::string_view name = "Msvm_VirtualSystemMigrationSettingData") {
  return fmt::format(R"(<INSTANCE CLASSNAME="{}">{}</INSTANCE>)", name, properties);
}

const std::string kLive =
    settings_text(property("MigrationType", "uint16", "32768") + property("TransportType", "uint16", "5"));

Arguments ask(const Hosts& lab, std::string_view guest, std::string destination,
              const std::string& settings) {
  return {{"ComputerSystem", reference(lab.system(guest))},
          {"DestinationHost", text(std::move(destination))},
          {"MigrationSettingData", text(settings)},
          {"NewSystemSettingData", null()},
          {"NewResourceSettingData", null()}};
}

std::uint32_t migrate(Hosts& lab, std::string_view guest, std::string destination,
                      const std::string& settings) {
  auto hv = lab.host(kHv1);
  return hv
      .call(kVirtualizationV2, kService, "MigrateVirtualSystemToHost",
            ask(lab, guest, std::move(destination), settings))
      .return_value;
}

} // namespace

TEST_CASE("a template fetched from the host is accepted as settings of a move", "[provider]") {
  Hosts lab(kMixedLab);
  auto hv = lab.host(kHv1);
  CHECK(hv.query(kVirtualizationV2, "SELECT * FROM Msvm_VirtualSystemMigrationSettingData").size() == 5);
  const auto row = hv.one(kVirtualizationV2,
                          "SELECT * FROM Msvm_VirtualSystemMigrationSettingData WHERE MigrationType = 32768");
  const auto result = hv.call(kVirtualizationV2, kService, "MigrateVirtualSystemToHost",
                              ask(lab, "web-01", "HV2", cim::to_cim_xml(*row)));
  CHECK(result.return_value == 4096);
  const auto* job = path_argument(result.out, "Job");
  REQUIRE(job != nullptr);
  CHECK(job->class_name == "Msvm_MigrationJob");
  CHECK(lab.model->move_of(lab.guest("web-01")) != nullptr);
  CHECK(hv.column(kVirtualizationV2, "SELECT * FROM Msvm_VirtualSystemMigrationService",
                  "ActiveVirtualSystemMigrationCount") == "1");
}

TEST_CASE("a job is answered under both class names until it is forgotten", "[provider]") {
  Hosts lab(kMixedLab);
  auto hv = lab.host(kHv1);
  const auto job = hv.call(kVirtualizationV2, kService, "MigrateVirtualSystemToHost",
                           ask(lab, "web-01", "HV2.lab.test", kLive));
  const auto id = *path_argument(job.out, "Job")->find("InstanceID");
  for (const std::string name : {"Msvm_MigrationJob", "Msvm_ConcreteJob", "CIM_ConcreteJob"}) {
    const auto row = hv.one(kVirtualizationV2, "SELECT * FROM " + name + " WHERE InstanceID = '" + id + "'");
    CHECK(show(*row, "JobType") == "305");
    CHECK(show(*row, "VirtualSystemName") == lab.id("web-01"));
    CHECK(show(*row, "DestinationHost") == "HV2.lab.test");
    CHECK(show(*row, "MigrationType") == "32768");
    CHECK(show(*row, "ErrorCode") == "0");
    CHECK(show(*row, "ErrorDescription") == "NULL");
    CHECK(show(*row, "Cancellable") == "true");
  }
  lab.pass(1min);
  const auto wql = "SELECT InstanceID, JobState, PercentComplete FROM Msvm_MigrationJob";
  const auto ended = hv.one(kVirtualizationV2, wql);
  CHECK(show(*ended, "JobState") == "7");
  CHECK(show(*ended, "PercentComplete") == "100");
  // Rows of jobs that are over are made once.
  CHECK(hv.one(kVirtualizationV2, wql) == ended);
  const cim::ObjectPath path{"", std::string(kVirtualizationV2), "Msvm_MigrationJob", {{"InstanceID", id}}};
  CHECK(out_text(hv.invoke(path, "GetError"), "Error").empty());
  lab.pass(6min);
  CHECK(hv.query(kVirtualizationV2, wql).empty());
  const auto gone = hv.invoke(path, "GetError");
  REQUIRE(gone.fault);
  CHECK(gone.fault->hresult == 0x80041002);
}

TEST_CASE("a job that was cancelled says why in an embedded error", "[provider]") {
  Hosts lab(kMixedLab);
  auto hv = lab.host(kHv1);
  const auto job =
      hv.call(kVirtualizationV2, kService, "MigrateVirtualSystemToHost", ask(lab, "web-01", "HV2", kLive));
  auto path = *path_argument(job.out, "Job");
  path.class_name = "Msvm_ConcreteJob"; // as older clients address it
  CHECK(hv.invoke(path, "RequestStateChange", {{"RequestedState", number(6)}}).return_value == 32773);
  CHECK(hv.invoke(path, "RequestStateChange", {{"RequestedState", number(4)}}).return_value == 0);
  CHECK(hv.invoke(path, "RequestStateChange", {{"RequestedState", number(4)}}).return_value == 32775);
  const auto row = hv.one(kVirtualizationV2, "SELECT * FROM Msvm_MigrationJob");
  CHECK(show(*row, "JobState") == "8");
  if (show(*row, "ErrorCode") != "0") {
    const auto errors = hv.invoke(path, "GetErrorEx");
    const auto error = cim::parse_cim_xml(std::get<std::string>(out_array(errors, "Errors").at(0)));
    REQUIRE(error.has_value());
    CHECK(error->class_name == "Msvm_Error");
    CHECK(*error->text("Message") == show(*row, "ErrorDescription"));
  }
  lab.pass(1min);
  CHECK(lab.host_of(lab.guest("web-01")) == "HV1");
}

TEST_CASE("a host refuses settings that it does not understand", "[provider][hostile]") {
  Hosts lab(kMixedLab);
  const auto type = property("MigrationType", "uint16", "32768");
  CHECK(migrate(lab, "web-01", "HV2", "not xml") == 32773);
  CHECK(migrate(lab, "web-01", "HV2", "") == 32773);
  CHECK(migrate(lab, "web-01", "HV2", settings_text(type, "Msvm_Error")) == 32773);
  CHECK(migrate(lab, "web-01", "HV2", settings_text("")) == 32773);
  CHECK(migrate(lab, "web-01", "HV2", settings_text(property("MigrationType", "uint16", "1"))) == 32773);
  CHECK(migrate(lab, "web-01", "HV2", settings_text(type + property("TransportType", "uint16", "2"))) ==
        32773);
  // Known to 2016 and later, or to nobody.
  CHECK(migrate(lab, "web-01", "HV2", settings_text(type + property("UnmanagedVhds", "string", "x"))) ==
        32773);
  CHECK(migrate(lab, "web-01", "HV2", settings_text(type + property("Turbo", "boolean", "TRUE"))) == 32773);
  CHECK(migrate(lab, "web-01", "HV2", settings_text(type + property("Priority", "uint16", "fast"))) == 32776);
  CHECK(migrate(lab, "web-01", "HV2", settings_text(type + property("Priority", "uint16", "70000"))) ==
        32776);
  CHECK(lab.model->moves().empty());
}

TEST_CASE("a host refuses moves that it cannot make", "[provider][hostile]") {
  Hosts lab(kMixedLab);
  auto hv = lab.host(kHv1);
  const auto call = [&](const Arguments& in) {
    return hv.call(kVirtualizationV2, kService, "MigrateVirtualSystemToHost", in).return_value;
  };
  CHECK(migrate(lab, "web-01", "", kLive) == 32773);
  CHECK(migrate(lab, "web-01", "NOWHERE", kLive) == 32773);
  CHECK(migrate(lab, "sql-01", "HV2", kLive) == 32773); // on another host
  CHECK(migrate(lab, "web-01", "HV2", settings_text(property("MigrationType", "uint16", "32769"))) == 32770);
  CHECK(call({}) == 32773);
  auto without_settings = ask(lab, "web-01", "HV2", kLive);
  without_settings[2].second = null();
  CHECK(call(without_settings) == 32773);
  auto with_disks = ask(lab, "web-01", "HV2", kLive);
  with_disks[4].second = texts({"<INSTANCE/>"});
  CHECK(call(with_disks) == 32773);
  auto unknown = ask(lab, "web-01", "HV2", kLive);
  unknown[0].second = reference({"", "", "Msvm_ComputerSystem", {{"Name", "HV1"}}});
  CHECK(call(unknown) == 32773);
  // On its own node the cluster has to move it.
  auto node = lab.host(kNode1);
  CHECK(node.call(kVirtualizationV2, kService, "MigrateVirtualSystemToHost", ask(lab, "sql-01", "HV2", kLive))
            .return_value == 32775);
  CHECK(lab.model->moves().empty());
  // A method on keys that name no instance.
  const auto wrong = hv.invoke({"", std::string(kVirtualizationV2), kService, {{"Name", "vmms"}}},
                               "MigrateVirtualSystemToHost", ask(lab, "web-01", "HV2", kLive));
  REQUIRE(wrong.fault);
  CHECK(wrong.fault->hresult == 0x80041002);
}

TEST_CASE("a host tells beforehand whether a machine can move", "[provider]") {
  Hosts lab(kMixedLab);
  auto hv = lab.host(kHv1);
  const auto check = [&](std::string destination) {
    auto in = ask(lab, "web-01", std::move(destination), kLive);
    in[2].second = null(); // a question needs no settings
    return hv.call(kVirtualizationV2, kService, "CheckVirtualSystemIsMigratableToHost", in);
  };
  CHECK(check("HV2").return_value == 0);
  CHECK(out_text(check("HV2"), "IsMigratable") == "true");
  CHECK(out_text(check("HV1"), "IsMigratable") == "false");
  CHECK(out_text(check("NOWHERE"), "IsMigratable") == "false");
  CHECK(check("").return_value == 5);
  CHECK(
      hv.call(kVirtualizationV2, kService, "CheckVirtualSystemIsMigratable", ask(lab, "web-01", "HV2", kLive))
          .return_value == 0);
  CHECK(lab.model->moves().empty());
}

TEST_CASE("hosts compare their compatibility", "[provider]") {
  Hosts lab(R"(
simulated:
  hosts: [{name: NEW, release: "2016"}, {name: OLD, release: 2012r2}]
  guests: [{name: app, on: OLD, disks: [{size: 10GiB}]}, {name: top, on: NEW, disks: [{size: 10GiB}]}]
)");
  auto newer = lab.host(0);
  auto older = lab.host(1);
  const auto info = [&](MachineUnderTest& host, std::string_view guest) {
    const auto result = host.call(kVirtualizationV2, kService, "GetSystemCompatibilityInfo",
                                  {{"ComputerSystem", reference(lab.system(guest))}});
    CHECK(result.return_value == 0);
    return Arguments{{"CompatibilityInfo", out_array(result, "CompatibilityInfo")}};
  };
  CHECK(newer.call(kVirtualizationV2, kService, "CheckSystemCompatibilityInfo", info(older, "app"))
            .return_value == 0);
  CHECK(older.call(kVirtualizationV2, kService, "CheckSystemCompatibilityInfo", info(newer, "top"))
            .return_value == 32784);
  CHECK(older.call(kVirtualizationV2, kService, "CheckSystemCompatibilityInfo").return_value == 32773);
}

TEST_CASE("documented methods that the lab cannot carry out say so", "[provider]") {
  Hosts lab(kMixedLab);
  auto hv = lab.host(kHv1);
  CHECK(hv.call(kVirtualizationV2, kService, "ModifyServiceSettings").return_value == 32770);
  CHECK(hv.call(kVirtualizationV2, "Msvm_VirtualSystemManagementService", "DefineSystem").return_value ==
        32770);
  CHECK(hv.invoke(lab.system("web-01"), "RequestStateChange", {{"RequestedState", number(6)}}).return_value ==
        32770);
  CHECK(lab.model->guests()[lab.guest("web-01")].power == Power::running);
  const auto fault = hv.machine->put(lab.system("web-01"), {{"ElementName", text("other")}});
  REQUIRE(fault);
  CHECK(fault->hresult == 0x80041024);
  CHECK(hv.machine->put(lab.system("web-01"), {{"Colour", text("red")}})->hresult == 0x80041008);
}
