#include "harness/hyperv/migration_settings.hpp"

#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::hyperv;

namespace {

wsman::Instance host_template() {
  wsman::Instance instance;
  instance.class_name = "Msvm_VirtualSystemMigrationSettingData";
  instance.properties = {{"MigrationType", {std::string("32771")}},
                         {"TransportType", {std::string("5")}},
                         {"EnableCompression", {std::string("true")}},
                         {"RetainVhdCopiesOnSource", {std::string("0")}},
                         {"BandwidthUnit", {std::monostate{}}},
                         {"DestinationIPAddressList", {std::string("192.0.2.1")}},
                         {"PropertyOfALaterRelease", {std::string("1")}}};
  return instance;
}

} // namespace

TEST_CASE("a host gets its own template back with the destination's addresses", "[move]") {
  const std::string text = MigrationSettings(host_template()).to_cim_xml({"10.20.0.12", "fe80::1"});
  CHECK(text == "<INSTANCE CLASSNAME=\"Msvm_VirtualSystemMigrationSettingData\">"
                "<PROPERTY NAME=\"TransportType\" TYPE=\"uint16\"><VALUE>5</VALUE></PROPERTY>"
                "<PROPERTY NAME=\"RetainVhdCopiesOnSource\" TYPE=\"boolean\"><VALUE>FALSE</VALUE></PROPERTY>"
                "<PROPERTY NAME=\"EnableCompression\" TYPE=\"boolean\"><VALUE>TRUE</VALUE></PROPERTY>"
                "<PROPERTY NAME=\"MigrationType\" TYPE=\"uint16\"><VALUE>32768</VALUE></PROPERTY>"
                "<PROPERTY.ARRAY NAME=\"DestinationIPAddressList\" "
                "TYPE=\"string\"><VALUE.ARRAY><VALUE>10.20.0.12</VALUE>"
                "<VALUE>fe80::1</VALUE></VALUE.ARRAY></PROPERTY.ARRAY></INSTANCE>");
}

TEST_CASE("without addresses the host chooses the network", "[move]") {
  CHECK(MigrationSettings().to_cim_xml({}) ==
        "<INSTANCE CLASSNAME=\"Msvm_VirtualSystemMigrationSettingData\">"
        "<PROPERTY NAME=\"MigrationType\" TYPE=\"uint16\"><VALUE>32768</VALUE></PROPERTY></INSTANCE>");
}
