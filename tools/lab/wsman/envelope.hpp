// Writes responses by appending text: envelopes, instances and endpoint references. Prefixes are those that
// libvirt expects to find: s, a and w on the envelope, p on the child of the body.
#pragma once

#include "tools/lab/cim/model.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab::wsman {

void append_envelope_start(std::string& out); // up to and with <s:Header>
void append_headers(std::string& out, std::string_view action, std::string_view message_id,
                    std::string_view relates_to);
void append_envelope_end(std::string& out); // from </s:Body>
inline constexpr std::size_t kEnvelopeEndBytes = sizeof("</s:Body></s:Envelope>") - 1;

// How instances of one answer are written.
struct Shape {
  std::string prefix;                  // of the class in resource URIs, ending in '/'
  bool generic = false;                // the URI does not hold the namespace: endpoint references name it
  const cim::ClassDef* as = nullptr;   // written as this (base) class
  std::vector<std::string> properties; // only these; empty: all
};

// <p:Class xmlns:p="..." xsi:type="p:Class_Type">...</p:Class>
void append_instance(std::string& out, const cim::Instance& instance, const Shape& shape);
// <a:EndpointReference>...</a:EndpointReference>
void append_endpoint_reference(std::string& out, const cim::Instance& instance, const Shape& shape);
// One element for a scalar, one for each of an array, a nil element for NULL. `type` decides how an instance
// is written: natively, or as a string of CIM-XML.
void append_value(std::string& out, std::string_view prefix, std::string_view name, cim::Type type,
                  const cim::Value& value);

} // namespace migstorm::lab::wsman
