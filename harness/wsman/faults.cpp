#include "harness/wsman/faults.hpp"

#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

namespace migstorm::wsman {

namespace {

constexpr std::size_t kTextMax = 500;
constexpr std::uint32_t kProviderFailure = 0x80338003;
constexpr std::uint32_t kTimedOut = 0x8033801C;
constexpr std::uint32_t kOperationTimedOut = 0x80338029;

struct Entry {
  std::uint32_t code;
  std::string_view name;
  Errc read;
  Errc change;
};

constexpr Entry both(std::uint32_t code, std::string_view name, Errc reaction) noexcept {
  return {code, name, reaction, reaction};
}
// The request may have been carried out before this was said: reads are repeated, changes are not.
constexpr Entry doubtful(std::uint32_t code, std::string_view name, Errc read = Errc::busy) noexcept {
  return {code, name, read, Errc::unknown_outcome};
}

// Numbers and names from wsmerror.h, winerror.h and wbemcli.h. What is not here is a remote_fault.
constexpr std::array kFaults = {
    both(0x00000005, "ACCESS_DENIED", Errc::denied),
    both(0x00003A98, "EVT_INVALID_CHANNEL_PATH", Errc::not_found),
    both(0x00003A99, "EVT_INVALID_QUERY", Errc::remote_fault),
    both(0x00003A9F, "EVT_CHANNEL_NOT_FOUND", Errc::not_found),
    doubtful(0x000003E3, "OPERATION_ABORTED"),
    doubtful(0x000004C7, "CANCELLED"),
    both(0x80070005, "E_ACCESSDENIED", Errc::denied),
    both(0x800703FA, "KEY_DELETED", Errc::busy),
    doubtful(0x800704C7, "CANCELLED"),
    both(0x800706BA, "RPC_S_SERVER_UNAVAILABLE", Errc::busy),
    doubtful(0x800706BE, "RPC_S_CALL_FAILED"),
    both(0x80080005, "CO_E_SERVER_EXEC_FAILURE", Errc::busy),
    Entry{0x80041001, "WBEM_E_FAILED", Errc::busy, Errc::remote_fault},
    both(0x80041002, "WBEM_E_NOT_FOUND", Errc::not_found),
    both(0x80041003, "WBEM_E_ACCESS_DENIED", Errc::denied),
    both(0x80041008, "WBEM_E_INVALID_PARAMETER", Errc::remote_fault),
    both(0x8004100E, "WBEM_E_INVALID_NAMESPACE", Errc::not_found),
    both(0x80041010, "WBEM_E_INVALID_CLASS", Errc::not_found),
    both(0x80041013, "WBEM_E_PROVIDER_LOAD_FAILURE", Errc::busy),
    both(0x80041017, "WBEM_E_INVALID_QUERY", Errc::remote_fault),
    both(0x8004106C, "WBEM_E_QUOTA_VIOLATION", Errc::busy),
    both(0x80338000, "RESOURCE_NOT_FOUND", Errc::not_found),
    both(0x80338001, "INVALID_ACTIONURI", Errc::remote_fault),
    both(0x80338002, "INVALID_URI", Errc::remote_fault),
    both(kProviderFailure, "PROVIDER_FAILURE", Errc::remote_fault),
    both(0x80338006, "PULL_IN_PROGRESS", Errc::busy),
    both(0x80338007, "ENUMERATION_CLOSED", Errc::stale),
    both(0x80338008, "SUBSCRIPTION_CLOSED", Errc::stale),
    both(0x80338009, "SUBSCRIPTION_CLOSE_IN_PROGRESS", Errc::stale),
    both(0x8033800A, "SUBSCRIPTION_CLIENT_DID_NOT_CALL_WITHIN_HEARTBEAT", Errc::stale),
    both(0x8033800B, "SUBSCRIPTION_NO_HEARTBEAT", Errc::stale),
    both(0x80338010, "SOAP_FAULT_MUST_UNDERSTAND", Errc::remote_fault),
    both(0x80338012, "DESTINATION_UNREACHABLE", Errc::busy),
    both(0x80338013, "ACTION_NOT_SUPPORTED", Errc::remote_fault),
    both(0x80338014, "ENDPOINT_UNAVAILABLE", Errc::busy),
    both(0x80338018, "FILTERING_NOT_SUPPORTED", Errc::remote_fault),
    // Also the answer when a query names a class or a namespace that the host does not have.
    both(0x8033801A, "CANNOT_PROCESS_FILTER", Errc::not_found),
    both(0x8033801B, "ENUMERATE_INVALID_ENUMERATION_CONTEXT", Errc::stale),
    both(kTimedOut, "ENUMERATE_TIMED_OUT", Errc::busy), // the context stays valid: pull again
    both(0x8033801E, "EVENTING_DELIVERY_MODE_REQUESTED_UNAVAILABLE", Errc::remote_fault),
    both(0x8033801F, "EVENTING_INVALID_EXPIRATION_TIME", Errc::remote_fault),
    both(0x80338021, "EVENTING_FILTERING_NOT_SUPPORTED", Errc::remote_fault),
    both(0x80338022, "EVENTING_FILTERING_REQUESTED_UNAVAILABLE", Errc::remote_fault),
    both(0x80338023, "EVENTING_SOURCE_UNABLE_TO_PROCESS", Errc::remote_fault),
    both(0x80338024, "EVENTING_UNABLE_TO_RENEW", Errc::stale),
    both(0x80338025, "EVENTING_INVALID_MESSAGE", Errc::stale),
    // "Larger than allowed" is said of an answer that is already there, so a change has been made by then.
    doubtful(0x80338026, "ENVELOPE_TOO_LARGE", Errc::too_large),
    both(0x80338027, "INVALID_SOAP_BODY", Errc::remote_fault),
    doubtful(kOperationTimedOut, "OPERATION_TIMEDOUT"),
    both(0x80338032, "CONCURRENCY", Errc::busy),
    both(0x80338036, "FAILED_AUTHENTICATION", Errc::denied),
    both(0x80338038, "INVALID_BOOKMARK", Errc::remote_fault),
    both(0x8033803A, "INVALID_PARAMETER", Errc::remote_fault),
    both(0x8033803B, "INVALID_RESOURCE_URI", Errc::not_found),
    both(0x8033803D, "INVALID_SELECTORS", Errc::remote_fault),
    both(0x8033803F, "QUOTA_LIMIT", Errc::busy),
    both(0x80338041, "SCHEMA_VALIDATION_ERROR", Errc::remote_fault),
    both(0x80338042, "UNSUPPORTED_FEATURE", Errc::remote_fault),
    both(0x80338043, "INVALID_XML", Errc::remote_fault),
    both(kFaultMaxEnvelopeSize, "MAX_ENVELOPE_SIZE", Errc::too_large),
    doubtful(0x80338048, "MAX_ENVELOPE_SIZE_EXCEEDED", Errc::too_large),
    doubtful(0x80338049, "SERVER_ENVELOPE_LIMIT", Errc::too_large),
    doubtful(0x8033804D, "UNREPORTABLE_SUCCESS", Errc::too_large),
    both(0x8033805A, "INSUFFCIENT_SELECTORS", Errc::remote_fault), // spelt like this in wsmerror.h
    both(0x8033805B, "UNEXPECTED_SELECTORS", Errc::remote_fault),
    both(0x8033805C, "SELECTOR_TYPEMISMATCH", Errc::remote_fault),
    both(0x803380F1, "BAD_ENUMERATION_CONTEXT_IN_RESPONSE", Errc::stale),
    doubtful(0x80338126, "NETWORK_TIMEDOUT"),
    both(0x803381A5, "QUOTA_MAX_SHELLS", Errc::busy),
    both(0x803381A6, "QUOTA_MAX_OPERATIONS", Errc::busy),
    both(0x803381A7, "QUOTA_USER", Errc::busy),
    both(0x803381A8, "QUOTA_SYSTEM", Errc::busy),
    both(0x803381AB, "QUOTA_MAX_SHELLUSERS", Errc::busy),
    doubtful(0x803381DE, "STREAM_DISCONNECTED"),
    both(0x803381E4, "QUOTA_MAX_SHELLS_PPQ", Errc::busy),
    both(0x803381E5, "QUOTA_MAX_USERS_PPQ", Errc::busy),
    both(0x803381E6, "QUOTA_MAX_PLUGINSHELLS_PPQ", Errc::busy),
    both(0x803381E7, "QUOTA_MAX_PLUGINOPERATIONS_PPQ", Errc::busy),
    both(0x803381E8, "QUOTA_MAX_OPERATIONS_USER_PPQ", Errc::busy),
    both(0x803381E9, "QUOTA_MAX_COMMANDS_PER_SHELL_PPQ", Errc::busy),
    both(0x803381EA, "QUOTA_MINIMUM_REQUIREMENT_NOT_AVAILABLE_PPQ", Errc::busy),
};

struct Subcode {
  std::string_view name;
  std::uint32_t code;
};

// For faults that carry no number. TimedOut stands apart: it belongs to two namespaces.
constexpr std::array kSubcodes = {
    Subcode{"AccessDenied", 0x80070005},           Subcode{"ActionNotSupported", 0x80338013},
    Subcode{"CannotProcessFilter", 0x8033801A},    Subcode{"Concurrency", 0x80338032},
    Subcode{"DestinationUnreachable", 0x80338000}, // how servers say "no such resource"
    Subcode{"EncodingLimit", 0x80338048},          // with a number it is an encoding's own limit
    Subcode{"EndpointUnavailable", 0x80338014},    Subcode{"FailedAuthentication", 0x80338036},
    Subcode{"FilteringNotSupported", 0x80338018},  Subcode{"InternalError", kProviderFailure},
    Subcode{"InvalidBookmark", 0x80338038},        Subcode{"InvalidEnumerationContext", 0x8033801B},
    Subcode{"InvalidParameter", 0x8033803A},       Subcode{"InvalidResourceURI", 0x8033803B},
    Subcode{"InvalidSelectors", 0x8033803D},       Subcode{"QuotaLimit", 0x8033803F},
    Subcode{"SchemaValidationError", 0x80338041},  Subcode{"UnsupportedFeature", 0x80338042},
};

const Entry* find_entry(std::uint32_t code) noexcept {
  const auto* found =
      std::find_if(kFaults.begin(), kFaults.end(), [&](const Entry& e) { return e.code == code; });
  return found == kFaults.end() ? nullptr : &*found;
}

// Decimal, as in @Code; also negative, as a signed HRESULT; also 0x...
std::uint32_t parse_code(std::string_view text) noexcept {
  text = trimmed(text);
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  text.remove_prefix(hex ? 2 : 0);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole && value >= INT32_MIN && value <= UINT32_MAX ? static_cast<std::uint32_t>(value) : 0;
}

// The next node of a walk over all descendants of `top` in document order.
pugi::xml_node next_node(pugi::xml_node node, const pugi::xml_node& top) noexcept {
  if (pugi::xml_node child = node.first_child()) {
    return child;
  }
  while (node && node != top && !node.next_sibling()) {
    node = node.parent();
  }
  return node && node != top ? node.next_sibling() : pugi::xml_node();
}

struct Details {
  std::uint32_t wsman_code = 0; // an inner WSManFault comes later in document order and overrides
  std::uint32_t wmi_code = 0;
  std::string wsman_text;
  std::string wmi_text;
};

// The text of f:Message where it is text and not a nested ProviderFault.
std::string message_of(const pugi::xml_node& fault) {
  const pugi::xml_node message = child_element(fault, "Message");
  return first_element(message) ? std::string() : printable(text_of(message), kTextMax);
}

void read_wsman_fault(const pugi::xml_node& node, Details& details) {
  const std::uint32_t code = parse_code(attribute(node, "Code"));
  if (code == 0) {
    return;
  }
  details.wsman_code = code;
  if (std::string text = message_of(node); !text.empty()) {
    details.wsman_text = std::move(text);
  }
}

void read_wmi_error(const pugi::xml_node& node, Details& details) {
  details.wmi_code = parse_code(text_of(child_element(node, "error_Code")));
  if (details.wmi_code == 0) {
    const std::string id = text_of(child_element(node, "MessageID")); // "HRESULT 0x80041010"
    details.wmi_code = parse_code(std::string_view(id).substr(std::min(id.rfind(' ') + 1, id.size())));
  }
  details.wmi_text = printable(text_of(child_element(node, "Message")), kTextMax);
}

Details read_details(const pugi::xml_node& detail) {
  Details details;
  for (pugi::xml_node node = detail; node; node = next_node(node, detail)) {
    const std::string_view name = local_name(node);
    if (name == "WSManFault") {
      read_wsman_fault(node, details);
    } else if (name == "MSFT_WmiError") {
      read_wmi_error(node, details);
    }
  }
  return details;
}

// "n:TimedOut" is the enumeration's, whatever letters the prefix has.
bool is_of_enumeration(const pugi::xml_node& value, std::string_view qualified) {
  const std::size_t colon = qualified.find(':');
  if (colon == std::string_view::npos) {
    return false;
  }
  const std::string declaration = "xmlns:" + std::string(qualified.substr(0, colon));
  for (pugi::xml_node node = value; node; node = node.parent()) {
    if (const pugi::xml_attribute found = node.attribute(declaration.c_str())) {
      return std::string_view(found.value()).ends_with("/enumeration");
    }
  }
  return false;
}

std::uint32_t subcode_number(const pugi::xml_node& value, std::string_view qualified) {
  const std::string_view name = local_name(qualified);
  if (name == "TimedOut") {
    return is_of_enumeration(value, qualified) ? kTimedOut : kOperationTimedOut;
  }
  const auto* found =
      std::find_if(kSubcodes.begin(), kSubcodes.end(), [&](const Subcode& s) { return s.name == name; });
  return found == kSubcodes.end() ? 0 : found->code;
}

std::uint32_t choose_code(const Details& details, std::uint32_t by_subcode) noexcept {
  // "The provider failed" is an envelope around the reason; the reason may stand beside it.
  if (details.wsman_code != 0 && (details.wsman_code != kProviderFailure || details.wmi_code == 0)) {
    return details.wsman_code;
  }
  return details.wmi_code != 0 ? details.wmi_code : by_subcode;
}

std::string_view consequence(std::uint32_t code) noexcept {
  return code == 0x8033804D
             ? ": the host says that it was carried out and that its answer was too large to send"
             : ": it may have been carried out";
}

} // namespace

std::optional<Fault> read_fault(const pugi::xml_node& body) {
  const pugi::xml_node node = child_element(body, "Fault");
  if (!node) {
    return std::nullopt;
  }
  const pugi::xml_node subcode =
      child_element(child_element(child_element(node, "Code"), "Subcode"), "Value");
  const std::string qualified(trimmed(subcode.child_value()));
  const Details details = read_details(child_element(node, "Detail"));

  Fault fault;
  fault.code = choose_code(details, subcode_number(subcode, qualified));
  fault.subcode = printable(local_name(qualified), kTextMax);
  fault.text = !details.wsman_text.empty() ? details.wsman_text : details.wmi_text;
  if (fault.text.empty()) {
    fault.text = printable(text_of(child_element(child_element(node, "Reason"), "Text")), kTextMax);
  }
  return fault;
}

bool is_time_over(const Fault& fault) noexcept {
  return fault.code == kTimedOut || fault.code == kOperationTimedOut;
}

std::string_view fault_name(std::uint32_t code) noexcept {
  const Entry* entry = find_entry(code);
  return entry == nullptr ? std::string_view() : entry->name;
}

Error to_error(const Fault& fault, Intent intent) {
  const Entry* entry = find_entry(fault.code);
  const Errc reaction = entry == nullptr           ? Errc::remote_fault
                        : intent == Intent::change ? entry->change
                                                   : entry->read;
  const std::string_view name = entry != nullptr ? entry->name : std::string_view(fault.subcode);
  std::string detail = fmt::format("fault 0x{:08x}{}{}{}", fault.code, name.empty() ? "" : " (", name,
                                   name.empty() ? "" : ")");
  if (reaction == Errc::unknown_outcome) {
    detail += consequence(fault.code);
  }
  if (!fault.text.empty()) {
    detail.append(": ").append(fault.text);
  }
  return Error{reaction, std::move(detail)};
}

} // namespace migstorm::wsman
