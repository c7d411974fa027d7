#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

Task<Rows> query_if_known(Host& host, std::string ns, std::string wql) {
  Rows rows = co_await host.client->query(std::move(ns), std::move(wql));
  if (!rows && rows.error().code == Errc::not_found) {
    co_return std::vector<wsman::Instance>();
  }
  co_return rows;
}

wsman::Reference service_reference(const Known& known, std::string_view class_name, std::string_view name) {
  std::vector<wsman::Selector> keys{{"SystemCreationClassName", "Msvm_ComputerSystem"},
                                    {"SystemName", known.facts.computer_name},
                                    {"CreationClassName", std::string(class_name)},
                                    {"Name", std::string(name)}};
  return {wsman::resource_uri(known.virtualization(), class_name), std::move(keys)};
}

bool is_refusal(Errc code) noexcept {
  switch (code) {
  case Errc::remote_fault:
  case Errc::unsupported:
  case Errc::not_found:
  case Errc::malformed:
  case Errc::over_limit:
  case Errc::too_large:
    return true;
  default:
    return false;
  }
}

} // namespace migstorm::hyperv
