#include "tests/support/catch.hpp"
#include "tests/support/lab_requests.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;

namespace {

const std::string kIdentify =
    "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
    "xmlns:wsmid=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">"
    "<s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>";

wsman::HttpRequest identify() {
  wsman::HttpRequest request;
  request.body = kIdentify;
  return request;
}

} // namespace

TEST_CASE("a request without an account gets one challenge and no content", "[endpoint]") {
  Lab lab;
  const auto reply = lab.send(identify()).reply;
  CHECK(reply.status == 401);
  CHECK(reply.www_authenticate == "Basic realm=\"WSMAN\"");
  CHECK(reply.body.empty());
  CHECK(lab.engine.asked.empty()); // nothing was executed
}

TEST_CASE("the account may be spelled in the ways of Windows, the password may not", "[endpoint]") {
  Lab lab;
  const auto status = [&](std::string authorization) {
    auto request = identify();
    request.authorization = std::move(authorization);
    return lab.send(std::move(request)).reply.status;
  };
  CHECK(status(kBasic) == 200);
  CHECK(status("basic bGFiXE1JR1NUT1JNOnNlY3JldA==") == 200); // lab\MIGSTORM:secret
  CHECK(status("Basic bWlnc3Rvcm1AbGFiOnNlY3JldA==") == 200); // migstorm@lab:secret
  CHECK(status("Basic bWlnc3Rvcm06c2VjcmV0") == 401);         // migstorm:secret
  CHECK(status("Basic TEFCXG1pZ3N0b3JtOlNlY3JldA==") == 401); // LAB\migstorm:Secret
  CHECK(status("Basic !!!!") == 401);
  CHECK(status("Basic bm9jb2xvbg==") == 401);
  CHECK(status("Negotiate TlRMTVNTUAABAAAA") == 401);
  CHECK(status("Basic " + std::string(5000, 'A')) == 401);
}

TEST_CASE("identify tells the release to those with an account only", "[endpoint]") {
  Lab lab;
  const auto version = [](const Answer& answer) -> std::string {
    return answer.body().child("wsmid:IdentifyResponse").child("wsmid:ProductVersion").text().get();
  };
  auto request = identify();
  request.authorization = kBasic;
  CHECK(version(lab.send(request)) == "OS: 6.3.9600 SP: 0.0 Stack: 3.0");
  request.authorization.clear();
  request.identify = "unauthenticated";
  CHECK(version(lab.send(request)) == "OS: 0.0.0 SP: 0.0 Stack: 3.0");
  request.body =
      envelope(kWmi + kVirt + "/*", kEnum + "Enumerate", "", query("SELECT * FROM Msvm_ComputerSystem", ""));
  CHECK(lab.send(request).reply.status == 401);
  CHECK(lab.endpoint.counts() == RequestCounts{{"identify", 2}});
}

TEST_CASE("only SOAP 1.2 in UTF-8, posted to /wsman, is read", "[endpoint][hostile]") {
  Lab lab;
  auto request = identify();
  request.authorization = kBasic;
  request.target = "/wsman/";
  CHECK(lab.send(request).reply.status == 200);
  request.body = "\xEF\xBB\xBF" + kIdentify;
  CHECK(lab.send(request).reply.status == 200);
  request.target = "/other";
  CHECK(lab.send(request).reply.status == 404);
  request.target = "/wsman";
  request.method = "GET";
  CHECK(lab.send(request).reply.status == 405);
  request.method = "POST";
  request.content_type = "application/soap+xml;charset=UTF-16";
  CHECK(lab.send(request).reply.status == 415);
  request.content_type = "text/xml";
  CHECK(lab.send(request).reply.status == 415);
}

TEST_CASE("hostile XML gets a fault and executes nothing", "[endpoint][hostile]") {
  Lab lab;
  CHECK(lab.send("").reply.status == 400);
  const auto broken = lab.send("<s:Envelope");
  CHECK(broken.reply.status == 400);
  CHECK(broken.code() == "2150858819");
  CHECK(lab.send("<!DOCTYPE x [<!ENTITY a \"aa\">]>" + kIdentify).code() == "2150858819");
  std::string deep;
  for (int i = 0; i < 60; ++i) {
    deep += "<a>";
  }
  for (int i = 0; i < 60; ++i) {
    deep += "</a>";
  }
  CHECK(lab.send(envelope(kWmi + kVirt + "/*", kEnum + "Enumerate", "", deep)).code() == "2150858819");
  const auto old =
      lab.send("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>");
  CHECK(std::string(old.body().child("s:Fault").child("s:Code").child("s:Value").text().get()) ==
        "s:VersionMismatch");
  CHECK(lab.send(std::string(600'000, ' ')).code() == "2150858790");
  CHECK(lab.machine.invocations.empty());
}

TEST_CASE("answers repeat the message id character for character and have fresh ids of their own",
          "[endpoint]") {
  Lab lab;
  const auto text =
      envelope(kWmi + kVirt + "/*", kEnum + "Enumerate", "", query("SELECT * FROM Msvm_ComputerSystem", ""));
  const auto one = lab.send(text);
  CHECK(std::string(one.header("a:RelatesTo").text().get()) == "uuid:6F3C9E1A-5B0D-4B7E-9C3B-2E0C3C0C8D11");
  CHECK(std::string(one.header("a:Action").text().get()) == kEnum + "EnumerateResponse");
  const std::string id = one.header("a:MessageID").text().get();
  CHECK(id.size() == 41);
  CHECK(id.substr(0, 5) == "uuid:");
  CHECK(id != lab.send(text).header("a:MessageID").text().get());
}

TEST_CASE("unknown headers matter only if they must be understood, with or without a namespace",
          "[endpoint]") {
  Lab lab;
  const auto ask = [&](std::string_view header) {
    return lab.ask("SELECT * FROM Msvm_ComputerSystem", "<w:OptimizeEnumeration/>", header);
  };
  CHECK(ask("<q:New xmlns:q=\"urn:q\"/>").reply.status == 200);
  CHECK(ask("<q:New xmlns:q=\"urn:q\" mustUnderstand=\"false\"/>").reply.status == 200);
  CHECK(ask("<q:SessionId xmlns:q=\"urn:q\" mustUnderstand=\"true\">x</q:SessionId>").reply.status == 200);
  const auto* marked = GENERATE("s:mustUnderstand=\"true\"", "mustUnderstand=\"1\"");
  const auto fault = ask("<q:New xmlns:q=\"urn:q\" " + std::string(marked) + "/>");
  CHECK(fault.reply.status == 500);
  CHECK(fault.code() == "2150858768");
  CHECK(std::string(fault.header("s:NotUnderstood").attribute("qname").value()) == "q:New");
  CHECK(std::string(fault.header("s:NotUnderstood").attribute("xmlns:q").value()) == "urn:q");
}

TEST_CASE("headers that contradict the service are refused", "[endpoint][hostile]") {
  Lab lab;
  const auto code = [&](std::string_view header) {
    return lab.ask("SELECT * FROM Msvm_ComputerSystem", "<w:OptimizeEnumeration/>", header).code();
  };
  CHECK(code("<w:MaxEnvelopeSize>512000</w:MaxEnvelopeSize>").empty());
  CHECK(code("<w:MaxEnvelopeSize>512001</w:MaxEnvelopeSize>") == "2150858823");
  CHECK(code("<w:MaxEnvelopeSize>many</w:MaxEnvelopeSize>") == "2150858810");
  CHECK(code("<w:OperationTimeout>PT20S</w:OperationTimeout>").empty());
  CHECK(code("<w:OperationTimeout>soon</w:OperationTimeout>") == "2150858810");
  CHECK(code("<w:OperationTimeout>PT0S</w:OperationTimeout>") == "2150858764");
  CHECK(code("<w:FragmentTransfer>Name</w:FragmentTransfer>") == "2150858818");
  const auto no_action =
      lab.send("<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\"><s:Body/></s:Envelope>");
  CHECK(no_action.code() == "2150858769");
  CHECK(no_action.header("a:RelatesTo").empty());
}

TEST_CASE("the seed's faults on the wire: before execution, or after it", "[endpoint]") {
  Lab lab;
  const auto ask = [&](WireFault fault) {
    lab.engine.fault = fault;
    return lab.ask("SELECT * FROM Msvm_ComputerSystem").reply;
  };
  CHECK(ask(WireFault::refuse).fate == WireFault::refuse);
  CHECK(ask(WireFault::reset_before).lost());
  CHECK(lab.endpoint.counts().empty());
  const auto lost = ask(WireFault::lose_reply);
  CHECK(lost.lost());
  CHECK(lost.body.empty());
  CHECK(lab.endpoint.counts() == RequestCounts{{"query Msvm_ComputerSystem", 1}});
  CHECK(lab.engine.asked == std::vector<bool>{false, false, false});
  CHECK(lab.engine.advanced == 3);
}

TEST_CASE("the same seed gives the same bytes", "[endpoint]") {
  Lab one;
  Lab two;
  CHECK(one.ask("SELECT * FROM Msvm_ComputerSystem", "").reply.body ==
        two.ask("SELECT * FROM Msvm_ComputerSystem", "").reply.body);
}
