#include "tests/support/lab_provider.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;
using namespace std::chrono_literals;

namespace {

const std::string kCrashLab = R"(
simulated:
  hosts: [{name: HV, count: 2}]
  guests: [{name: app, on: HV, load: 40MiB/s, hotfixes: [KB976902], disks: [{size: 40GiB, count: 4}]}]
  crash: {hazard: 1, dump: 60s, reboot: 60s}
)";

// Moves the guest until it has crashed and come back.
void crash(Hosts& lab) {
  REQUIRE(lab.migrate("app", "HV2").return_value == 4096);
  for (int i = 0; i < 600 && lab.model->guests()[0].boots == 1; ++i) {
    lab.pass(1s);
  }
  REQUIRE(lab.model->guests()[0].boots == 2);
  lab.pass(5min);
}

constexpr std::uint64_t kLocalMachine = 2147483650;

Arguments key(std::string path) {
  return {{"hDefKey", number(kLocalMachine)}, {"sSubKeyName", text(std::move(path))}};
}
Arguments value(std::string path, std::string name) {
  auto in = key(std::move(path));
  in.emplace_back("sValueName", text(std::move(name)));
  return in;
}

} // namespace

TEST_CASE("a guest has an operating system and no hypervisor", "[provider]") {
  Hosts lab(kCrashLab);
  auto app = lab.guest_machine("app");
  CHECK(app.machine->computer_name() == "app");
  CHECK(app.machine->os_version() == "6.1.7601");
  CHECK(app.machine->limits().stack == "2.0");
  CHECK_FALSE(app.machine->has_namespace(kVirtualizationV1));
  CHECK_FALSE(app.machine->has_namespace(kMsCluster));
  const auto os = app.one(kCimv2, "SELECT * FROM Win32_OperatingSystem");
  CHECK(show(*os, "Version") == "6.1.7601");
  CHECK(show(*os, "CSDVersion") == "Service Pack 1");
  CHECK(show(*os, "CSName") == "app");
  CHECK(app.column(kCimv2, "SELECT * FROM Win32_ComputerSystem", "Model") == "Virtual Machine");
  CHECK(app.column(kCimv2, "SELECT * FROM Win32_QuickFixEngineering", "HotFixID") == "KB976902");
  CHECK(app.column(kCimv2,
                   "SELECT Version FROM CIM_DataFile WHERE Name = "
                   "'C:\\\\Windows\\\\System32\\\\drivers\\\\storvsc.sys'",
                   "Version") == "6.1.7601.17514");
  CHECK(app.column(kCimv2, "SELECT * FROM Win32_SystemDriver WHERE Name = 'storvsc'", "State") == "Running");
  CHECK(app.column(kCimv2, "SELECT * FROM Win32_OSRecoveryConfiguration", "DebugInfoType") == "2");
}

TEST_CASE("a guest that crashed says so in its System log and its boot time", "[provider]") {
  Hosts lab(kCrashLab);
  auto app = lab.guest_machine("app");
  const auto boot = app.column(kCimv2, "SELECT * FROM Win32_OperatingSystem", "LastBootUpTime");
  const auto wql = "SELECT * FROM Win32_NTLogEvent WHERE Logfile = 'System' AND EventCode = 1001";
  CHECK(app.query(kCimv2, wql).empty());
  crash(lab);
  const auto event = app.one(kCimv2, wql);
  CHECK(show(*event, "SourceName") == "BugCheck");
  CHECK(show(*event, "EventIdentifier") == "1073742825");
  CHECK(show(*event, "EventType") == "1");
  CHECK(show(*event, "ComputerName") == "app");
  CHECK(show(*event, "InsertionStrings").starts_with("0x000000d1"));
  CHECK(show(*event, "Message").find("bugcheck") != std::string::npos);
  CHECK(app.column(kCimv2, "SELECT * FROM Win32_OperatingSystem", "LastBootUpTime") > boot);
  // Rows are made once, and the same record gives the same row.
  CHECK(app.one(kCimv2, wql) == event);
  const auto later =
      "SELECT * FROM Win32_NTLogEvent WHERE Logfile = 'System' AND EventCode = 1001 AND TimeGenerated > "
      "'20301123135300.000000-000'";
  CHECK(app.query(kCimv2, later).empty());
}

TEST_CASE("a host's logs are asked by name", "[provider]") {
  Hosts lab(kCrashLab);
  crash(lab);
  auto hv1 = lab.host(0);
  const auto count = [&](std::string_view log) {
    return hv1.query(kCimv2, fmt::format("SELECT * FROM Win32_NTLogEvent WHERE Logfile = '{}'", log)).size();
  };
  for (std::size_t i = 0; i < kChannels; ++i) {
    const auto channel = static_cast<Channel>(i);
    CHECK(count(name_of(channel)) == lab.model->host_log(0, channel).size());
  }
  CHECK(count("Microsoft-Windows-Hyper-V-VMMS-Admin") > 0);
  CHECK(count("Application") == 0);
  const auto rows = hv1.query(kCimv2, "SELECT * FROM Win32_NTLogEvent WHERE Logfile = "
                                      "'Microsoft-Windows-Hyper-V-VMMS-Admin' AND EventCode = 20414");
  REQUIRE(rows.size() == 1);
  CHECK(show(*rows[0], "RecordNumber") ==
        std::to_string(lab.model->host_log(0, Channel::vmms_admin)[0].record));
}

TEST_CASE("hosts show the files of their machines with their present size", "[provider]") {
  Hosts lab(kCrashLab);
  auto hv = lab.host(0);
  lab.pass(10min);
  const auto& disk = lab.model->guests()[0].disks[1];
  const auto wql = "SELECT Name, FileSize FROM CIM_DataFile WHERE Name = '" + doubled(disk.path) + "'";
  const auto row = hv.one(kCimv2, wql);
  CHECK(show(*row, "FileSize") == std::to_string(lab.model->file_size(0, 1)));
  CHECK(show(*row, "Name") == disk.path);
  CHECK(show(*row, "Extension") == "vhd");
  CHECK(hv.query(kCimv2, "SELECT * FROM CIM_DataFile WHERE Name LIKE '%.vhd'").size() == 5);
}

TEST_CASE("processes start and are gone after a crash", "[provider]") {
  Hosts lab(kCrashLab);
  auto app = lab.guest_machine("app");
  const auto start = [&](cim::Value command_line) {
    return app.call(kCimv2, "Win32_Process", "Create", {{"CommandLine", std::move(command_line)}});
  };
  const auto started = start(text("\"C:\\load tools\\diskload.exe\" --run"));
  CHECK(started.return_value == 0);
  const auto wql = "SELECT * FROM Win32_Process WHERE ProcessId = " + out_text(started, "ProcessId");
  CHECK(app.column(kCimv2, wql, "Name") == "diskload.exe");
  const auto second = start(text("cmd /c dir"));
  CHECK(out_text(second, "ProcessId") != out_text(started, "ProcessId"));
  CHECK(start(null()).return_value == 21);
  CHECK(start(text("")).return_value == 9);
  CHECK(start(text(std::string(9000, 'x'))).return_value == 21);
  const cim::ObjectPath handle{
      "", std::string(kCimv2), "Win32_Process", {{"Handle", out_text(second, "ProcessId")}}};
  CHECK(app.invoke(handle, "Terminate").return_value == 0);
  CHECK(app.invoke(handle, "Terminate").fault);
  for (int i = 0; i < 300; ++i) {
    (void)start(text("many.exe"));
  }
  CHECK(start(text("onemore.exe")).return_value == 8);
  crash(lab);
  CHECK(app.query(kCimv2, wql).empty());
  CHECK_FALSE(app.query(kCimv2, "SELECT * FROM Win32_Process WHERE Name = 'lsass.exe'").empty());
}

TEST_CASE("the registry tells about crash dumps, filters and the host", "[provider]") {
  Hosts lab(kCrashLab);
  auto app = lab.guest_machine("app");
  const auto call = [&](std::string_view method, const Arguments& in) {
    return app.call(kDefault, "StdRegProv", method, in);
  };
  const std::string control = "SYSTEM\\CurrentControlSet\\Control\\CrashControl";
  CHECK(out_text(call("GetDWORDValue", value(control, "CrashDumpEnabled")), "uValue") == "2");
  CHECK(
      out_text(call("GetStringValue", value("system\\currentcontrolset\\control\\crashcontrol", "dumpfile")),
               "sValue") == "%SystemRoot%\\MEMORY.DMP");
  CHECK(call("GetStringValue", value(control, "CrashDumpEnabled")).return_value == 1);
  CHECK(call("GetStringValue", value(control, "Nothing")).return_value == 2);
  CHECK(call("GetStringValue", value("SYSTEM\\Nothing", "x")).return_value == 2);
  CHECK(call("EnumKey", key("SYSTEM\\\\")).return_value == 2);
  CHECK(call("EnumKey", {}).return_value == 0);
  CHECK(call("EnumKey", {{"hDefKey", number(2147483649)}, {"sSubKeyName", text("SYSTEM")}}).return_value ==
        2);
  const auto services = call("EnumKey", key("SYSTEM\\CurrentControlSet\\Services"));
  const auto& names = out_array(services, "sNames");
  CHECK(std::any_of(names.begin(), names.end(),
                    [](const auto& name) { return cim::to_text(name) == "storvsc"; }));
  const auto values = call("EnumValues", key(control));
  CHECK(out_array(values, "sNames").size() == out_array(values, "Types").size());

  const std::string guest = "SOFTWARE\\Microsoft\\Virtual Machine\\Guest\\Parameters";
  const auto host = [&] { return out_text(call("GetStringValue", value(guest, "HostName")), "sValue"); };
  const auto before = host();
  crash(lab);
  CHECK(before != host()); // it follows the guest
  CHECK(call("SetDWORDValue", value(control, "x")).return_value == 1);
}
