#include "harness/hyperv/dump_setup.hpp"

#include "harness/hyperv/registry.hpp"
#include "harness/wsman/text.hpp"

#include <algorithm>

namespace migstorm::hyperv {

namespace {

constexpr std::string_view kCrashControl = R"(SYSTEM\CurrentControlSet\Control\CrashControl)";
constexpr std::uint64_t kKib = 1024;
constexpr std::uint64_t kMib = 1024 * kKib;
constexpr std::size_t kPageFilesMax = 64;
constexpr std::size_t kGroupsMax = 8192;
constexpr Span kWrittenWithin = std::chrono::hours(24);

Task<Status> read_flag(Host& guest, std::string value, std::optional<bool>& into) {
  Result<std::optional<std::uint32_t>> number =
      co_await read_dword(guest, std::string(kCrashControl), std::move(value));
  if (!number) {
    co_return std::move(number).error();
  }
  if (*number) {
    into = **number != 0;
  }
  co_return Unit{};
}

Task<Status> read_path(Host& guest, std::string value, std::string& into) {
  Result<std::optional<std::string>> text =
      co_await read_string(guest, std::string(kCrashControl), std::move(value));
  if (!text) {
    co_return std::move(text).error();
  }
  into = std::move(*text).value_or("");
  co_return Unit{};
}

Task<Status> read_crash_control(Host& guest, DumpSetup& setup) {
  Result<std::optional<std::uint32_t>> kind =
      co_await read_dword(guest, std::string(kCrashControl), "CrashDumpEnabled");
  if (!kind) {
    co_return std::move(kind).error();
  }
  setup.kind = *kind;
  Status read = co_await read_flag(guest, "AutoReboot", setup.restarts);
  if (read) {
    read = co_await read_flag(guest, "Overwrite", setup.overwrites);
  }
  if (read) {
    read = co_await read_path(guest, "DumpFile", setup.file);
  }
  if (read) {
    read = co_await read_path(guest, "DedicatedDumpFile", setup.dedicated_file);
  }
  co_return read;
}

// "%SystemRoot%\MEMORY.DMP", where it came without its variables resolved.
void resolve_root(std::string& path, std::string_view root) {
  constexpr std::string_view kVariable = "%SystemRoot%";
  if (path.size() >= kVariable.size() && wsman::same_name(path.substr(0, kVariable.size()), kVariable)) {
    path.replace(0, kVariable.size(), root);
  }
}

Task<Result<CivilTime>> read_system(Host& guest, DumpSetup& setup) {
  Rows rows = co_await guest.client->query(
      std::string(kNamespaceCim),
      "SELECT TotalVisibleMemorySize, LastBootUpTime, WindowsDirectory FROM Win32_OperatingSystem"); // KiB
  if (!rows) {
    co_return std::move(rows).error();
  }
  CivilTime booted{};
  if (!rows->empty()) {
    const wsman::Instance& system = rows->front();
    setup.memory = system.number("TotalVisibleMemorySize").value_or(0) * kKib;
    booted = system.datetime("LastBootUpTime").value_or(booted);
    resolve_root(setup.file,
                 wsman::printable(system.text("WindowsDirectory").value_or("C:\\Windows"), kNameMax));
  }
  co_return booted;
}

Task<Status> read_files(Host& guest, DumpSetup& setup) {
  Rows files = co_await query_if_known(guest, std::string(kNamespaceCim),
                                       "SELECT Name, AllocatedBaseSize FROM Win32_PageFileUsage"); // MiB
  if (!files) {
    co_return std::move(files).error();
  }
  for (const wsman::Instance& row : *files) {
    if (setup.page_files.size() < kPageFilesMax) {
      setup.page_files.push_back({wsman::printable(row.text("Name").value_or(""), kNameMax),
                                  row.number("AllocatedBaseSize").value_or(0) * kMib});
    }
  }
  if (setup.file.size() < 2 || setup.file[1] != ':') {
    co_return Unit{};
  }
  std::string wql = "SELECT FreeSpace FROM Win32_LogicalDisk WHERE DeviceID = " +
                    quote_wql(std::string_view(setup.file).substr(0, 2));
  Rows drive = co_await query_if_known(guest, std::string(kNamespaceCim), std::move(wql));
  if (!drive) {
    co_return std::move(drive).error();
  }
  if (!drive->empty()) {
    setup.free = drive->front().number("FreeSpace");
  }
  co_return Unit{};
}

// The machine's own records of what its volume manager could not do.
Task<Status> read_complaints(Host& guest, DumpSetup& setup, CivilTime booted) {
  const CivilTime day = guest.runtime.civil_now() - kWrittenWithin;
  const CivilTime since = booted == CivilTime{} ? day : std::min(booted, day);
  std::string wql = "SELECT EventCode, TimeGenerated FROM Win32_NTLogEvent WHERE Logfile='System' AND "
                    "SourceName='volmgr' AND (EventCode=46 OR EventCode=161) AND TimeGenerated >= " +
                    quote_wql(wsman::format_cim_datetime(since));
  Rows rows = co_await guest.client->query(std::string(kNamespaceCim), std::move(wql));
  if (!rows) {
    co_return std::move(rows).error();
  }
  for (const wsman::Instance& row : *rows) {
    const CivilTime time = row.datetime("TimeGenerated").value_or(since);
    setup.not_ready += row.number("EventCode") == 46U && time >= booted ? 1U : 0U;
    setup.not_written += row.number("EventCode") == 161U && time >= day ? 1U : 0U;
  }
  co_return Unit{};
}

HeartbeatRecovery to_recovery(const wsman::Instance& row) {
  HeartbeatRecovery rule;
  rule.group = wsman::printable(row.text("OwnerGroup").value_or(""), kNameMax);
  const auto narrow = [](std::optional<std::uint64_t> number) {
    return number && *number <= UINT32_MAX ? std::optional(static_cast<std::uint32_t>(*number))
                                           : std::nullopt;
  };
  rule.action = narrow(row.number("RestartAction"));
  rule.threshold = narrow(row.number("RestartThreshold"));
  for (const auto& properties : row.instances("PrivateProperties")) {
    if (const auto watched = properties->number("CheckHeartbeat")) {
      rule.watched = *watched != 0;
    } else if (const auto flag = properties->boolean("CheckHeartbeat")) {
      rule.watched = *flag;
    }
  }
  return rule;
}

} // namespace

Task<Result<DumpSetup>> read_dump_setup(Host& guest) {
  DumpSetup setup;
  Status read = co_await read_crash_control(guest, setup);
  if (!read) {
    co_return std::move(read).error();
  }
  Result<CivilTime> booted = co_await read_system(guest, setup);
  if (!booted) {
    co_return std::move(booted).error();
  }
  read = co_await read_files(guest, setup);
  if (read) {
    read = co_await read_complaints(guest, setup, *booted);
  }
  if (!read) {
    co_return std::move(read).error();
  }
  co_return setup;
}

Task<Result<std::vector<HeartbeatRecovery>>> read_heartbeat_recovery(Host& node) {
  // All columns: older releases lack some of these, and PrivateProperties is an object.
  Rows rows = co_await query_if_known(node, std::string(kNamespaceCluster),
                                      "SELECT * FROM MSCluster_Resource WHERE Type = 'Virtual Machine'");
  if (!rows) {
    co_return std::move(rows).error();
  }
  std::vector<HeartbeatRecovery> rules;
  for (const wsman::Instance& row : *rows) {
    if (rules.size() < kGroupsMax) {
      rules.push_back(to_recovery(row));
    }
  }
  co_return rules;
}

} // namespace migstorm::hyperv
