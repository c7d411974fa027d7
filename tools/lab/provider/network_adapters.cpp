// root\StandardCimv2: offload and RSS settings of the two adapters that a simulated host has.
#include "tools/lab/provider/providers.hpp"

#include <array>

namespace migstorm::lab {

namespace {

constexpr std::array<std::string_view, 2> kAdapterNames{"Management", "LiveMigration"};
constexpr std::string_view kDescription = "Intel(R) Ethernet Server Adapter X520";
constexpr std::uint64_t kBothDirections = 3; // checksum offload: receive and transmit

cim::Instance make(const HostContext& context, std::string_view class_name, std::string_view adapter,
                   std::string_view key) {
  auto row = context.schema().prototype(context.schema().at(kStandardCimv2, class_name));
  const auto id = "{" + derived_guid(context.host().name, adapter) + "}";
  row.set("InstanceID", text(id + "/" + std::string(key)))
      .set("Name", text(adapter))
      .set("InterfaceDescription", text(kDescription))
      .set("SystemName", text(context.host().fqdn))
      .set("Source", number(2));
  return row;
}

cim::Instance rss(const HostContext& context, std::string_view adapter) {
  auto row = make(context, "MSFT_NetAdapterRssSettingData", adapter, "RSS");
  row.set("Enabled", flag(true))
      .set("Profile", number(3))
      .set("NumberOfReceiveQueues", number(8))
      .set("MaxProcessors", number(8))
      .set("BaseProcessorNumber", number(0))
      .set("MsiXSupported", flag(true))
      .set("MsiXEnabled", flag(true));
  return row;
}

cim::Instance lso(const HostContext& context, std::string_view adapter) {
  auto row = make(context, "MSFT_NetAdapterLsoSettingData", adapter, "LSO");
  row.set("V1IPv4Enabled", flag(false))
      .set("IPv4Enabled", flag(true))
      .set("IPv6Enabled", flag(true))
      .set("MaximumLsoVersionSupported", number(2));
  return row;
}

cim::Instance checksum(const HostContext& context, std::string_view adapter) {
  auto row = make(context, "MSFT_NetAdapterChecksumOffloadSettingData", adapter, "Checksum");
  for (const auto* name :
       {"IpIPv4Enabled", "TcpIPv4Enabled", "TcpIPv6Enabled", "UdpIPv4Enabled", "UdpIPv6Enabled"}) {
    row.set(name, number(kBothDirections));
  }
  return row;
}

struct Advanced {
  std::string_view keyword;
  std::string_view display_name;
  std::string_view value;
  std::string_view display_value;
};
constexpr std::array kAdvanced{
    Advanced{"*RSS", "Receive Side Scaling", "1", "Enabled"},
    Advanced{"*LsoV2IPv4", "Large Send Offload V2 (IPv4)", "1", "Enabled"},
    Advanced{"*LsoV2IPv6", "Large Send Offload V2 (IPv6)", "1", "Enabled"},
    Advanced{"*TCPChecksumOffloadIPv4", "TCP Checksum Offload (IPv4)", "3", "Rx & Tx Enabled"},
    Advanced{"*UDPChecksumOffloadIPv4", "UDP Checksum Offload (IPv4)", "3", "Rx & Tx Enabled"},
    Advanced{"*IPChecksumOffloadIPv4", "IPv4 Checksum Offload", "3", "Rx & Tx Enabled"},
    Advanced{"*JumboPacket", "Jumbo Packet", "1514", "Disabled"},
};

cim::Instance advanced(const HostContext& context, std::string_view adapter, const Advanced& property) {
  auto row = make(context, "MSFT_NetAdapterAdvancedPropertySettingData", adapter, property.keyword);
  row.set("RegistryKeyword", text(property.keyword))
      .set("RegistryValue", texts({std::string(property.value)}))
      .set("RegistryDataType", number(1))
      .set("DisplayName", text(property.display_name))
      .set("DisplayValue", text(property.display_value))
      .set("DefaultRegistryValue", text(property.value))
      .set("DefaultDisplayValue", text(property.display_value))
      .set("Optional", flag(false));
  return row;
}

using Make = cim::Instance (*)(const HostContext&, std::string_view);

} // namespace

void add_network_adapters(Dispatch& dispatch, const HostContext& context) {
  const auto add = [&](std::string_view class_name, Make setting) {
    dispatch.add_source(context.schema().at(kStandardCimv2, class_name),
                        [context, setting](const cim::Hint&, const Dispatch::Sink& sink) {
                          for (const auto adapter : kAdapterNames) {
                            sink(share(setting(context, adapter)));
                          }
                        });
  };
  add("MSFT_NetAdapterRssSettingData", rss);
  add("MSFT_NetAdapterLsoSettingData", lso);
  add("MSFT_NetAdapterChecksumOffloadSettingData", checksum);
  dispatch.add_source(context.schema().at(kStandardCimv2, "MSFT_NetAdapterAdvancedPropertySettingData"),
                      [context](const cim::Hint&, const Dispatch::Sink& sink) {
                        for (const auto adapter : kAdapterNames) {
                          for (const auto& property : kAdvanced) {
                            sink(share(advanced(context, adapter, property)));
                          }
                        }
                      });
}

} // namespace migstorm::lab
