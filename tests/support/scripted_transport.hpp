// Hosts for tests of what stands above the WS-Man client: they read a request (by pugixml, not by our own
// code) and answer by class of the query or by method. What nothing was said about is an unknown class or
// method, as on a real host.
#pragma once

#include "harness/wsman/transport.hpp"
#include "tests/support/soap.hpp"

#include <migstorm/result.hpp>

#include <pugixml.hpp>

#include <algorithm>
#include <cctype>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::test {

inline std::string local(std::string_view name) { return std::string(name.substr(name.find(':') + 1)); }

inline pugi::xml_node find_local(const pugi::xml_node& top, std::string_view name) {
  return top.find_node([&](const pugi::xml_node& node) { return local(node.name()) == name; });
}

inline std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

struct SeenRequest {
  std::string body;
  std::string message_id;
  std::string action;
  std::string resource_uri;
  std::map<std::string, std::string> selectors;
  std::string wql;
  std::string method;                                        // of an Invoke
  std::map<std::string, std::vector<std::string>> arguments; // texts; nil is "<nil>"

  std::string argument(const std::string& name) const {
    const auto found = arguments.find(name);
    return found == arguments.end() || found->second.empty() ? "<absent>" : found->second.front();
  }
};

inline SeenRequest read_request(const std::string& body) {
  pugi::xml_document document;
  SeenRequest request;
  request.body = body;
  if (!document.load_string(body.c_str())) {
    return request;
  }
  const pugi::xml_node header = find_local(document, "Header");
  request.message_id = find_local(header, "MessageID").text().get();
  request.action = find_local(header, "Action").text().get();
  request.resource_uri = find_local(header, "ResourceURI").text().get();
  for (const pugi::xml_node& selector : find_local(header, "SelectorSet").children()) {
    request.selectors[selector.attribute("Name").value()] = selector.text().get();
  }
  const pugi::xml_node payload = find_local(document, "Body").first_child();
  request.wql = find_local(payload, "Filter").text().get();
  const std::string name = local(payload.name());
  if (name.ends_with("_INPUT")) {
    request.method = name.substr(0, name.size() - 6);
    for (const pugi::xml_node& argument : payload.children()) {
      const bool nil = argument.find_attribute([](auto a) { return local(a.name()) == "nil"; });
      request.arguments[local(argument.name())].push_back(nil ? "<nil>" : argument.text().get());
    }
  }
  return request;
}

inline std::string class_of_wql(std::string_view wql) {
  const std::size_t from = wql.find(" FROM ");
  const std::string_view rest = from == std::string_view::npos ? "" : wql.substr(from + 6);
  return std::string(rest.substr(0, rest.find(' ')));
}

// One instance as Enumerate gives it. `inner` is its properties: "<p:Name>g03</p:Name>".
inline std::string row(std::string_view ns, std::string_view class_name, std::string_view inner) {
  const std::string uri =
      "http://schemas.microsoft.com/wbem/wsman/1/wmi/" + std::string(ns) + "/" + std::string(class_name);
  std::string out = "<p:" + std::string(class_name) + " xmlns:p=\"" + uri + "\"";
  out += " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
  out += " xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\"";
  out += " xsi:type=\"p:" + std::string(class_name) + "_Type\">";
  return out + std::string(inner) + "</p:" + std::string(class_name) + ">";
}

// What 2012 and later add to a fault.
inline std::string wmi_error(std::string_view subcode, std::string_view code, std::string_view hresult) {
  std::string out = "<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>";
  out.append(subcode).append(
      "</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en-US\">no</s:Text>"
      "</s:Reason><s:Detail><p:MSFT_WmiError b:IsCIM_Error=\"true\""
      " xmlns:p=\"http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError\""
      " xmlns:b=\"http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd\">"
      "<p:CIMStatusCode>1</p:CIMStatusCode><p:Message>no</p:Message><p:MessageID>HRESULT ");
  out.append(hresult)
      .append("</p:MessageID><p:error_Category>30</p:error_Category><p:error_Code>")
      .append(code);
  return out.append(
      "</p:error_Code><p:error_Type>HRESULT</p:error_Type></p:MSFT_WmiError></s:Detail></s:Fault>");
}

// 2008 R2 wraps the reason of a provider.
inline std::string provider_fault(std::string_view code) {
  std::string out =
      "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:InternalError</s:Value>"
      "</s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en-US\">no</s:Text></s:Reason><s:Detail>"
      "<f:WSManFault xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\""
      " Code=\"2150858755\" Machine=\"hv1\"><f:Message><f:ProviderFault provider=\"WMI Provider\""
      " path=\"%systemroot%\\system32\\WsmWmiPl.dll\"><f:WSManFault Code=\"";
  out.append(code).append(R"(" Machine="hv1"><f:Message>The provider says no.</f:Message></f:WSManFault>)");
  return out.append("</f:ProviderFault></f:Message></f:WSManFault></s:Detail></s:Fault>");
}

inline const std::string kUnknownClass = fault("n:CannotProcessFilter", "2150858778", "no such class");

class HostScript {
public:
  using Answer = std::function<Result<wsman::Reply>(const SeenRequest&)>;

  std::string version = "OS: 6.3.9600 SP: 0.0 Stack: 3.0";
  std::vector<SeenRequest> seen;

  static Answer says(std::string body, int status = 200) {
    return [body = std::move(body), status](const SeenRequest& request) -> Result<wsman::Reply> {
      return wsman::Reply{status, envelope(request.message_id, body)};
    };
  }
  static Answer faults(std::string body) { return says(std::move(body), 500); }
  static Answer fails(Errc code) {
    return [code](const SeenRequest&) -> Result<wsman::Reply> { return Error{code, "the wire says so"}; };
  }

  HostScript& on_query(std::string_view ns, std::string_view class_name, Answer answer) {
    queries_[lower(ns) + "/" + lower(class_name)] = std::move(answer);
    return *this;
  }
  // `rows`: the properties of each.
  HostScript& rows(std::string_view ns, std::string_view class_name, const std::vector<std::string>& rows) {
    std::string items;
    for (const std::string& inner : rows) {
      items += row(ns, class_name, inner);
    }
    return on_query(ns, class_name, says(first_page(items, "")));
  }
  HostScript& on_method(std::string_view method, Answer answer) {
    methods_[std::string(method)] = std::move(answer);
    return *this;
  }
  HostScript& returns(std::string_view method, std::string_view out) {
    const std::string name(method);
    return on_method(method, says("<p:" + name +
                                  "_OUTPUT xmlns:p=\"urn:class\" xmlns:xsi=\"http://www.w3.org/2001/"
                                  "XMLSchema-instance\">" +
                                  std::string(out) + "</p:" + name + "_OUTPUT>"));
  }
  HostScript& on_get(Answer answer) {
    get_ = std::move(answer);
    return *this;
  }

  Result<wsman::Reply> answer(const std::string& body) {
    seen.push_back(read_request(body));
    const SeenRequest& request = seen.back();
    if (body.find("Identify") != std::string::npos) {
      return wsman::Reply{
          200, envelope("", "<i:IdentifyResponse xmlns:i=\"http://schemas.dmtf.org/wbem/wsman/identity/"
                            "1/wsmanidentity.xsd\"><i:ProductVersion>" +
                                version + "</i:ProductVersion></i:IdentifyResponse>")};
    }
    const SeenRequest copy = request; // an answer may ask for the list to grow
    return find(copy)(copy);
  }

  std::vector<SeenRequest> queries_of(std::string_view class_name) const {
    return seen_if([&](const SeenRequest& r) { return lower(class_of_wql(r.wql)) == lower(class_name); });
  }
  std::vector<SeenRequest> calls_of(std::string_view method) const {
    return seen_if([&](const SeenRequest& r) { return r.method == method; });
  }

private:
  Answer find(const SeenRequest& request) const {
    if (!request.method.empty()) {
      const auto found = methods_.find(request.method);
      return found == methods_.end() ? faults(provider_fault("2147749935")) : found->second; // 0x8004102F
    }
    if (request.action.ends_with("/Get")) {
      return get_;
    }
    constexpr std::string_view kPrefix = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";
    const std::string ns =
        request.resource_uri.substr(kPrefix.size(), request.resource_uri.rfind('/') - kPrefix.size());
    const auto found = queries_.find(lower(ns) + "/" + lower(class_of_wql(request.wql)));
    return found == queries_.end() ? faults(kUnknownClass) : found->second;
  }
  template <class Predicate>
  std::vector<SeenRequest> seen_if(Predicate predicate) const {
    std::vector<SeenRequest> found;
    std::copy_if(seen.begin(), seen.end(), std::back_inserter(found), predicate);
    return found;
  }

  std::map<std::string, Answer> queries_;
  std::map<std::string, Answer> methods_;
  Answer get_ = faults(provider_fault("2147749890")); // 0x80041002 not found
};

class ScriptedTransport final : public wsman::Transport {
public:
  explicit ScriptedTransport(HostScript& script) : script_(script) {}
  Task<Result<wsman::Reply>> post(std::string body, Span) override { co_return script_.answer(body); }
  wsman::TransportCounters counters() const override { return {1, 1}; }

private:
  HostScript& script_;
};

} // namespace migstorm::test
