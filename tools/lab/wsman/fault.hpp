// SOAP faults as Windows sends them: the WS-Management code, SOAP code and subcode belong together.
#pragma once

#include "tools/lab/cim/model.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace migstorm::lab::wsman {

enum class FaultCode : std::uint32_t {
  access_denied = 5,
  channel_not_found = 15007, // ERROR_EVT_CHANNEL_NOT_FOUND; that it is told like this is unverified
  resource_not_found = 0x80338000,
  invalid_action_uri = 0x80338001,
  provider_failure = 0x80338003,
  unsupported_timeout = 0x8033800C,
  soap_version = 0x8033800D,
  must_understand = 0x80338010,
  header_required = 0x80338011,
  action_not_supported = 0x80338013,
  filter_dialect = 0x80338019,
  cannot_process_filter = 0x8033801A,
  invalid_context = 0x8033801B,
  delivery_mode = 0x8033801E,
  invalid_expiration = 0x8033801F,
  unsupported_expiration = 0x80338020,
  event_filter = 0x80338022,
  unable_to_renew = 0x80338024,
  invalid_event_message = 0x80338025,
  envelope_too_large = 0x80338026,
  invalid_body = 0x80338027,
  timed_out = 0x80338029,
  invalid_batch = 0x8033802F,
  action_mismatch = 0x80338031,
  invalid_bookmark = 0x80338038,
  invalid_parameter = 0x8033803A,
  invalid_resource_uri = 0x8033803B,
  invalid_selectors = 0x8033803D,
  unsupported_feature = 0x80338042,
  invalid_xml = 0x80338043,
  max_envelope_size = 0x80338047,
  response_too_large = 0x80338048,
  unreportable_success = 0x8033804D,
  parameter_type = 0x80338054,
  parameter_name = 0x80338055,
  insufficient_selectors = 0x8033805A,
  unexpected_selectors = 0x8033805B,
  ambiguous_selectors = 0x8033805E,
  duplicate_selectors = 0x8033805F,
  uri_not_for_wql = 0x803380FB,
  quota_operations = 0x803381A6,
};

struct Fault {
  FaultCode code{};
  std::string message;        // the sentence for people
  bool from_provider = false; // WMI said no: servers since 2012 add MSFT_WmiError
  std::uint32_t hresult = 0;  // WMI's own code; 0: the same as `code`
  std::string not_understood; // must_understand: local name and namespace of the header
  std::string not_understood_ns;
  unsigned http_status = 500;
};

template <class T>
using OrFault = std::variant<T, Fault>;

Fault make_fault(FaultCode code, std::string message);
// What a provider answered; "no such object" and "access denied" have codes of their own.
Fault provider_fault(const cim::MethodFault& error);

struct FaultSpeaker {
  std::string_view machine;
  bool since_2012 = false;
  std::string_view message_id; // of the fault itself, "uuid:..."
  std::string_view relates_to; // empty: the request had none
};
void append_fault(std::string& out, const Fault& fault, const FaultSpeaker& speaker);

} // namespace migstorm::lab::wsman
