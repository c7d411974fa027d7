// What a request's body says in its elements: the arguments of a method, or the properties of a Put.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/wsman/fault.hpp"

#include <pugixml.hpp>

#include <string>
#include <utility>
#include <vector>

namespace migstorm::lab::wsman {

using Arguments = std::vector<std::pair<std::string, cim::Value>>;

// Names are matched without case and namespace; repeated elements are arrays; absent and nil ones are NULL.
OrFault<Arguments> read_arguments(const pugi::xml_node& body, const cim::MethodDef& method,
                                  cim::Machine& machine, std::string_view ns);
// Properties that the class does not have are refused; a read-only copy of keys is accepted.
OrFault<Arguments> read_properties(const pugi::xml_node& body, const cim::ClassDef& definition,
                                   cim::Machine& machine);

} // namespace migstorm::lab::wsman
