// Requests of the WS-Man client. They are appended to a string as they go out: no tree is built for them.
#pragma once

#include "harness/wsman/cim.hpp"

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::wsman {

constexpr std::string_view kResourcePrefix = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";

// What the header of every request but Identify holds.
struct RequestHead {
  std::string to;
  std::string message_id; // "uuid:" and a GUID in upper case; the answer repeats it character for character
  std::uint32_t max_envelope_size = 0;
  Span operation_timeout{};
};

// From the declaration to the opened body, and the end. `headers` are further ones, as XML.
std::string begin_envelope(const RequestHead& head, const Reference& target, std::string_view action,
                           std::string_view headers);
std::string finish_envelope(std::string out);

std::string format_identify();
std::string format_get(const RequestHead& head, const Reference& target);
// malformed: a name that cannot be an element's.
Result<std::string> format_put(const RequestHead& head, const Reference& target, const Instance& value);
// `uri` ends in "/*": the class stands in the WQL text. Optimised: the first page comes with the answer.
std::string format_enumerate(const RequestHead& head, std::string_view uri, std::string_view wql,
                             std::uint32_t max_elements);
std::string format_pull(const RequestHead& head, std::string_view uri, std::string_view context,
                        std::uint32_t max_elements);
std::string format_release(const RequestHead& head, std::string_view uri, std::string_view context);
// Arguments go in the order given; one without items is left out. malformed: a name that cannot be an
// element's.
Result<std::string> format_invoke(const RequestHead& head, const Reference& target, std::string_view method,
                                  const std::vector<Argument>& arguments);

} // namespace migstorm::wsman
