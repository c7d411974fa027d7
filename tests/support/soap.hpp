// Envelopes as a host sends them, for tests of the client's side.
#pragma once

#include <string>
#include <string_view>

namespace migstorm::test {

inline constexpr std::string_view kV2 =
    "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/";

// The text between two marks; empty if they are not there.
inline std::string between(std::string_view text, std::string_view from, std::string_view to) {
  const std::size_t begin = text.find(from);
  const std::size_t end = begin == std::string_view::npos ? begin : text.find(to, begin + from.size());
  return end == std::string_view::npos
             ? std::string()
             : std::string(text.substr(begin + from.size(), end - begin - from.size()));
}

inline std::string message_id_of(std::string_view request) {
  return between(request, "<a:MessageID>", "</a:MessageID>");
}

inline std::string envelope(std::string_view relates_to, std::string_view body) {
  std::string out = "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
                    " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
                    " xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\""
                    " xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\">"
                    "<s:Header><a:RelatesTo>";
  return out.append(relates_to)
      .append("</a:RelatesTo></s:Header><s:Body>")
      .append(body)
      .append("</s:Body></s:Envelope>");
}

// `inner` is its properties: "<p:Name>g01</p:Name>".
inline std::string instance(std::string_view class_name, std::string_view inner) {
  std::string out = "<p:";
  out.append(class_name).append(" xmlns:p=\"").append(kV2).append(class_name);
  out.append(R"(" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance")");
  out.append(R"( xmlns:cim="http://schemas.dmtf.org/wbem/wscim/1/common" xsi:type="p:)");
  out.append(class_name).append("_Type\">").append(inner);
  return out.append("</p:").append(class_name).append(">");
}

// The answer to Enumerate; without a context the sequence ends here.
inline std::string first_page(std::string_view items, std::string_view context) {
  std::string out = "<n:EnumerateResponse><n:EnumerationContext>";
  out.append(context).append("</n:EnumerationContext><w:Items>").append(items).append("</w:Items>");
  return out.append(context.empty() ? "<w:EndOfSequence/>" : "").append("</n:EnumerateResponse>");
}
inline std::string next_page(std::string_view items, std::string_view context) {
  std::string out = "<n:PullResponse>";
  if (!context.empty()) {
    out.append("<n:EnumerationContext>").append(context).append("</n:EnumerationContext>");
  }
  out.append("<n:Items>").append(items).append("</n:Items>");
  return out.append(context.empty() ? "<n:EndOfSequence/>" : "").append("</n:PullResponse>");
}

inline std::string fault(std::string_view subcode, std::string_view code, std::string_view text) {
  std::string out = "<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>";
  out.append(subcode).append(
      "</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang=\"en-US\">reason</s:Text>");
  out.append(
      "</s:Reason><s:Detail><f:WSManFault xmlns:f=\"http://schemas.microsoft.com/wbem/wsman/1/wsmanfault\"");
  out.append(" Code=\"").append(code).append(R"(" Machine="node1"><f:Message>)").append(text);
  return out.append("</f:Message></f:WSManFault></s:Detail></s:Fault>");
}

} // namespace migstorm::test
