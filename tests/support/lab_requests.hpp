// Requests to the simulated cluster's endpoint, written out as clients send them, and answers taken apart.
#pragma once

#include "tests/support/lab_machine.hpp"
#include "tools/lab/wsman/endpoint.hpp"

#include <pugixml.hpp>

#include <string>
#include <string_view>

namespace migstorm::lab::test {

inline const std::string kWmi = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";
inline const std::string kTransfer = "http://schemas.xmlsoap.org/ws/2004/09/transfer/";
inline const std::string kEnum = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/";
inline const std::string kBasic = "Basic TEFCXG1pZ3N0b3JtOnNlY3JldA=="; // LAB\migstorm:secret

inline std::string envelope(std::string_view uri, std::string_view action, std::string_view headers,
                            std::string_view body) {
  return "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
         "xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\" "
         "xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\" "
         "xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\"><s:Header><a:To>http://host:5985/wsman</"
         "a:To>"
         "<w:ResourceURI s:mustUnderstand=\"true\">" +
         std::string(uri) + "</w:ResourceURI><a:Action s:mustUnderstand=\"true\">" + std::string(action) +
         "</a:Action><a:MessageID>uuid:6F3C9E1A-5B0D-4B7E-9C3B-2E0C3C0C8D11</a:MessageID>" +
         std::string(headers) + "</s:Header><s:Body>" + std::string(body) + "</s:Body></s:Envelope>";
}

inline std::string selector(std::string_view name, std::string_view value) {
  return "<w:Selector Name=\"" + std::string(name) + "\">" + std::string(value) + "</w:Selector>";
}

inline std::string query(std::string_view wql, std::string_view options) {
  return "<n:Enumerate>" + std::string(options) +
         "<w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">" + std::string(wql) +
         "</w:Filter></n:Enumerate>";
}

struct Answer {
  wsman::HttpReply reply;
  pugi::xml_document document;

  pugi::xml_node body() const { return document.child("s:Envelope").child("s:Body"); }
  pugi::xml_node header(const char* name) const {
    return document.child("s:Envelope").child("s:Header").child(name);
  }
  // Of a fault: WSManFault/@Code.
  std::string code() const {
    return body().child("s:Fault").child("s:Detail").child("f:WSManFault").attribute("Code").value();
  }
  std::string subcode() const {
    return body().child("s:Fault").child("s:Code").child("s:Subcode").child("s:Value").text().get();
  }
  std::string error_code() const { // of a server since 2012
    return body()
        .child("s:Fault")
        .child("s:Detail")
        .child("p:MSFT_WmiError")
        .child("p:error_Code")
        .text()
        .get();
  }
};

// A machine behind an endpoint.
struct Lab {
  explicit Lab(const std::string& version = "6.3.9600")
      : machine(version), engine(machine), endpoint(engine, clock, 1) {}

  Answer send(std::string text) {
    wsman::HttpRequest request;
    request.authorization = kBasic;
    request.body = std::move(text);
    return send(std::move(request));
  }
  Answer send(wsman::HttpRequest request) {
    Answer answer;
    answer.reply = endpoint.answer(0, std::move(request));
    answer.document.load_string(answer.reply.body.c_str());
    return answer;
  }
  Answer get(std::string_view class_name, std::string_view selectors, std::string_view headers = "") {
    return send(
        envelope(kWmi + kVirt + "/" + std::string(class_name), kTransfer + "Get",
                 std::string(headers) + "<w:SelectorSet>" + std::string(selectors) + "</w:SelectorSet>", ""));
  }
  Answer ask(std::string_view wql,
             std::string_view options = "<w:OptimizeEnumeration/><w:MaxElements>100</w:MaxElements>",
             std::string_view headers = "") {
    return send(envelope(kWmi + kVirt + "/*", kEnum + "Enumerate", headers, query(wql, options)));
  }
  Answer pull(std::string_view context, std::string_view options = "") {
    return send(envelope(kWmi + kVirt + "/Msvm_Whatever", kEnum + "Pull", "",
                         "<n:Pull><n:EnumerationContext>" + std::string(context) + "</n:EnumerationContext>" +
                             std::string(options) + "</n:Pull>"));
  }

  TestMachine machine;
  TestClock clock;
  TestEngine engine;
  wsman::Endpoint endpoint;
};

} // namespace migstorm::lab::test
