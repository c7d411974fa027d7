#include "harness/hyperv/room.hpp"

#include "harness/wsman/text.hpp"

namespace migstorm::hyperv {

namespace {

constexpr std::size_t kVolumesMax = 1024;
constexpr std::uint64_t kKib = 1024;

// Volumes without a letter or folder are named "\\?\Volume{...}\": no disk of a guest lies there by a path
// that could be compared.
std::optional<Volume> to_volume(const wsman::Instance& row) {
  std::string path = wsman::printable(row.text("Name").value_or(""), kTextMax);
  const auto size = row.number("Capacity");
  const auto free = row.number("FreeSpace");
  if (!size || !free || *free > *size || path.empty() || path.starts_with(R"(\\?\)")) {
    return std::nullopt;
  }
  if (path.ends_with('\\')) {
    path.pop_back();
  }
  return Volume{std::move(path), *size, *free};
}

} // namespace

Task<Result<HostRoom>> read_room(Host& host) {
  Rows system = co_await host.client->query(
      std::string(kNamespaceCim),
      "SELECT TotalVisibleMemorySize, FreePhysicalMemory FROM Win32_OperatingSystem"); // KiB
  if (!system) {
    co_return std::move(system).error();
  }
  HostRoom room;
  if (!system->empty()) {
    room.memory = system->front().number("TotalVisibleMemorySize").value_or(0) * kKib;
    room.memory_free = system->front().number("FreePhysicalMemory").value_or(0) * kKib;
  }
  // That every node shows every shared volume here has not been seen on a host.
  Rows volumes =
      co_await query_if_known(host, std::string(kNamespaceCim),
                              "SELECT Name, Capacity, FreeSpace FROM Win32_Volume WHERE DriveType = 3");
  if (!volumes) {
    co_return std::move(volumes).error();
  }
  for (const wsman::Instance& row : *volumes) {
    if (auto volume = to_volume(row); volume && room.volumes.size() < kVolumesMax) {
      room.volumes.push_back(std::move(*volume));
    }
  }
  co_return room;
}

} // namespace migstorm::hyperv
