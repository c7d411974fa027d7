#include "tools/lab/wsman/fault.hpp"

#include "tools/lab/cim/text.hpp"
#include "tools/lab/wsman/envelope.hpp"
#include "tools/lab/wsman/names.hpp"

#include <fmt/format.h>

namespace migstorm::lab::wsman {

namespace {

struct Soap {
  FaultCode code;
  std::string_view value;   // SOAP code
  std::string_view subcode; // empty: none
};

constexpr std::string_view kSender = "s:Sender";
constexpr std::string_view kReceiver = "s:Receiver";

constexpr Soap kTable[] = {
    {FaultCode::access_denied, kSender, "w:AccessDenied"},
    {FaultCode::channel_not_found, kReceiver, "w:InternalError"},
    {FaultCode::delivery_mode, kSender, "e:DeliveryModeRequestedUnavailable"},
    {FaultCode::invalid_expiration, kSender, "e:InvalidExpirationTime"},
    {FaultCode::unsupported_expiration, kSender, "e:UnsupportedExpirationType"},
    {FaultCode::event_filter, kSender, "e:FilteringRequestedUnavailable"},
    {FaultCode::unable_to_renew, kReceiver, "e:UnableToRenew"},
    {FaultCode::invalid_event_message, kSender, "e:InvalidMessage"},
    {FaultCode::timed_out, kReceiver, "w:TimedOut"},
    {FaultCode::invalid_bookmark, kSender, "w:InvalidBookmark"},
    {FaultCode::resource_not_found, kSender, "a:DestinationUnreachable"},
    {FaultCode::invalid_action_uri, kSender, "a:ActionNotSupported"},
    {FaultCode::provider_failure, kReceiver, "w:InternalError"},
    {FaultCode::unsupported_timeout, kSender, "w:UnsupportedFeature"},
    {FaultCode::soap_version, "s:VersionMismatch", ""},
    {FaultCode::must_understand, "s:MustUnderstand", ""},
    {FaultCode::header_required, kSender, "a:MessageInformationHeaderRequired"},
    {FaultCode::action_not_supported, kSender, "a:ActionNotSupported"},
    {FaultCode::filter_dialect, kSender, "n:FilterDialectRequestedUnavailable"},
    {FaultCode::cannot_process_filter, kSender, "n:CannotProcessFilter"},
    {FaultCode::invalid_context, kReceiver, "n:InvalidEnumerationContext"},
    {FaultCode::envelope_too_large, kSender, "w:EncodingLimit"},
    {FaultCode::invalid_body, kSender, "w:InvalidBody"},
    {FaultCode::invalid_batch, kSender, "w:InvalidBatchParameter"},
    {FaultCode::action_mismatch, kSender, "w:ActionMismatch"},
    {FaultCode::invalid_parameter, kSender, "w:InvalidParameter"},
    {FaultCode::invalid_resource_uri, kSender, "w:InvalidResourceURI"},
    {FaultCode::invalid_selectors, kSender, "w:InvalidSelectors"},
    {FaultCode::unsupported_feature, kSender, "w:UnsupportedFeature"},
    {FaultCode::invalid_xml, kSender, "w:SchemaValidationError"},
    {FaultCode::max_envelope_size, kSender, "w:EncodingLimit"},
    {FaultCode::response_too_large, kSender, "w:EncodingLimit"},
    {FaultCode::unreportable_success, kReceiver, "w:EncodingLimit"},
    {FaultCode::parameter_type, kSender, "w:InvalidParameter"},
    {FaultCode::parameter_name, kSender, "w:InvalidParameter"},
    {FaultCode::insufficient_selectors, kSender, "w:InvalidSelectors"},
    {FaultCode::unexpected_selectors, kSender, "w:InvalidSelectors"},
    {FaultCode::ambiguous_selectors, kSender, "w:InvalidSelectors"},
    {FaultCode::duplicate_selectors, kSender, "w:InvalidSelectors"},
    {FaultCode::uri_not_for_wql, kSender, "a:DestinationUnreachable"},
    {FaultCode::quota_operations, kSender, "w:QuotaLimit"},
};

Soap soap_of(FaultCode code) {
  for (const auto& row : kTable) {
    if (row.code == code) {
      return row;
    }
  }
  return {code, kReceiver, "w:InternalError"};
}

// Each family of subcodes has a fault action of its own.
std::string_view action_of(std::string_view subcode) {
  switch (subcode.empty() ? 's' : subcode.front()) {
  case 'w':
    return "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault";
  case 'n':
    return "http://schemas.xmlsoap.org/ws/2004/09/enumeration/fault";
  case 'e':
    return "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault";
  default:
    return "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault";
  }
}

constexpr std::uint32_t number(FaultCode code) { return static_cast<std::uint32_t>(code); }

constexpr std::uint32_t kWmiNotFound = 0x80041002;
constexpr std::uint32_t kWmiAccessDenied = 0x80041003;
constexpr std::uint32_t kWin32AccessDenied = 0x80070005;

int cim_status(std::uint32_t hresult) {
  switch (hresult) {
  case kWmiNotFound:
  case number(FaultCode::resource_not_found):
    return 6;
  case kWmiAccessDenied:
  case kWin32AccessDenied:
    return 2;
  case 0x80041008:
    return 4; // invalid parameter
  case 0x8004100E:
    return 3; // invalid namespace
  case 0x80041010:
    return 5;      // invalid class
  case 0x80041017: // invalid query
  case number(FaultCode::cannot_process_filter):
    return 15;
  case 0x80041024:
    return 7; // the provider cannot do that
  default:
    return 1;
  }
}

void append_wsman_fault(std::string& out, const Fault& fault, std::string_view machine, std::uint32_t inner) {
  const auto open = [&](std::uint32_t code) {
    fmt::format_to(std::back_inserter(out), R"(<f:WSManFault xmlns:f="{}" Code="{}" Machine=")",
                   names::kWsmanFault, code);
    cim::append_xml_escaped(out, machine);
    out += "\"><f:Message>";
  };
  open(number(fault.code));
  if (fault.from_provider) {
    out += R"(<f:ProviderFault provider="WMI Provider" path="%systemroot%\system32\WsmWmiPl.dll">)";
    open(inner);
  }
  cim::append_xml_escaped(out, fault.message);
  if (fault.from_provider) {
    out += "</f:Message></f:WSManFault></f:ProviderFault>";
  }
  out += "</f:Message></f:WSManFault>";
}

void append_wmi_error(std::string& out, const Fault& fault, std::uint32_t inner) {
  fmt::format_to(
      std::back_inserter(out),
      "<p:MSFT_WmiError xmlns:p=\"{0}MSFT_WmiError\" xmlns:b=\"{1}\" xmlns:xsi=\"{2}\" "
      "b:IsCIM_Error=\"true\" xsi:type=\"p:MSFT_WmiError_Type\"><p:CIMStatusCode>{3}</p:CIMStatusCode>"
      "<p:MessageID>HRESULT 0x{4:08x}</p:MessageID><p:Message>",
      names::kGenericPrefix, names::kCimBinding, names::kXsi, cim_status(inner), inner);
  cim::append_xml_escaped(out, fault.message);
  fmt::format_to(std::back_inserter(out),
                 "</p:Message><p:error_Category>0</p:error_Category><p:error_Code>{}</p:error_Code>"
                 "<p:error_Type>HRESULT</p:error_Type><p:error_WindowsErrorMessage>",
                 inner);
  cim::append_xml_escaped(out, fault.message);
  out += "</p:error_WindowsErrorMessage></p:MSFT_WmiError>";
}

} // namespace

Fault make_fault(FaultCode code, std::string message) {
  Fault fault;
  fault.code = code;
  fault.message = std::move(message);
  return fault;
}

Fault provider_fault(const cim::MethodFault& error) {
  Fault fault;
  fault.code = error.hresult == kWmiNotFound ? FaultCode::resource_not_found
               : error.hresult == kWmiAccessDenied || error.hresult == kWin32AccessDenied
                   ? FaultCode::access_denied
                   : FaultCode::provider_failure;
  fault.message = error.message.empty() ? fmt::format("WMI error 0x{:08x}", error.hresult) : error.message;
  fault.from_provider = true;
  fault.hresult = error.hresult;
  return fault;
}

void append_fault(std::string& out, const Fault& fault, const FaultSpeaker& speaker) {
  const auto soap = soap_of(fault.code);
  append_envelope_start(out);
  append_headers(out, action_of(soap.subcode), speaker.message_id, speaker.relates_to);
  if (!fault.not_understood.empty()) {
    out += "<s:NotUnderstood qname=\"q:";
    cim::append_xml_escaped(out, fault.not_understood);
    out += "\" xmlns:q=\"";
    cim::append_xml_escaped(out, fault.not_understood_ns);
    out += "\"/>";
  }
  out.append("</s:Header><s:Body><s:Fault><s:Code><s:Value>").append(soap.value).append("</s:Value>");
  if (!soap.subcode.empty()) {
    // The enumeration prefix is not on the envelope, so that it can stand on the bodies that use it.
    out += soap.subcode.front() == 'n'
               ? fmt::format("<s:Subcode><s:Value xmlns:n=\"{}\">", names::kEnumeration)
               : "<s:Subcode><s:Value>";
    out.append(soap.subcode).append("</s:Value></s:Subcode>");
  }
  out += "</s:Code><s:Reason><s:Text xml:lang=\"en-US\">";
  cim::append_xml_escaped(out, fault.message);
  out += "</s:Text></s:Reason><s:Detail>";
  const auto inner = fault.hresult != 0 ? fault.hresult : number(fault.code);
  append_wsman_fault(out, fault, speaker.machine, inner);
  if (fault.from_provider && speaker.since_2012) {
    append_wmi_error(out, fault, inner);
  }
  out += "</s:Detail></s:Fault>";
  append_envelope_end(out);
}

} // namespace migstorm::lab::wsman
