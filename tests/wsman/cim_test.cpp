#include "harness/wsman/cim.hpp"

#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::wsman;
using namespace std::chrono_literals;

namespace {

Instance with(std::string name, std::vector<Item> items) {
  Instance instance;
  instance.properties.push_back({std::move(name), std::move(items)});
  return instance;
}

Instance with_text(std::string text) { return with("P", {Item(std::move(text))}); }

CivilTime utc(int year, unsigned month, unsigned day) {
  return CivilTime(
      std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day)));
}

} // namespace

TEST_CASE("a property is found without case and read as what it is asked for", "[cim]") {
  Instance vm;
  vm.properties = {{"ElementName", {Item("g01")}}, {"EnabledState", {Item(" 2 ")}}, {"Offset", {Item("-5")}}};
  CHECK(vm.text("elementname") == "g01");
  CHECK(vm.number("ENABLEDSTATE") == 2);
  CHECK(vm.signed_number("Offset") == -5);
  CHECK_FALSE(vm.number("Offset"));
  CHECK_FALSE(vm.text("Name"));
}

TEST_CASE("absent, nil and empty properties read alike", "[cim]") {
  const Instance nil = with("P", {Item(std::monostate{})});
  const Instance empty = with("P", {});
  const Instance absent;
  for (const Instance* instance : {&nil, &empty, &absent}) {
    CHECK_FALSE(instance->text("P"));
    CHECK_FALSE(instance->number("P"));
    CHECK_FALSE(instance->boolean("P"));
    CHECK_FALSE(instance->datetime("P"));
    CHECK(instance->reference("P") == nullptr);
    CHECK(instance->texts("P").empty());
    CHECK(instance->numbers("P").empty());
    CHECK(instance->instances("P").empty());
  }
}

TEST_CASE("numbers are decimal and whole", "[cim][hostile]") {
  CHECK(with_text("18446744073709551615").number("P") == UINT64_MAX);
  const auto text =
      GENERATE(values<std::string>({"", "x", "1x", "0x10", "1.5", "+1", "18446744073709551616", "1 2"}));
  CAPTURE(text);
  CHECK_FALSE(with_text(text).number("P"));
}

TEST_CASE("booleans come in several spellings", "[cim]") {
  for (const char* yes : {"true", "TRUE", "1", " True "}) {
    CHECK(with_text(yes).boolean("P") == true);
  }
  for (const char* no : {"false", "FALSE", "0"}) {
    CHECK(with_text(no).boolean("P") == false);
  }
  CHECK_FALSE(with_text("yes").boolean("P"));
}

TEST_CASE("arrays give what is readable in them", "[cim]") {
  const Instance instance = with("P", {Item("2"), Item(std::monostate{}), Item("x"), Item("5")});
  CHECK(instance.numbers("P") == std::vector<std::uint64_t>{2, 5});
  CHECK(instance.texts("P") == std::vector<std::string_view>{"2", "x", "5"});
}

TEST_CASE("instances are read from embedded ones and from CIM-XML alike", "[cim]") {
  auto native = std::make_shared<Instance>();
  native->class_name = "Native";
  const Instance instance = with("P", {Item(std::shared_ptr<const Instance>(native)),
                                       Item(" <INSTANCE CLASSNAME='Text'/>"), Item("<oops"), Item("plain")});
  const auto found = instance.instances("P");
  REQUIRE(found.size() == 2);
  CHECK(found[0]->class_name == "Native");
  CHECK(found[1]->class_name == "Text");
}

TEST_CASE("a selector of a reference is found without case", "[cim]") {
  const Reference reference{"uri", {{"InstanceID", "42"}}};
  REQUIRE(reference.find("instanceid") != nullptr);
  CHECK(*reference.find("instanceid") == "42");
  CHECK(reference.find("Name") == nullptr);
}

TEST_CASE("points in time are read in both forms, to UTC", "[cim]") {
  CHECK(parse_datetime("2026-11-20T09:15:00.5+01:00") == utc(2026, 11, 20) + 8h + 15min + 500ms);
  CHECK(parse_datetime("2026-11-20T09:15:00Z") == utc(2026, 11, 20) + 9h + 15min);
  CHECK(parse_datetime("2026-11-20T09:15:00") == utc(2026, 11, 20) + 9h + 15min);
  CHECK(parse_datetime("2026-11-20T00:15:00.1234567891-14:00") ==
        utc(2026, 11, 20) + 14h + 15min + 123456789ns);
  CHECK(parse_datetime("20261123140000.250000+060") == utc(2026, 11, 23) + 13h + 250ms);
  CHECK(parse_datetime(" 20261123140000.000000-300 ") == utc(2026, 11, 23) + 19h);
}

TEST_CASE("what is no point in time is none", "[cim][hostile]") {
  const auto text = GENERATE(values<std::string>(
      {"", "2026", "2026-02-30T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T09:60:00Z",
       "2026-11-20T09:15:00.Z", "2026-11-20T09:15:00+15:00", "2026-11-20T09:15:00+01", "2026-11-20 09:15:00",
       "2026-11-20T09:15:00Zx", "16010101000000.000000+000", "99991231235959.999999+000",
       "00000008124530.000000:000", "20261123140000.000000+841", "20261123140000.000000",
       "2026112314****.******+060"}));
  CAPTURE(text);
  CHECK_FALSE(parse_datetime(text));
}

TEST_CASE("a formatted CIM datetime reads back", "[cim]") {
  const CivilTime time = utc(2026, 3, 4) + 5h + 6min + 7s + 89us;
  CHECK(format_cim_datetime(time) == "20260304050607.000089+000");
  CHECK(parse_datetime(format_cim_datetime(time)) == time);
}
