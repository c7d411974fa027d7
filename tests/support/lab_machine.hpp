// A small simulated machine with classes and instances of its own, and an engine around it: what the tests of
// the CIM store, WQL, the WS-Man endpoint and the server ask.
#pragma once

#include "tools/lab/cim/text.hpp"
#include "tools/lab/lab.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace migstorm::lab::test {

using cim::Array;
using cim::Scalar;
using cim::Type;

inline const std::string kVirt = "root/virtualization/v2";
inline const std::string kGuid = "8C0E8C0E-1111-2222-3333-444455556666";

inline Scalar text(std::string value) { return {std::move(value)}; }
inline Scalar number(std::uint64_t value) { return {value}; }
inline cim::Datetime at(std::string_view value) { return *cim::parse_datetime(value); }

struct Invocation {
  cim::ObjectPath target;
  std::string method;
  std::vector<std::pair<std::string, cim::Value>> in;

  const cim::Value* find(std::string_view name) const {
    for (const auto& [key, value] : in) {
      if (key == name) {
        return &value;
      }
    }
    return nullptr;
  }
};

class TestMachine final : public cim::Machine {
public:
  explicit TestMachine(std::string version = "6.3.9600") : version_(std::move(version)) {
    define_classes();
    add_instances();
  }

  std::string computer_name() const override { return "NODE1"; }
  std::string os_version() const override { return version_; }
  int utc_offset_minutes() const override { return 60; }
  bool has_namespace(std::string_view ns) const override { return ns == kVirt || ns == "root/cimv2"; }

  const cim::ClassDef* find_class(std::string_view ns, std::string_view name) const override {
    for (const auto& definition : classes_) {
      if (definition->ns == ns && cim::iequals(definition->name, name)) {
        return definition.get();
      }
    }
    return nullptr;
  }

  void enumerate(const cim::ClassDef& definition, const cim::Hint& hint,
                 const std::function<void(cim::InstancePtr)>& sink) override {
    last_hint = hint;
    for (const auto& instance : instances) {
      if (&instance->definition() == &definition) {
        sink(instance);
      }
    }
  }

  std::vector<const cim::ClassDef*> subclasses_of(const cim::ClassDef& definition) const override {
    std::vector<const cim::ClassDef*> found;
    for (const auto& candidate : classes_) {
      if (cim::iequals(candidate->parent, definition.name)) {
        found.push_back(candidate.get());
      }
    }
    return found;
  }

  std::vector<Association> associations_of(const cim::ObjectPath& path) override {
    if (path.class_name != "Msvm_ComputerSystem" || path.find("Name") == nullptr ||
        *path.find("Name") != kGuid) {
      return {};
    }
    return {{find_class(kVirt, "Msvm_SettingsDefineState"),
             {"NODE1", kVirt, "Msvm_VirtualSystemSettingData", {{"InstanceID", "Microsoft:" + kGuid}}},
             "ManagedElement",
             "SettingData"},
            {find_class(kVirt, "Msvm_SystemDevice"),
             {"NODE1", kVirt, "Msvm_HeartbeatComponent", {{"DeviceID", "Microsoft:" + kGuid + "\\HB"}}},
             "GroupComponent",
             "PartComponent"}};
  }

  cim::MethodResult invoke(const cim::ObjectPath& target, const cim::MethodDef& method,
                           const std::vector<std::pair<std::string, cim::Value>>& in) override {
    invocations.push_back({target, method.name, in});
    return result;
  }

  std::optional<cim::MethodFault>
  put(const cim::ObjectPath& target,
      const std::vector<std::pair<std::string, cim::Value>>& changes) override {
    if (target.class_name != "Msvm_VirtualSystemSettingData") {
      return cim::MethodFault{0x80041024, "Provider is not capable of the attempted operation"};
    }
    invocations.push_back({target, "Put", changes});
    return std::nullopt;
  }

  const Limits& limits() const override { return limits_value; }

  cim::Instance& add(std::string_view class_name, std::string_view ns = kVirt) {
    auto instance = std::make_shared<cim::Instance>(*find_class(ns, class_name));
    instances.push_back(instance);
    return *instance;
  }

  Limits limits_value;
  cim::MethodResult result;
  cim::Hint last_hint;
  std::vector<Invocation> invocations;
  std::vector<std::shared_ptr<cim::Instance>> instances;

private:
  void define(cim::ClassDef definition) {
    classes_.push_back(std::make_unique<cim::ClassDef>(std::move(definition)));
  }

  void define_classes() {
    define({"Msvm_ComputerSystem",
            "CIM_ComputerSystem",
            kVirt,
            {{"Caption"},
             {"CreationClassName", Type::string, false, true},
             {"ElementName"},
             {"EnabledState", Type::uint16},
             {"InstallDate", Type::datetime},
             {"Name", Type::string, false, true},
             {"OnTimeInMilliseconds", Type::uint64},
             {"OperationalStatus", Type::uint16, true},
             {"OtherEnabledState"}},
            {{"RequestStateChange",
              {{"RequestedState", Type::uint16},
               {"Job", Type::reference, false, true},
               {"TimeoutPeriod", Type::datetime}}}},
            false});
    define({"CIM_ConcreteJob",
            "",
            kVirt,
            {{"InstanceID", Type::string, false, true}, {"JobState", Type::uint16}},
            {},
            false});
    define({"Msvm_ConcreteJob",
            "CIM_ConcreteJob",
            kVirt,
            {{"InstanceID", Type::string, false, true},
             {"JobState", Type::uint16},
             {"ElapsedTime", Type::interval},
             {"StartTime", Type::datetime}},
            {},
            false});
    define({"Msvm_MigrationJob",
            "Msvm_ConcreteJob",
            kVirt,
            {{"InstanceID", Type::string, false, true},
             {"JobState", Type::uint16},
             {"ElapsedTime", Type::interval},
             {"StartTime", Type::datetime},
             {"DestinationHost"}},
            {},
            false});
    define({"Msvm_VirtualSystemSettingData",
            "",
            kVirt,
            {{"InstanceID", Type::string, false, true}, {"ElementName"}, {"Notes", Type::string, true}},
            {},
            false});
    define({"Msvm_HeartbeatComponent",
            "",
            kVirt,
            {{"DeviceID", Type::string, false, true}, {"OperationalStatus", Type::uint16, true}},
            {},
            false});
    for (const auto& [name, from, to] :
         {std::tuple("Msvm_SettingsDefineState", "ManagedElement", "SettingData"),
          std::tuple("Msvm_SystemDevice", "GroupComponent", "PartComponent")}) {
      define({name,
              "",
              kVirt,
              {{from, Type::reference, false, true}, {to, Type::reference, false, true}},
              {},
              true});
    }
    define({"Msvm_VirtualSystemMigrationService",
            "",
            kVirt,
            {{"SystemCreationClassName", Type::string, false, true},
             {"SystemName", Type::string, false, true},
             {"CreationClassName", Type::string, false, true},
             {"Name", Type::string, false, true}},
            {{"MigrateVirtualSystemToHost",
              {{"ComputerSystem", Type::reference},
               {"DestinationHost"},
               {"MigrationSettingData"},
               {"NewSystemSettingData"},
               {"NewResourceSettingData", Type::string, true},
               {"Job", Type::reference, false, true}}}},
            false});
    define({"Msvm_VirtualSystemManagementService",
            "",
            kVirt,
            {{"Name", Type::string, false, true}},
            {{"GetVirtualSystemThumbnailImage",
              {{"TargetSystem", Type::reference},
               {"WidthPixels", Type::uint16},
               {"HeightPixels", Type::uint16},
               {"ImageData", Type::uint8, true, true}}}},
            false});
    define({"Win32_ProcessStartup", "", "root/cimv2", {{"ShowWindow", Type::uint16}, {"Title"}}, {}, false});
    define({"Win32_Process",
            "",
            "root/cimv2",
            {{"Handle", Type::string, false, true}, {"Name"}},
            {{"Create",
              {{"CommandLine"},
               {"CurrentDirectory"},
               {"ProcessStartupInformation", Type::object},
               {"ProcessId", Type::uint32, false, true}},
              true}},
            false});
  }

  void add_guest(const std::string& guid, const std::string& name, std::uint64_t state) {
    add("Msvm_ComputerSystem")
        .set("Caption", text("Virtual Machine"))
        .set("CreationClassName", text("Msvm_ComputerSystem"))
        .set("ElementName", text(name))
        .set("EnabledState", number(state))
        .set("InstallDate", Scalar(at("2026-11-20T09:15:00.5+01:00")))
        .set("Name", text(guid))
        .set("OnTimeInMilliseconds", number(123456))
        .set("OperationalStatus", Array{number(2), number(32775)});
  }

  void add_instances() {
    add("Msvm_ComputerSystem")
        .set("Caption", text("Hosting Computer System"))
        .set("CreationClassName", text("Msvm_ComputerSystem"))
        .set("ElementName", text("NODE1"))
        .set("EnabledState", number(2))
        .set("Name", text("NODE1"));
    add_guest(kGuid, "g03", 2);
    add_guest("00000000-AAAA-BBBB-CCCC-000000000001", "<b>&g04", 3);
    add("Msvm_ConcreteJob").set("InstanceID", text("JOB-1")).set("JobState", number(7));
    add("Msvm_MigrationJob")
        .set("InstanceID", text("JOB-2"))
        .set("JobState", number(4))
        .set("DestinationHost", text("node2"))
        .set("ElapsedTime", Scalar(cim::Interval{std::chrono::minutes(5)}))
        .set("StartTime", Scalar(at("20261123140000.000000+060")));
    add("Msvm_VirtualSystemSettingData")
        .set("InstanceID", text("Microsoft:" + kGuid))
        .set("ElementName", text("g03"))
        .set("Notes", Array{text("migstorm"), text("a & b")});
    add("Msvm_HeartbeatComponent")
        .set("DeviceID", text("Microsoft:" + kGuid + "\\HB"))
        .set("OperationalStatus", Array{number(2)});
    add("Msvm_VirtualSystemMigrationService")
        .set("SystemCreationClassName", text("Msvm_ComputerSystem"))
        .set("SystemName", text("NODE1"))
        .set("CreationClassName", text("Msvm_VirtualSystemMigrationService"))
        .set("Name", text("migrationwmi"));
    add("Msvm_VirtualSystemManagementService").set("Name", text("vmms"));
  }

  std::string version_;
  std::vector<std::unique_ptr<cim::ClassDef>> classes_;
};

class TestClock final : public LabClock {
public:
  Instant now() const noexcept override { return time; }
  CivilTime epoch() const noexcept override { return {}; }
  Instant time{};
};

class TestEngine : public Engine {
public:
  explicit TestEngine(cim::Machine& machine) : machine_(machine) {}

  std::vector<Front> fronts() override {
    return {{"node1", "127.0.0.1", 5985, "LAB\\migstorm", "secret", false, &machine_}};
  }
  void advance() override { ++advanced; }
  WireFault next_wire_fault(std::string_view /*machine*/, bool is_invoke) override {
    asked.push_back(is_invoke);
    return std::exchange(fault, WireFault::none);
  }
  const std::vector<LedgerMove>& moves() const override { return moves_; }
  const std::vector<LedgerCrash>& crashes() const override { return crashes_; }
  const std::vector<LedgerChange>& changes() const override { return changes_; }
  const std::vector<LedgerTrouble>& troubles() const override { return troubles_; }
  std::map<std::string, std::string> owners() const override { return {}; }
  const std::vector<std::string>& violations() const override { return violations_; }

  int advanced = 0;
  std::vector<bool> asked;           // one entry per request: whether it was an Invoke
  WireFault fault = WireFault::none; // of the next request

private:
  cim::Machine& machine_;
  std::vector<LedgerMove> moves_;
  std::vector<LedgerCrash> crashes_;
  std::vector<LedgerChange> changes_;
  std::vector<LedgerTrouble> troubles_;
  std::vector<std::string> violations_;
};

} // namespace migstorm::lab::test
