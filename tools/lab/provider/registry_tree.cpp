#include "tools/lab/provider/registry_tree.hpp"

#include <algorithm>

namespace migstorm::lab {

namespace {

constexpr std::string_view kServices = R"(SYSTEM\CurrentControlSet\Services\)";
constexpr std::string_view kAdapters =
    R"(SYSTEM\CurrentControlSet\Control\Class\{4D36E972-E325-11CE-BFC1-08002BE10318}\0007)";

std::string folded_key(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return out;
}

std::string_view take_part(std::string_view& path) {
  const auto end = std::min(path.find('\\'), path.size());
  const auto part = path.substr(0, end);
  path.remove_prefix(std::min(end + 1, path.size()));
  return part;
}

void add_service(RegistryKey& root, std::string_view name, std::uint32_t type, std::string_view group) {
  const auto path = std::string(kServices) + std::string(name);
  root.set(path, "Type", type);
  root.set(path, "Start", std::uint32_t{0});
  root.set(path, "ImagePath", "system32\\drivers\\" + std::string(name) + ".sys");
  root.set(path, "Group", std::string(group));
}

void add_filter(RegistryKey& root, std::string_view name, std::string_view group, std::string_view altitude) {
  constexpr std::uint32_t kFileSystemDriver = 2;
  add_service(root, name, kFileSystemDriver, group);
  const auto path = std::string(kServices) + std::string(name) + "\\Instances";
  root.set(path, "DefaultInstance", std::string(name));
  root.set(path + "\\" + std::string(name), "Altitude", std::string(altitude));
}

void add_crash_control(RegistryKey& root, const OsFacts& facts) {
  constexpr std::string_view kPath = R"(SYSTEM\CurrentControlSet\Control\CrashControl)";
  root.set(kPath, "AutoReboot", std::uint32_t{facts.dumps.restarts ? 1U : 0U});
  root.set(kPath, "CrashDumpEnabled", facts.dump_kind());
  root.set(kPath, "DumpFile", std::string("%SystemRoot%\\MEMORY.DMP"));
  root.set(kPath, "MinidumpDir", std::string("%SystemRoot%\\Minidump"));
  root.set(kPath, "LogEvent", std::uint32_t{1});
  root.set(kPath, "Overwrite", std::uint32_t{facts.dumps.overwrites ? 1U : 0U});
  if (!facts.dumps.dedicated_file.empty()) {
    root.set(kPath, "DedicatedDumpFile", facts.dumps.dedicated_file);
  }
}

void add_release(RegistryKey& root, const OsFacts& facts) {
  constexpr std::string_view kPath = R"(SOFTWARE\Microsoft\Windows NT\CurrentVersion)";
  const auto& release = facts_of(facts.release);
  constexpr std::string_view kCompany = "Microsoft ";
  const auto product =
      release.caption.starts_with(kCompany) ? release.caption.substr(kCompany.size()) : release.caption;
  root.set(kPath, "ProductName", std::string(product));
  root.set(kPath, "CurrentVersion", std::to_string(release.major) + "." + std::to_string(release.minor));
  root.set(kPath, "CurrentBuildNumber", std::to_string(release.build));
  root.set(kPath, "SystemRoot", std::string("C:\\Windows"));
  if (release.service_pack != 0) {
    root.set(kPath, "CSDVersion", "Service Pack " + std::to_string(release.service_pack));
  }
}

// What key-value pair exchange leaves in a guest about the host it runs on.
void add_guest(RegistryKey& root, const OsFacts& facts) {
  constexpr std::string_view kPath = R"(SOFTWARE\Microsoft\Virtual Machine\Guest\Parameters)";
  root.set(kPath, "HostName", std::string(facts.physical_host));
  root.set(kPath, "PhysicalHostName", std::string(facts.physical_host));
  root.set(kPath, "VirtualMachineName", std::string(facts.name));
  root.set(kPath, "VirtualMachineId", std::string(facts.system_id));
  add_service(root, "storvsc", 1, "SCSI Miniport");
  add_service(root, "netvsc", 1, "NDIS");
  root.set(kAdapters, "DriverDesc", std::string("Microsoft Virtual Machine Bus Network Adapter"));
  for (const std::string_view keyword : {"*LsoV2IPv4", "*LsoV2IPv6", "*TCPChecksumOffloadIPv4",
                                         "*UDPChecksumOffloadIPv4", "*IPChecksumOffloadIPv4"}) {
    root.set(kAdapters, keyword, std::string(keyword.starts_with("*Lso") ? "1" : "3"));
  }
}

} // namespace

const RegistryKey* RegistryKey::find(std::string_view path) const {
  const auto* key = this;
  while (!path.empty()) {
    const auto found = key->keys.find(folded_key(take_part(path)));
    if (found == key->keys.end()) {
      return nullptr;
    }
    key = &found->second;
  }
  return key;
}

RegistryKey& RegistryKey::make(std::string_view path) {
  auto* key = this;
  while (!path.empty()) {
    const auto part = take_part(path);
    key = &key->keys[folded_key(part)];
    key->name = part;
  }
  return *key;
}

void RegistryKey::set(std::string_view path, std::string_view value, RegistryData data) {
  make(path).values.push_back({std::string(value), std::move(data)});
}

RegistryKey registry_of(const OsFacts& facts) {
  RegistryKey root;
  add_release(root, facts);
  add_crash_control(root, facts);
  add_service(root, "vmbus", 1, "System Bus Extender");
  add_filter(root, "luafv", "FSFilter Virtualization", "135000");
  if (facts.guest) {
    add_guest(root, facts);
  }
  return root;
}

} // namespace migstorm::lab
