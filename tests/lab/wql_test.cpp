#include "tests/support/catch.hpp"
#include "tests/support/lab_machine.hpp"
#include "tools/lab/wql/filter.hpp"
#include "tools/lab/wql/run.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using lab::test::kGuid;
using lab::test::kVirt;
using lab::test::TestMachine;

namespace {

Result<wql::Rows> run(TestMachine& machine, std::string_view text, bool deep = true) {
  auto statement = wql::parse(text);
  if (!statement) {
    return std::move(statement).error();
  }
  return wql::run(*statement, machine, kVirt, deep);
}

// Names of the computer systems that a condition selects, in order.
std::string names(std::string_view condition) {
  TestMachine machine;
  const auto rows = run(machine, "SELECT * FROM Msvm_ComputerSystem WHERE " + std::string(condition));
  if (!rows) {
    return rows.error().detail;
  }
  std::string text;
  for (const auto& row : rows->instances) {
    const auto name = cim::to_text(std::get<cim::Scalar>(*row->find("ElementName")));
    text += (text.empty() ? "" : " ") + name;
  }
  return text;
}

} // namespace

TEST_CASE("comparisons select rows as WMI does", "[wql]") {
  CHECK(names("ElementName = 'G03'") == "g03");
  CHECK(names("ElementName = \"g03\"") == "g03");
  CHECK(names("EnabledState = 2") == "NODE1 g03");
  CHECK(names("EnabledState = '2'") == "NODE1 g03");
  CHECK(names("EnabledState <> 2") == "<b>&g04");
  CHECK(names("EnabledState >= 3 OR Caption = 'Hosting Computer System'") == "NODE1 <b>&g04");
  CHECK(names("2 < EnabledState") == "<b>&g04");
  CHECK(names("NOT EnabledState = 2") == "<b>&g04");
  CHECK(names("EnabledState = 3 OR EnabledState = 2 AND Caption = 'Virtual Machine'") == "g03 <b>&g04");
  CHECK(names("(EnabledState = 3 OR EnabledState = 2) AND Caption = 'Virtual Machine'") == "g03 <b>&g04");
  CHECK(names("EnabledState > -1 and EnabledState < 18446744073709551615") == "NODE1 g03 <b>&g04");
}

TEST_CASE("NULL is neither equal nor unequal to anything", "[wql]") {
  CHECK(names("OnTimeInMilliseconds = 123456") == "g03 <b>&g04");
  CHECK(names("OnTimeInMilliseconds <> 1") == "g03 <b>&g04");
  CHECK(names("NOT OnTimeInMilliseconds = 1") == "g03 <b>&g04");
  CHECK(names("OnTimeInMilliseconds IS NULL") == "NODE1");
  CHECK(names("OnTimeInMilliseconds = NULL") == "NODE1");
  CHECK(names("OnTimeInMilliseconds is not null") == "g03 <b>&g04");
  CHECK(names("OnTimeInMilliseconds <> NULL") == "g03 <b>&g04");
}

TEST_CASE("datetimes compare as instants, whatever their offset", "[wql]") {
  CHECK(names("InstallDate = '20261120081500.500000+000'") == "g03 <b>&g04");
  CHECK(names("InstallDate < '20261120081501.000000+000'") == "g03 <b>&g04");
  CHECK(names("InstallDate > '2026-11-20T09:15:00+01:00'") == "g03 <b>&g04");
  CHECK(names("InstallDate > '20261120101500.000000+060'").empty());
}

TEST_CASE("libvirt's filters work: system properties and active states", "[wql]") {
  CHECK(names("Name != __SERVER") == "g03 <b>&g04");
  CHECK(names("Name = __SERVER AND __CLASS = 'msvm_computersystem'") == "NODE1");
  CHECK(names("Name != __SERVER and (EnabledState != 0 and EnabledState != 3 and EnabledState != 32769)") ==
        "g03");
  CHECK(
      names(
          R"(__PATH = '\\\\node1\\ROOT\\virtualization\\V2:Msvm_ComputerSystem.CreationClassName="Msvm_ComputerSystem",Name=")" +
          kGuid + "\"'") == "g03");
  CHECK(names("__PATH LIKE '%Name=\"NODE1\"'") == "NODE1");
  CHECK(names("__RELPATH LIKE 'Msvm_ComputerSystem.%' AND __NAMESPACE = 'root\\\\virtualization\\\\v2'") ==
        "NODE1 g03 <b>&g04");
}

TEST_CASE("LIKE knows wildcards, sets and literal percent signs", "[wql]") {
  using wql::like;
  CHECK(like("Microsoft:Definition\\X\\Maximum", "microsoft:definition%maximum"));
  CHECK(like("abc", "a_c"));
  CHECK(like("aXbXc", "a%b%c"));
  CHECK(like("", "%"));
  CHECK(like("50%", "50[%]"));
  CHECK_FALSE(like("50x", "50[%]"));
  CHECK(like("node7", "node[5-9]"));
  CHECK_FALSE(like("node3", "node[5-9]"));
  CHECK(like("node3", "node[^5-9]"));
  CHECK(like("h\xC3\xA4", "h_"));
  CHECK_FALSE(like("abc", "ab"));
  CHECK_FALSE(like("ab", "abc"));
  CHECK(like("a[b", "a[b"));
  CHECK(names("ElementName LIKE 'g0%'") == "g03");
  CHECK(names("ElementName NOT LIKE 'g0%'") == "NODE1 <b>&g04");
}

TEST_CASE("LIKE stays fast on patterns made to be slow", "[wql][hostile]") {
  std::string pattern;
  for (int i = 0; i < 200; ++i) {
    pattern += "a%";
  }
  CHECK_FALSE(wql::like(std::string(5000, 'a') + "b", pattern + "c"));
}

TEST_CASE("a query for a class also answers with its subclasses, unless told not to", "[wql]") {
  TestMachine machine;
  CHECK(run(machine, "SELECT * FROM CIM_ConcreteJob")->instances.size() == 2);
  CHECK(run(machine, "SELECT * FROM Msvm_ConcreteJob WHERE JobState = 4")->instances.size() == 1);
  CHECK(run(machine, "SELECT * FROM Msvm_MigrationJob WHERE DestinationHost = 'node2'")->instances.size() ==
        1);
  CHECK(run(machine, "SELECT * FROM CIM_ConcreteJob", false)->instances.empty());
}

TEST_CASE("associators follow classes and roles", "[wql]") {
  TestMachine machine;
  const auto of_guest =
      "ASSOCIATORS OF {Msvm_ComputerSystem.CreationClassName='Msvm_ComputerSystem',Name='" + kGuid + "'}";
  CHECK(run(machine, of_guest)->instances.size() == 2);
  const auto settings = run(machine, of_guest + " WHERE AssocClass = Msvm_SettingsDefineState ResultClass = "
                                                "Msvm_VirtualSystemSettingData");
  REQUIRE(settings);
  REQUIRE(settings->instances.size() == 1);
  CHECK(settings->instances[0]->definition().name == "Msvm_VirtualSystemSettingData");
  CHECK(run(machine, of_guest + " where Role=GroupComponent")->instances.size() == 1);
  CHECK(run(machine, of_guest + " where ResultRole=Other")->instances.empty());
  CHECK(run(machine, of_guest + " where ResultClass=Msvm_ConcreteJob")->instances.empty());
  CHECK(run(machine, of_guest + " where AssocClass=Nothing").error().code == Errc::not_found);
  const auto references = run(machine, "REFERENCES OF {Msvm_ComputerSystem.Name=\"" + kGuid +
                                           "\"} WHERE ResultClass=Msvm_SystemDevice");
  REQUIRE(references);
  REQUIRE(references->instances.size() == 1);
  CHECK(references->instances[0]->definition().name == "Msvm_SystemDevice");
}

TEST_CASE("equalities that must hold become hints", "[wql]") {
  TestMachine machine;
  REQUIRE(run(machine,
              "SELECT * FROM Msvm_ComputerSystem WHERE Name='X' AND EnabledState=2 AND ElementName LIKE 'a' "
              "AND (Caption='q' OR Caption='r')"));
  REQUIRE(machine.last_hint.equal.size() == 2);
  CHECK(machine.last_hint.equal[0].name == "Name");
  CHECK(machine.last_hint.equal[0].value == "X");
  CHECK(machine.last_hint.equal[1].value == "2");
  REQUIRE(run(machine, "SELECT * FROM Msvm_ComputerSystem WHERE Name='X' OR Name='Y'"));
  CHECK(machine.last_hint.equal.empty());
}

TEST_CASE("statements that do not fit the schema say why", "[wql][hostile]") {
  CHECK(names("Nmae = 'x'") == "WQL: Msvm_ComputerSystem has no property Nmae");
  CHECK(names("OperationalStatus = 2") == "WQL: arrays and objects cannot be compared: OperationalStatus");
  CHECK(names("EnabledState = 'on'") == "WQL: the value compared with EnabledState is not of type uint16");
  CHECK(names("InstallDate = 'yesterday'") ==
        "WQL: the value compared with InstallDate is not of type datetime");
  TestMachine machine;
  CHECK(run(machine, "SELECT * FROM Nothing").error().code == Errc::not_found);
  CHECK(run(machine, "SELECT Nothing FROM Msvm_ComputerSystem").error().code == Errc::malformed);
  CHECK(wql::run(*wql::parse("SELECT * FROM X"), machine, "root/none").error().detail ==
        "WQL: there is no namespace root/none");
}

TEST_CASE("text that is no WQL is refused where it stops making sense", "[wql][hostile]") {
  const auto* bad =
      GENERATE("", "SELECT", "SELECT *", "SELECT * FROM", "SELECT * FROM X WHERE", "SELECT * FROM X WHERE A",
               "SELECT * FROM X WHERE A =", "SELECT * FROM X WHERE (A=1", "SELECT * FROM X WHERE A=1)",
               "SELECT * FROM X WHERE 1=1", "SELECT * FROM X WHERE A='open", "SELECT a, FROM X",
               "SELECT * FROM X; DROP", "DELETE FROM X", "SELECT * FROM X WHERE A LIKE B",
               "SELECT * FROM X WHERE A=12345678901234567890123", "ASSOCIATORS OF {X.Y='Z'",
               "ASSOCIATORS OF X", "ASSOCIATORS OF {..}", "REFERENCES OF {X.Y='1'} WHERE Foo=Bar",
               "SELECT * FROM X WHERE A IS 1", "SELECT * FROM X WHERE A NOT = 1");
  const auto parsed = wql::parse(bad);
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().code == Errc::malformed);
  CHECK(parsed.error().offset.has_value());
}

TEST_CASE("length, depth and number of comparisons are limited", "[wql][hostile]") {
  CHECK(wql::parse(std::string(wql::kBytesMax + 1, ' ')).error().code == Errc::over_limit);
  const auto nested = [](std::size_t depth) {
    return "SELECT * FROM X WHERE " + std::string(depth, '(') + "A=1" + std::string(depth, ')');
  };
  CHECK(wql::parse(nested(wql::kDepthMax)));
  CHECK(wql::parse(nested(wql::kDepthMax + 1)).error().code == Errc::over_limit);
  std::string terms = "SELECT * FROM X WHERE A=1";
  for (std::size_t i = 1; i < wql::kTermsMax; ++i) {
    terms += " OR A=1";
  }
  CHECK(wql::parse(terms));
  CHECK(wql::parse(terms + " OR A=1").error().code == Errc::over_limit);
}
