// Msvm_VirtualSystemMigrationSettingData as a host wants to get it back.
//
// An unknown property makes the host refuse the move, so what is sent are the values of the host's own
// template, of which those are kept whose CIM type we know (WS-Management does not carry types).
#pragma once

#include "harness/wsman/cim.hpp"

#include <string>
#include <vector>

namespace migstorm::hyperv {

// One host's template for a move of a running guest on shared storage.
class MigrationSettings {
public:
  MigrationSettings() = default; // where the host gave no template: the type alone
  explicit MigrationSettings(const wsman::Instance& host_template);

  // CIM-XML text. Without addresses the source chooses the network itself.
  std::string to_cim_xml(const std::vector<std::string>& destination_addresses) const;

private:
  std::vector<wsman::CimXmlProperty> properties_; // all but MigrationType and DestinationIPAddressList
};

} // namespace migstorm::hyperv
