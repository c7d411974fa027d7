// root\cimv2 about the machine as a whole: operating system, hardware, hotfixes, drivers, crash settings.
#include "tools/lab/provider/providers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace migstorm::lab {

namespace {

constexpr std::uint64_t kKibPerMib = 1024;

cim::InstancePtr operating_system(const OsContext& context) {
  const auto facts = context.facts();
  const auto& release = facts_of(facts.release);
  const auto memory_kib = facts.memory_mib * kKibPerMib;
  const bool has_pack = release.service_pack != 0;
  auto row = context.make("Win32_OperatingSystem");
  row.set("Name", text(fmt::format(R"({}|C:\Windows|\Device\Harddisk0\Partition2)", release.caption)))
      .set("Caption", text(release.caption))
      .set("Version", text(release.os_version))
      .set("BuildNumber", text(std::to_string(release.build)))
      .set("CSDVersion", has_pack ? text(fmt::format("Service Pack {}", release.service_pack)) : null())
      .set("ServicePackMajorVersion", number(release.service_pack))
      .set("CSName", text(facts.name))
      .set("CSCreationClassName", text("Win32_ComputerSystem"))
      .set("CurrentTimeZone", signed_number(0))
      .set("InstallDate", context.own_civil(facts.created))
      .set("LastBootUpTime", context.own_civil(facts.booted))
      .set("LocalDateTime", context.own_civil(context.model().now()))
      .set("TotalVisibleMemorySize", number(memory_kib))
      .set("FreePhysicalMemory", number(facts.memory_free_mib * kKibPerMib))
      .set("TotalVirtualMemorySize", number(2 * memory_kib))
      .set("FreeVirtualMemory", number(memory_kib))
      .set("NumberOfProcesses", number(40));
  return share(std::move(row));
}

cim::InstancePtr computer_system(const OsContext& context) {
  const auto facts = context.facts();
  auto row = context.make("Win32_ComputerSystem");
  row.set("Name", text(facts.name))
      .set("Caption", text(facts.name))
      .set("DNSHostName", text(facts.name))
      .set("Manufacturer", text(facts.guest ? "Microsoft Corporation" : "Contoso"))
      .set("Model", text(facts.guest ? "Virtual Machine" : "Cluster Node"))
      .set("CurrentTimeZone", signed_number(0))
      .set("NumberOfProcessors", number(facts.guest ? 1 : 2))
      .set("NumberOfLogicalProcessors", number(facts.processors))
      .set("TotalPhysicalMemory", number(facts.memory_mib << 20U));
  return share(std::move(row));
}

cim::InstancePtr product(const OsContext& context) {
  const auto facts = context.facts();
  auto row = context.make("Win32_ComputerSystemProduct");
  row.set("Name", text(facts.guest ? "Virtual Machine" : "Cluster Node"))
      .set("IdentifyingNumber", text(derived_guid(facts.name, "serial")))
      .set("UUID", text(derived_guid(facts.guest ? facts.system_id : facts.name, "bios")));
  return share(std::move(row));
}

cim::InstancePtr processor(const OsContext& context) {
  const auto facts = context.facts();
  auto row = context.make("Win32_Processor");
  row.set("DeviceID", text("CPU0"))
      .set("SocketDesignation", text("CPU0"))
      .set("SystemName", text(facts.name))
      .set("NumberOfCores", number(facts.processors))
      .set("NumberOfLogicalProcessors", number(facts.processors));
  return share(std::move(row));
}

void hotfixes(const OsContext& context, const Dispatch::Sink& sink) {
  const auto facts = context.facts();
  for (const auto& id : *facts.hotfixes) {
    auto row = context.make("Win32_QuickFixEngineering");
    const auto digits = id.starts_with("KB") ? id.substr(2) : id;
    row.set("HotFixID", text(id))
        .set("CSName", text(facts.name))
        .set("Caption", text("http://support.microsoft.com/?kbid=" + digits))
        .set("Description", text("Hotfix"))
        .set("InstalledOn", text("10/24/2011"));
    sink(share(std::move(row)));
  }
}

struct Driver {
  std::string_view name;
  std::string_view display_name;
  std::string_view type;
  bool guests_only;
};

constexpr std::array kDrivers{
    Driver{"vmbus", "Virtual Machine Bus", "Kernel Driver", false},
    Driver{"storvsc", "storvsc", "Kernel Driver", true},
    Driver{"netvsc", "netvsc", "Kernel Driver", true},
    Driver{"disk", "Disk Driver", "Kernel Driver", false},
    Driver{"volmgr", "Volume Manager Driver", "Kernel Driver", false},
    Driver{"FltMgr", "FltMgr", "File System Driver", false},
    Driver{"Ntfs", "Ntfs", "File System Driver", false},
    Driver{"luafv", "UAC File Virtualization", "File System Driver", false},
};

void drivers(const OsContext& context, const Dispatch::Sink& sink) {
  const auto facts = context.facts();
  for (const auto& driver : kDrivers) {
    if (driver.guests_only && !facts.guest) {
      continue;
    }
    auto row = context.make("Win32_SystemDriver");
    row.set("Name", text(driver.name))
        .set("Caption", text(driver.display_name))
        .set("Description", text(driver.display_name))
        .set("DisplayName", text(driver.display_name))
        .set("ServiceType", text(driver.type))
        .set("PathName", text(fmt::format(R"(C:\Windows\system32\drivers\{}.sys)", driver.name)))
        .set("SystemName", text(facts.name));
    sink(share(std::move(row)));
  }
}

cim::InstancePtr recovery(const OsContext& context) {
  auto row = context.make("Win32_OSRecoveryConfiguration");
  const auto facts = context.facts();
  const std::uint32_t kind = facts.dump_kind();
  row.set("Name",
          text(fmt::format(R"({}|C:\Windows|\Device\Harddisk0\Partition2)", facts_of(facts.release).caption)))
      .set("DebugInfoType", number(kind))
      .set("WriteDebugInfo", flag(kind != 0))
      .set("AutoReboot", flag(facts.dumps.restarts))
      .set("OverwriteExistingDebugFile", flag(facts.dumps.overwrites));
  return share(std::move(row));
}

void page_files(const OsContext& context, const Dispatch::Sink& sink) {
  const auto facts = context.facts();
  const std::uint64_t size_mib = facts.page_file() >> 20U;
  if (size_mib == 0) {
    return;
  }
  auto row = context.make("Win32_PageFileUsage");
  row.set("Name", text(R"(C:\pagefile.sys)"))
      .set("Caption", text(R"(C:\pagefile.sys)"))
      .set("Description", text(R"(C:\pagefile.sys)"))
      .set("AllocatedBaseSize", number(size_mib))
      .set("CurrentUsage", number(size_mib / 16))
      .set("PeakUsage", number(size_mib / 8));
  sink(share(std::move(row)));
}

void logical_disks(const OsContext& context, const Dispatch::Sink& sink) {
  constexpr std::uint64_t kSize = 127ULL << 30U; // what the wizard proposes for a new machine's disk
  const auto facts = context.facts();
  auto row = context.make("Win32_LogicalDisk");
  row.set("DeviceID", text("C:"))
      .set("Name", text("C:"))
      .set("Caption", text("C:"))
      .set("SystemName", text(facts.name))
      .set("Size", number(std::max(kSize, facts.dumps.free)))
      .set("FreeSpace", number(facts.dumps.free));
  sink(share(std::move(row)));
}

using Row = cim::InstancePtr (*)(const OsContext&);
using Rows = void (*)(const OsContext&, const Dispatch::Sink&);

} // namespace

void add_operating_system(Dispatch& dispatch, const OsContext& context) {
  const auto one = [&](std::string_view name, Row row) {
    dispatch.add_source(context.schema().at(kCimv2, name),
                        [context, row](const cim::Hint&, const Dispatch::Sink& sink) { sink(row(context)); });
  };
  const auto several = [&](std::string_view name, Rows rows) {
    dispatch.add_source(
        context.schema().at(kCimv2, name),
        [context, rows](const cim::Hint&, const Dispatch::Sink& sink) { rows(context, sink); });
  };
  one("Win32_OperatingSystem", operating_system);
  one("Win32_ComputerSystem", computer_system);
  one("Win32_ComputerSystemProduct", product);
  one("Win32_Processor", processor);
  one("Win32_OSRecoveryConfiguration", recovery);
  several("Win32_QuickFixEngineering", hotfixes);
  several("Win32_SystemDriver", drivers);
  several("Win32_PageFileUsage", page_files);
  several("Win32_LogicalDisk", logical_disks);
}

} // namespace migstorm::lab
