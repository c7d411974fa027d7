// root\StandardCimv2: settings of network adapters, 2012 and later.
#include "tools/lab/provider/schema_text.hpp"

namespace migstorm::lab::schema {
namespace {

constexpr ClassText kStandardClasses[] = {
    {.name = "MSFT_NetAdapterRssSettingData",
     .parent = "MSFT_NetAdapterSettingData",
     .keys = "InstanceID",
     .properties = "@nic; boolean: Enabled MsiSupported MsiXSupported MsiXEnabled "
                   "ClassificationAtIsrSupported ClassificationAtDpcSupported TcpIPv4HashSupported "
                   "TcpIPv6HashSupported TcpIPv6ExtensionHashSupported ToeplitzHashFunctionSupported "
                   "RssOnPortsSupported IPv4HashEnabled TcpIPv4HashEnabled IPv6HashEnabled "
                   "IPv6ExtensionHashEnabled TcpIPv6HashEnabled TcpIPv6ExtensionHashEnabled "
                   "ToeplitzHashFunctionEnabled; uint32: NumberOfInterruptMessages "
                   "NumberOfReceiveQueues Profile MaxProcessors RssProcessorArraySize; uint16: "
                   "IndirectionTableEntryCount HashKeySize BaseProcessorGroup MaxProcessorGroup "
                   "NumaNode; string: IndirectionTable[] RssProcessorArray[]; uint8: "
                   "BaseProcessorNumber MaxProcessorNumber",
     .methods = "Enable(); Disable()"},
    {.name = "MSFT_NetAdapterLsoSettingData",
     .parent = "MSFT_NetAdapterSettingData",
     .keys = "InstanceID",
     .properties = "@nic; boolean: V1IPv4Enabled IPv4Enabled IPv6Enabled; uint32: "
                   "MaximumLsoVersionSupported; string: LargeSendOffloadV1HardwareCapabilities "
                   "LargeSendOffloadV2HardwareCapabilities",
     .methods = "Enable(); Disable()"},
    {.name = "MSFT_NetAdapterChecksumOffloadSettingData",
     .parent = "MSFT_NetAdapterSettingData",
     .keys = "InstanceID",
     .properties = "@nic; uint32: IpIPv4Enabled TcpIPv4Enabled TcpIPv6Enabled UdpIPv4Enabled "
                   "UdpIPv6Enabled; string: ChecksumOffloadHardwareCapabilities",
     .methods = "Enable(); Disable()"},
    {.name = "MSFT_NetAdapterAdvancedPropertySettingData",
     .parent = "MSFT_NetAdapterSettingData",
     .keys = "InstanceID",
     .properties = "@nic; string: DisplayName DisplayValue DefaultDisplayValue ValidRegistryValues[] "
                   "ValidDisplayValues[] NumericParameterBaseValue NumericParameterMinValue "
                   "NumericParameterMaxValue NumericParameterStepValue RegistryKeyword "
                   "RegistryValue[] DefaultRegistryValue; uint32: DisplayParameterType "
                   "RegistryDataType; boolean: Optional",
     .methods = "Reset()"},
};

} // namespace

std::span<const ClassText> standard_cimv2() noexcept { return kStandardClasses; }

} // namespace migstorm::lab::schema
