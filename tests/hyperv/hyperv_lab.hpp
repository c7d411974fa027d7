// Two hosts of 2012 R2 in a cluster, composed from the documented answers. Tests spoil what they are about.
#pragma once

#include "harness/hyperv/wsman_cluster.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scripted_transport.hpp"

#include <string>
#include <vector>

namespace migstorm::test {

inline constexpr std::string_view kNs2 = "root/virtualization/v2";
inline constexpr std::string_view kNs1 = "root/virtualization";
inline constexpr std::string_view kCluster = "root/MSCluster";
inline constexpr std::string_view kCim = "root/cimv2";
inline const std::string kG03 = "8C0E8C0E-1111-2222-3333-444455556666"; // stands alone
inline const std::string kG04 = "9D1F9D1F-AAAA-BBBB-CCCC-DDDDEEEEFFFF"; // in cluster group "g04"

inline std::string p(std::string_view name, std::string_view value) {
  return "<p:" + std::string(name) + ">" + std::string(value) + "</p:" + std::string(name) + ">";
}
inline std::string nil(std::string_view name) { return "<p:" + std::string(name) + " xsi:nil=\"true\"/>"; }

inline std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '&' ? "&amp;" : std::string(1, c);
  }
  return out;
}

// A reference to a job, as the Job parameter of a method.
inline std::string job_epr(std::string_view id) {
  return "<p:Job><a:Address>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:Address>"
         "<a:ReferenceParameters><w:ResourceURI>http://schemas.microsoft.com/wbem/wsman/1/wmi/root/"
         "virtualization/v2/"
         "Msvm_MigrationJob</w:ResourceURI><w:SelectorSet><w:Selector Name=\"InstanceID\">" +
         std::string(id) + "</w:Selector></w:SelectorSet></a:ReferenceParameters></p:Job>";
}

inline std::string vm_resource(std::string_view group, std::string_view vm_id) {
  return p("Name", "Virtual Machine " + std::string(group)) + p("Type", "Virtual Machine") +
         p("OwnerGroup", group) +
         R"(<p:PrivateProperties xmlns:q="urn:q" xsi:type="q:MSCluster_Property_Type"><q:VmID>)" +
         std::string(vm_id) + "</q:VmID><q:VmState>2</q:VmState></p:PrivateProperties>";
}

inline void add_cluster(HostScript& host) {
  host.rows(kCluster, "MSCluster_Cluster", {p("Name", "lab-cluster") + nil("MaximumParallelMigrations")});
  host.rows(kCluster, "MSCluster_Resource", {vm_resource("g04", lower(kG04))});
  host.rows(
      kCluster, "MSCluster_ResourceGroup",
      {p("Name", "g04") + p("OwnerNode", "HV1") + p("State", "0") + p("StatusInformation", "0"),
       p("Name", "Cluster Group") + p("OwnerNode", "HV2") + p("State", "0") + p("StatusInformation", "0")});
}

inline void make_2012r2(HostScript& host, const std::string& computer, const std::string& listener) {
  host.version = "OS: 6.3.9600 SP: 0.0 Stack: 3.0";
  host.rows(kCim, "Win32_OperatingSystem", {p("Version", "6.3.9600") + p("CSName", computer)});
  host.rows(kCim, "Win32_QuickFixEngineering", {p("HotFixID", "KB2919355"), p("HotFixID", "KB2636573")});
  host.rows(kNs2, "Msvm_ComputerSystem",
            {p("Name", computer) + p("ElementName", computer) + p("EnabledState", "2") +
                 nil("OnTimeInMilliseconds"),
             p("Name", kG03) + p("ElementName", "g03") + p("EnabledState", "2") +
                 p("OperationalStatus", "2") + p("OnTimeInMilliseconds", "5000"),
             p("Name", lower(kG04)) + p("ElementName", "g04") + p("EnabledState", "9") +
                 p("OperationalStatus", "11") + p("OperationalStatus", "32774") +
                 p("OnTimeInMilliseconds", "7000")});
  host.rows(kNs2, "Msvm_VirtualSystemMigrationService",
            {p("MigrationServiceListenerIPAddressList", listener)});
  host.rows(kNs2, "Msvm_VirtualSystemMigrationServiceSettingData",
            {p("EnableVirtualSystemMigration", "true") + p("MaximumActiveVirtualSystemMigration", "2") +
             p("AuthenticationType", "1")});
  host.rows(kNs2, "Msvm_VirtualSystemMigrationSettingData",
            {p("InstanceID", "Microsoft:Definition") + p("MigrationType", "32768") + p("TransportType", "5") +
             p("Priority", "0") + nil("DestinationIPAddressList") + p("EnableCompression", "true") +
             p("SomethingOfALaterRelease", "7")});
  add_cluster(host);
}

// A 2008 R2 host outside of a cluster: v1 only.
inline void make_2008r2(HostScript& host, const std::string& computer) {
  host.version = "OS: 6.1.7601 SP: 1.0 Stack: 2.0";
  host.rows(kCim, "Win32_OperatingSystem", {p("Version", "6.1.7601") + p("CSName", computer)});
  host.rows(kCim, "Win32_QuickFixEngineering", {});
  host.rows(kNs1, "Msvm_ComputerSystem",
            {p("Name", computer) + p("ElementName", computer) + p("EnabledState", "2"),
             p("Name", kG03) + p("ElementName", "g03") + p("EnabledState", "32768") +
                 p("OnTimeInMilliseconds", "5000")});
}

class HypervLab {
public:
  HypervLab() {
    lab.hosts = {{"hv1.lab.test", "http://127.0.1.1:5985/wsman", "admin", true, ""},
                 {"hv2.lab.test", "http://127.0.1.2:5985/wsman", "admin", true, ""}};
    lab.guests = {{"g03", "http://127.0.2.1:5985/wsman", "guest", true, ""}};
    make_2012r2(hv1, "HV1", "10.20.0.11");
    make_2012r2(hv2, "HV2", "10.20.0.12");
  }

  hyperv::Cluster& cluster() {
    if (!cluster_) {
      cluster_ = hyperv::make_wsman_cluster(runtime, lab,
                                            [this](const Endpoint& endpoint) { return connect(endpoint); });
    }
    return *cluster_;
  }

  template <class T>
  T ask(Task<T> task) {
    return run(runtime, std::move(task));
  }
  void probe_all() {
    REQUIRE(ask(cluster().probe("hv1.lab.test")));
    REQUIRE(ask(cluster().probe("hv2.lab.test")));
    forget();
  }
  void forget() {
    hv1.seen.clear();
    hv2.seen.clear();
    g03.seen.clear();
  }

  SimRuntime runtime;
  LabFile lab;
  HostScript hv1;
  HostScript hv2;
  HostScript g03;
  std::size_t connected = 0;

private:
  Result<std::unique_ptr<wsman::Transport>> connect(const Endpoint& endpoint) {
    ++connected;
    HostScript& script = endpoint.name == "g03" ? g03 : endpoint.name == "hv1.lab.test" ? hv1 : hv2;
    return std::unique_ptr<wsman::Transport>(std::make_unique<ScriptedTransport>(script));
  }

  std::unique_ptr<hyperv::Cluster> cluster_;
};

} // namespace migstorm::test
