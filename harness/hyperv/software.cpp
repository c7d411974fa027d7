#include "harness/hyperv/software.hpp"

#include "harness/wsman/text.hpp"

namespace migstorm::hyperv {

namespace {

constexpr std::size_t kHotfixesMax = 4096;

} // namespace

Task<Result<std::vector<std::string>>> read_hotfixes(Host& machine) {
  Rows rows = co_await query_if_known(machine, std::string(kNamespaceCim),
                                      "SELECT HotFixID FROM Win32_QuickFixEngineering");
  if (!rows) {
    co_return std::move(rows).error();
  }
  std::vector<std::string> hotfixes;
  for (const wsman::Instance& row : *rows) {
    std::string id = wsman::printable(row.text("HotFixID").value_or(""), kNameMax);
    if (!id.empty() && hotfixes.size() < kHotfixesMax) {
      hotfixes.push_back(std::move(id));
    }
  }
  co_return hotfixes;
}

Task<Result<Software>> read_software(Host& machine) {
  Rows system =
      co_await machine.client->query(std::string(kNamespaceCim), "SELECT Version FROM Win32_OperatingSystem");
  if (!system) {
    co_return std::move(system).error();
  }
  Result<std::vector<std::string>> hotfixes = co_await read_hotfixes(machine);
  if (!hotfixes) {
    co_return std::move(hotfixes).error();
  }
  Software software;
  if (!system->empty()) {
    software.os_version = wsman::printable(system->front().text("Version").value_or(""), kNameMax);
  }
  software.hotfixes = *std::move(hotfixes);
  co_return software;
}

} // namespace migstorm::hyperv
