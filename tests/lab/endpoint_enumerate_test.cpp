#include "tests/support/catch.hpp"
#include "tests/support/lab_requests.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;

namespace {

constexpr auto kAll = "SELECT * FROM Msvm_ComputerSystem";

std::string context_of(const Answer& answer) {
  return answer.body().first_child().child("n:EnumerationContext").text().get();
}

std::size_t count(const pugi::xml_node& items) {
  return static_cast<std::size_t>(std::distance(items.begin(), items.end()));
}

} // namespace

TEST_CASE("an optimised query answers at once, with items in the WS-Man namespace", "[endpoint]") {
  Lab lab;
  const auto answer = lab.ask(kAll);
  const auto response = answer.body().child("n:EnumerateResponse");
  CHECK(count(response.child("w:Items")) == 3);
  CHECK(response.child("w:EndOfSequence"));
  CHECK(context_of(answer).empty());
  CHECK(std::string(response.child("w:Items").first_child().attribute("xmlns:p").value()) ==
        kWmi + kVirt + "/Msvm_ComputerSystem");
}

TEST_CASE("libvirt enumerates and pulls one item at a time until there is no context", "[endpoint]") {
  Lab lab;
  const auto answer = lab.ask(kAll, "");
  CHECK(answer.body().child("n:EnumerateResponse").child("w:Items").empty());
  auto context = context_of(answer);
  std::size_t items = 0;
  std::size_t pulls = 0;
  while (!context.empty() && pulls < 10) {
    const auto pulled = lab.pull(context);
    const auto response = pulled.body().child("n:PullResponse");
    REQUIRE(count(response.child("n:Items")) == 1);
    CHECK(std::string(response.child("n:Items").first_child().name()) == "p:Msvm_ComputerSystem");
    ++items;
    ++pulls;
    context = context_of(pulled);
    CHECK(response.child("n:EndOfSequence").empty() == !context.empty());
  }
  CHECK(items == 3);
  CHECK(lab.endpoint.counts() == RequestCounts{{"pull", 3}, {"query Msvm_ComputerSystem", 1}});
}

TEST_CASE("an empty enumeration still has an element for its items", "[endpoint]") {
  Lab lab;
  const auto pulled = lab.pull(context_of(lab.ask("SELECT * FROM Msvm_ComputerSystem WHERE Name='x'", "")));
  CHECK(pulled.body().child("n:PullResponse").child("n:Items"));
  CHECK(pulled.body().child("n:PullResponse").child("n:EndOfSequence"));
  CHECK(lab.ask("SELECT * FROM Msvm_ComputerSystem WHERE Name='x'").body().first_child().child("w:Items"));
}

TEST_CASE("what an optimised answer leaves over is pulled, in batches", "[endpoint]") {
  Lab lab;
  const auto first = lab.ask(kAll, "<w:OptimizeEnumeration/>"); // MaxElements is 1 by default
  CHECK(count(first.body().first_child().child("w:Items")) == 1);
  CHECK(first.body().first_child().child("w:EndOfSequence").empty());
  const auto rest =
      lab.pull(context_of(first), "<n:MaxTime>PT60S</n:MaxTime><n:MaxElements>32000</n:MaxElements>");
  CHECK(count(rest.body().first_child().child("n:Items")) == 2);
  CHECK(rest.body().first_child().child("n:EndOfSequence"));
  CHECK(lab.pull(context_of(first)).code() == "2150858779");
}

TEST_CASE("answers split where the envelope is full, and one item that never fits is a fault", "[endpoint]") {
  Lab lab;
  const auto whole = lab.ask(kAll).reply.body.size();
  const auto size = "<w:MaxEnvelopeSize>" + std::to_string(whole - 1) + "</w:MaxEnvelopeSize>";
  const auto first = lab.ask(kAll, "<w:OptimizeEnumeration/><w:MaxElements>100</w:MaxElements>", size);
  CHECK(first.reply.body.size() <= whole - 1);
  const auto items = count(first.body().first_child().child("w:Items"));
  CHECK(items >= 1);
  CHECK(items < 3);
  CHECK(count(lab.pull(context_of(first), "<n:MaxElements>9</n:MaxElements>")
                  .body()
                  .first_child()
                  .child("n:Items")) == 3 - items);
  const auto never = lab.ask(kAll, "<w:OptimizeEnumeration/>", "<w:MaxEnvelopeSize>1200</w:MaxEnvelopeSize>");
  CHECK(never.code() == "2150858824");
  const auto context = context_of(lab.ask(kAll, ""));
  CHECK(count(lab.pull(context, "<n:MaxElements>9</n:MaxElements><n:MaxCharacters>1000</n:MaxCharacters>")
                  .body()
                  .first_child()
                  .child("n:Items")) == 1);
}

TEST_CASE("a context dies of neglect, not of age", "[endpoint]") {
  Lab lab;
  const auto context = context_of(lab.ask(kAll, ""));
  lab.clock.time += std::chrono::seconds(59);
  CHECK(lab.pull(context).reply.status == 200);
  lab.clock.time += std::chrono::seconds(59);
  CHECK(lab.pull(context).reply.status == 200);
  lab.clock.time += std::chrono::seconds(60);
  const auto late = lab.pull(context);
  CHECK(late.reply.status == 500);
  CHECK(late.code() == "2150858779");
  CHECK(late.subcode() == "n:InvalidEnumerationContext");
  CHECK(std::string(late.body().child("s:Fault").child("s:Code").child("s:Value").text().get()) ==
        "s:Receiver");
  CHECK(std::string(late.header("a:Action").text().get()) == kEnum + "fault");
}

TEST_CASE("contexts are released, and lost when the seed says so", "[endpoint]") {
  Lab lab;
  const auto context = context_of(lab.ask(kAll, ""));
  const auto release =
      envelope(kWmi + kVirt + "/*", kEnum + "Release", "",
               "<n:Release><n:EnumerationContext>" + context + "</n:EnumerationContext></n:Release>");
  const auto released = lab.send(release);
  CHECK(released.reply.status == 200);
  CHECK(released.body().first_child().empty());
  CHECK(lab.send(release).code() == "2150858779");
  const auto other = context_of(lab.ask(kAll, ""));
  lab.engine.fault = WireFault::context_lost;
  CHECK(lab.pull(other).code() == "2150858779");
}

TEST_CASE("open enumerations count against the account's operations", "[endpoint]") {
  Lab lab;
  lab.machine.limits_value.max_concurrent_operations = 2;
  const auto first = context_of(lab.ask(kAll, ""));
  context_of(lab.ask(kAll, ""));
  const auto third = lab.ask(kAll, "");
  CHECK(third.code() == "2150859174");
  CHECK(third.subcode() == "w:QuotaLimit");
  CHECK(lab.pull(first, "<n:MaxElements>9</n:MaxElements>").reply.status == 200);
  CHECK(lab.ask(kAll, "").reply.status == 200);
  lab.clock.time += std::chrono::seconds(60);
  CHECK(lab.ask(kAll, "").reply.status == 200);
}

TEST_CASE("references to objects may be asked for instead of, or beside, the objects", "[endpoint]") {
  Lab lab;
  const auto ask = [&](std::string_view mode) {
    return lab.ask("SELECT * FROM Msvm_MigrationJob", "<w:OptimizeEnumeration/><w:EnumerationMode>" +
                                                          std::string(mode) + "</w:EnumerationMode>");
  };
  const auto references = ask("EnumerateEPR");
  const auto reference = references.body().first_child().child("w:Items").child("a:EndpointReference");
  const auto parameters = reference.child("a:ReferenceParameters");
  CHECK(std::string(parameters.child("w:ResourceURI").text().get()) == kWmi + kVirt + "/Msvm_MigrationJob");
  CHECK(std::string(parameters.child("w:SelectorSet").child("w:Selector").text().get()) == "JOB-2");
  const auto both = ask("EnumerateObjectAndEPR");
  const auto item = both.body().first_child().child("w:Items").child("w:Item");
  CHECK(item.child("p:Msvm_MigrationJob"));
  CHECK(item.child("a:EndpointReference"));
  CHECK(ask("EnumerateNothing").code() == "2150858818");
}

TEST_CASE("subclasses come whole, cut to the class asked for, or not at all", "[endpoint]") {
  Lab lab;
  const auto ask = [&](std::string_view mode) {
    return lab.ask("SELECT * FROM Msvm_ConcreteJob",
                   "<w:OptimizeEnumeration/><w:MaxElements>9</w:MaxElements><b:PolymorphismMode "
                   "xmlns:b=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\">" +
                       std::string(mode) + "</b:PolymorphismMode>");
  };
  const auto whole = ask("IncludeSubClassProperties");
  CHECK(whole.body().first_child().child("w:Items").child("p:Msvm_MigrationJob").child("p:DestinationHost"));
  const auto cut = ask("ExcludeSubClassProperties");
  const auto items = cut.body().first_child().child("w:Items");
  CHECK(count(items) == 2);
  CHECK(std::string(items.last_child().name()) == "p:Msvm_ConcreteJob");
  CHECK(std::string(items.last_child().child("p:ElapsedTime").child("cim:Interval").text().get()) ==
        "P0DT0H5M0S");
  CHECK(items.last_child().child("p:DestinationHost").empty());
  CHECK(count(ask("None").body().first_child().child("w:Items")) == 1);
}

TEST_CASE("only the selected properties are sent", "[endpoint]") {
  Lab lab;
  const auto answer = lab.ask("SELECT Name, enabledstate FROM Msvm_ComputerSystem WHERE ElementName='g03'");
  const auto item = answer.body().first_child().child("w:Items").first_child();
  CHECK(count(item) == 2);
  CHECK(std::string(item.child("p:Name").text().get()) == kGuid);
  CHECK(std::string(item.child("p:EnabledState").text().get()) == "2");
}

TEST_CASE("a class is enumerated without a filter, or with one of selectors", "[endpoint]") {
  Lab lab;
  const auto enumerate = [&](std::string_view class_name, std::string_view content,
                             std::string_view header = "") {
    return lab.send(envelope(kWmi + kVirt + "/" + std::string(class_name), kEnum + "Enumerate", header,
                             "<n:Enumerate><w:OptimizeEnumeration/><w:MaxElements>9</w:MaxElements>" +
                                 std::string(content) + "</n:Enumerate>"));
  };
  CHECK(count(enumerate("Msvm_ComputerSystem", "").body().first_child().child("w:Items")) == 3);
  const std::string dialect =
      "<w:Filter Dialect=\"http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter\">";
  const auto filtered = enumerate("Msvm_ComputerSystem",
                                  dialect + "<w:SelectorSet>" + selector("EnabledState", "2") +
                                      selector("Caption", "virtual machine") + "</w:SelectorSet></w:Filter>");
  CHECK(count(filtered.body().first_child().child("w:Items")) == 1);
  CHECK(enumerate("*", "").code() == "2150859003");
  CHECK(enumerate("Msvm_Nothing", "").code() == "2150858811");
  CHECK(enumerate("Msvm_ComputerSystem", "<w:Filter Dialect=\"urn:xpath\">x</w:Filter>").code() ==
        "2150858777");
  CHECK(enumerate("Msvm_ComputerSystem", "", "<w:SelectorSet>" + selector("Name", "x") + "</w:SelectorSet>")
            .code() == "2150858843");
  CHECK(enumerate("Msvm_ComputerSystem",
                  "<w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">SELECT * "
                  "FROM Msvm_MigrationJob</w:Filter>")
            .code() == "2150859003");
}

TEST_CASE("a missing namespace or class fails the filter, as the probe for v2 needs it", "[endpoint]") {
  const auto* version = GENERATE("6.3.9600", "6.2.9200", "10.0.14393", "6.1.7601");
  Lab lab(version);
  const auto missing = lab.send(envelope(kWmi + "root/none/*", kEnum + "Enumerate", "", query(kAll, "")));
  CHECK(missing.reply.status == 500);
  CHECK(missing.code() == "2150858778");
  CHECK(missing.subcode() == "n:CannotProcessFilter");
  CHECK(missing.error_code() == (std::string_view(version) == "6.1.7601" ? "" : "2150858778"));
  CHECK(lab.ask("SELECT * FROM Msvm_Nothing").code() == "2150858778");
  CHECK(lab.ask("SELECT * FORM X").code() == "2150858778");
  CHECK(lab.ask("SELECT * FROM Msvm_ComputerSystem WHERE Nmae='x'").code() == "2150858778");
}

TEST_CASE("bodies and numbers that make no sense are refused", "[endpoint][hostile]") {
  Lab lab;
  const auto send = [&](std::string_view action, std::string_view content) {
    return lab.send(envelope(kWmi + kVirt + "/*", kEnum + std::string(action), "", content)).code();
  };
  CHECK(send("Enumerate", "") == "2150858791");
  CHECK(send("Pull", "<n:Enumerate/>") == "2150858791");
  CHECK(send("Release", "") == "2150858791");
  CHECK(send("Pull", "<n:Pull/>") == "2150858779");
  CHECK(send("Enumerate", query(kAll, "<w:MaxElements>0</w:MaxElements>")) == "2150858799");
  CHECK(send("Enumerate", query(kAll, "<w:MaxElements>-1</w:MaxElements>")) == "2150858799");
  CHECK(send("Pull", "<n:Pull><n:MaxCharacters>x</n:MaxCharacters></n:Pull>") == "2150858799");
}
