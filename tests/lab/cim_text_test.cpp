#include "tests/support/catch.hpp"
#include "tests/support/lab_machine.hpp"
#include "tools/lab/cim/cim_xml.hpp"
#include "tools/lab/cim/text.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::cim;
using namespace std::chrono_literals;

TEST_CASE("an object path becomes text and comes back", "[cim]") {
  const ObjectPath path{"NODE1",
                        "root/virtualization/v2",
                        "Msvm_X",
                        {{"DeviceID", "Microsoft:GUID\\0\\\"q\""}, {"Name", "a,b=c"}}};
  const auto text = format_path(path);
  CHECK(text == R"(\\NODE1\root\virtualization\v2:Msvm_X.DeviceID="Microsoft:GUID\\0\\\"q\"",Name="a,b=c")");
  const auto back = parse_path(text);
  REQUIRE(back);
  CHECK(back->host == "NODE1");
  CHECK(back->ns == "root/virtualization/v2");
  CHECK(back->class_name == "Msvm_X");
  REQUIRE(back->keys.size() == 2);
  CHECK(back->keys[0].value == path.keys[0].value);
  CHECK(*back->find("name") == "a,b=c");
}

TEST_CASE("paths may leave out the host, the namespace and the quotes", "[cim]") {
  const auto relative = parse_path("Msvm_X.InstanceID='Microsoft:Definition',Index=3");
  REQUIRE(relative);
  CHECK(relative->ns.empty());
  CHECK(*relative->find("InstanceID") == "Microsoft:Definition");
  CHECK(*relative->find("Index") == "3");
  CHECK(parse_path("Root\\CIMV2:Win32_OperatingSystem=@")->ns == "root/cimv2");
  CHECK(parse_path(R"(\\host.lab.test\root\cimv2:Win32_Process.Handle="4")")->host == "host.lab.test");
  CHECK(parse_path("Win32_Service=\"winrm\"")->keys.at(0).value == "winrm");
  CHECK(parse_path("Win32_Process")->keys.empty());
}

TEST_CASE("what is not a path is refused", "[cim][hostile]") {
  const auto* bad =
      GENERATE("", ".", "Class.", "Class.Key", "Class.Key=", "Class.Key=\"open", "Class.Key=\"v\"x",
               "\\\\host", "\\\\:C", "ro ot:C", "Class.=1", "Class.K=\"v\",", ":C", "C.K='\\");
  CHECK_FALSE(parse_path(bad));
  CHECK_FALSE(parse_path("C.K=\"" + std::string(9000, 'x') + "\""));
}

TEST_CASE("paths are the same object when what both say agrees", "[cim]") {
  const auto full = *parse_path(R"(\\NODE1\root\v2:A.K="x",L="y")");
  CHECK(same_object(full, *parse_path("a.k='X'")));
  CHECK(same_object(full, *parse_path(R"(root\V2:A.L="y")")));
  CHECK_FALSE(same_object(full, *parse_path("A.K='z'")));
  CHECK_FALSE(same_object(full, *parse_path("B.K='x'")));
  CHECK_FALSE(same_object(full, *parse_path(R"(\\NODE2\root\v2:A.K="x")")));
}

TEST_CASE("datetimes are the same instant in both text forms", "[cim]") {
  const auto cim_form = parse_datetime("20261123140000.500000+060");
  const auto xml_form = parse_datetime("2026-11-23T14:00:00.5+01:00");
  REQUIRE(cim_form);
  REQUIRE(xml_form);
  CHECK(cim_form->time == xml_form->time);
  CHECK(to_cim_text(*xml_form) == "20261123140000.500000+060");
  std::string out;
  append_xml_text(out, *cim_form);
  CHECK(out == "2026-11-23T14:00:00.5+01:00");
  out.clear();
  append_xml_text(out, *parse_datetime("20261123140000.000000+000"));
  CHECK(out == "2026-11-23T14:00:00Z");
  CHECK(to_cim_text(*parse_datetime("2026-11-23T01:00:00-03:30")) == "20261123010000.000000-210");
}

TEST_CASE("intervals are the same span in both text forms", "[cim]") {
  CHECK(parse_interval("00000000000500.000000:000")->span == 5min);
  CHECK(parse_interval("P0DT0H5M0S")->span == 5min);
  CHECK(parse_interval("PT60.000S")->span == 60s);
  CHECK(parse_interval("PT20S")->span == 20s);
  CHECK(parse_interval("P1DT1H")->span == 25h);
  CHECK(to_cim_text(Interval{25h + 1s + 1us}) == "00000001010001.000001:000");
  std::string out;
  append_xml_text(out, Interval{5min});
  CHECK(out == "P0DT0H5M0S");
}

TEST_CASE("times that are none are refused", "[cim][hostile]") {
  const auto* bad = GENERATE("", "2026", "20261323140000.000000+060", "20260230000000.000000+000",
                             "2026-11-23", "20261123146000.0+0", "99991231235959.000000+000",
                             "2026-11-23T14:00:00+99:00", "20261123140000.000000", "2026-11-23T14:00:00x");
  CHECK_FALSE(parse_datetime(bad));
  const auto* span = GENERATE("", "P", "PT", "5", "P1Y", "PT1", "PT1X", "P99999999D",
                              "99999999000000.000000:000", "PT5SX", "-PT5S", "PT999999999S", "P1D2H");
  CHECK_FALSE(parse_interval(span));
}

TEST_CASE("text becomes a value only of the right type and range", "[cim]") {
  CHECK(std::get<std::uint64_t>(*from_text(Type::uint16, " 65535 ")) == 65535);
  CHECK_FALSE(from_text(Type::uint16, "65536"));
  CHECK_FALSE(from_text(Type::uint8, "-1"));
  CHECK(std::get<std::int64_t>(*from_text(Type::sint8, "-128")) == -128);
  CHECK(std::get<std::uint64_t>(*from_text(Type::uint64, "18446744073709551615")) == UINT64_MAX);
  CHECK(std::get<bool>(*from_text(Type::boolean, "TRUE")));
  CHECK_FALSE(from_text(Type::boolean, "yes"));
  CHECK(std::get<std::string>(*from_text(Type::string, " kept ")) == " kept ");
  CHECK_FALSE(from_text(Type::sint32, "1x"));
}

TEST_CASE("text that XML cannot hold is replaced, not sent", "[cim][hostile]") {
  std::string out;
  append_xml_escaped(out, std::string_view("a<b>&\"\x01\r\n\0z", 11));
  CHECK(out == "a&lt;b&gt;&amp;&quot;\xEF\xBF\xBD&#13;\n\xEF\xBF\xBDz");
}

TEST_CASE("an instance becomes CIM-XML text and comes back", "[cim]") {
  lab::test::TestMachine machine;
  Instance settings(*machine.find_class(lab::test::kVirt, "Msvm_VirtualSystemSettingData"));
  settings.set("InstanceID", Scalar(std::string("Microsoft:1")))
      .set("Notes", Array{Scalar(std::string("a & <b>")), Scalar(std::string(" "))});
  const auto text = to_cim_xml(settings);
  CHECK(text == "<INSTANCE CLASSNAME=\"Msvm_VirtualSystemSettingData\">"
                "<PROPERTY NAME=\"InstanceID\" TYPE=\"string\"><VALUE>Microsoft:1</VALUE></PROPERTY>"
                "<PROPERTY NAME=\"ElementName\" TYPE=\"string\"></PROPERTY>"
                "<PROPERTY.ARRAY NAME=\"Notes\" TYPE=\"string\"><VALUE.ARRAY><VALUE>a &amp; &lt;b&gt;</VALUE>"
                "<VALUE> </VALUE></VALUE.ARRAY></PROPERTY.ARRAY></INSTANCE>");
  const auto back = parse_cim_xml(text);
  REQUIRE(back);
  CHECK(back->class_name == "Msvm_VirtualSystemSettingData");
  CHECK(*back->text("instanceid") == "Microsoft:1");
  CHECK(back->text("ElementName") == nullptr);
  CHECK(back->find("Notes")->array);
  CHECK(back->find("Notes")->values == std::vector<std::string>{"a & <b>", " "});
}

TEST_CASE("CIM-XML as real clients write it is understood", "[cim]") {
  const auto read =
      parse_cim_xml("<?xml version=\"1.0\"?>\n<INSTANCE CLASSNAME=\"Msvm_VirtualSystemMigrationSettingData\">"
                    "<QUALIFIER NAME=\"dynamic\" TYPE=\"boolean\"><VALUE>TRUE</VALUE></QUALIFIER>"
                    "<PROPERTY NAME=\"MigrationType\" CLASSORIGIN=\"X\" PROPAGATED=\"true\" TYPE=\"uint16\">"
                    "<QUALIFIER NAME=\"q\"><VALUE>1</VALUE></QUALIFIER>"
                    "<VALUE>32768</VALUE></PROPERTY></INSTANCE>");
  REQUIRE(read);
  CHECK(*read->text("MigrationType") == "32768");
  CHECK(read->properties.size() == 1);
}

TEST_CASE("broken or hostile CIM-XML is refused with a reason", "[cim][hostile]") {
  CHECK(parse_cim_xml("not xml").error().code == Errc::malformed);
  CHECK(parse_cim_xml("<INSTANCE>").error().code == Errc::malformed);
  CHECK(parse_cim_xml("<INSTANCE/>").error().detail == "embedded instance: no <INSTANCE CLASSNAME=\"...\">");
  CHECK(parse_cim_xml("<!DOCTYPE x [<!ENTITY a \"b\">]><INSTANCE CLASSNAME='X'/>").error().detail ==
        "embedded instance: a document type is not allowed");
  CHECK(
      parse_cim_xml(
          "<INSTANCE CLASSNAME='X'><PROPERTY NAME='A'><VALUE>1</VALUE><VALUE>2</VALUE></PROPERTY></INSTANCE>")
          .error()
          .code == Errc::malformed);
  CHECK(parse_cim_xml(std::string(kCimXmlBytesMax + 1, ' ')).error().code == Errc::over_limit);
  std::string many = "<INSTANCE CLASSNAME='X'>";
  for (std::size_t i = 0; i <= kCimXmlPropertiesMax; ++i) {
    many += "<PROPERTY NAME='A'/>";
  }
  CHECK(parse_cim_xml(many + "</INSTANCE>").error().code == Errc::over_limit);
}
