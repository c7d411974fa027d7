// Every call that changes a real machine goes through harness/hyperv/changes.cpp.
#include "tests/project/source_tree.hpp"
#include "tests/support/catch.hpp"

#include <algorithm>
#include <string>
#include <vector>

using namespace migstorm::test;

namespace {

constexpr const char* kDoor = "harness/hyperv/changes.cpp";

// Methods of the management classes that change something. The simulated cluster answers them; nothing else
// names them.
const std::vector<std::string> kChangingMethods = {
    "MigrateVirtualSystemToHost",
    "MigrateVirtualSystemToSystem",
    "MoveToNewNode",
    "RequestStateChange",
    "ExecuteResourceControl",
    "AddResourceSettings",
    "RemoveResourceSettings",
    "ModifyResourceSettings",
    "CreateVirtualHardDisk",
    "CreateDynamicVirtualHardDisk",
    "CreateFixedVirtualHardDisk",
    "AddVirtualSystemResources",
    "RemoveVirtualSystemResources",
    "ModifyVirtualSystemResources",
    "DestroySystem",
    "DefineSystem",
    "ModifyServiceSettings",
    "InjectNonMaskableInterrupt",
    "AddKvpItems",
    "ModifyKvpItems",
    "RemoveKvpItems",
    "TakeOffline",
    "BringOnline",
    "TurnOnMaintenance",
    "TurnOnRedirectedAccess",
    "InitiateShutdown",
    "InitiateReboot",
    "Win32_Process",
    "Win32_ScheduledJob",
    "MoveToNewHost",
    "UpdateVirtualMachine",
    "SetDWORDValue",
    "SetStringValue",
};

bool is_comment(const std::string& line) {
  const std::size_t start = line.find_first_not_of(' ');
  return start != std::string::npos && line.compare(start, 2, "//") == 0;
}

} // namespace

TEST_CASE("no file but the one door names a call that changes a machine", "[project]") {
  bool door_seen = false;
  for (const SourceFile& file : source_files({"include", "analyzers", "harness", "tools/migstorm"})) {
    door_seen = door_seen || file.path == kDoor;
    if (file.path == kDoor) {
      continue;
    }
    CAPTURE(file.path);
    for (const std::string& line : file.lines) {
      for (const std::string& method : kChangingMethods) {
        CAPTURE(line, method);
        CHECK((is_comment(line) || line.find(method) == std::string::npos ||
               line.find("// ") < line.find(method)));
      }
    }
  }
  CHECK(door_seen);
}

TEST_CASE("gathering changes one thing on a guest, and that in one place", "[project]") {
  const std::string door = "harness/gather/put_aside.cpp";
  const std::vector<std::string> own = {door, "harness/gather/smb_session.cpp",
                                        "harness/gather/smb_session.hpp", "harness/gather/smb_wire.cpp",
                                        "harness/gather/smb_wire.hpp"};
  bool door_seen = false;
  for (const SourceFile& file : source_files({"harness", "tools/migstorm"})) {
    door_seen = door_seen || file.path == door;
    if (std::find(own.begin(), own.end(), file.path) != own.end()) {
      continue;
    }
    CAPTURE(file.path);
    for (const std::string& line : file.lines) {
      CAPTURE(line);
      CHECK((line.find("RenameFile") == std::string::npos && line.find(".rename(") == std::string::npos &&
             line.find("->rename(") == std::string::npos));
    }
  }
  CHECK(door_seen);
}

TEST_CASE("only the one door writes properties", "[project]") {
  for (const SourceFile& file : source_files({"harness/hyperv", "harness/campaign", "tools/migstorm"})) {
    if (file.path == kDoor) {
      continue;
    }
    CAPTURE(file.path);
    for (const std::string& line : file.lines) {
      CAPTURE(line);
      CHECK((line.find(".put(") == std::string::npos && line.find("->put(") == std::string::npos));
    }
  }
}
