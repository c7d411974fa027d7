// Resource URIs, and the instances that selectors name.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/wsman/fault.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab::wsman {

struct Resource {
  std::string prefix;     // as the client spelled it, up to the class
  std::string ns;         // "root/virtualization/v2"; empty for a generic URI without its selector
  std::string class_name; // "*" where a query decides
  bool generic = false;
};

// `namespace_selector`: for generic URIs; nullptr: none was sent.
std::optional<Resource> parse_resource(std::string_view uri, const std::string* namespace_selector);

OrFault<const cim::ClassDef*> find_class(cim::Machine& machine, const Resource& resource);

// The one instance (of the class or below it) that all selectors fit; clients may leave keys out.
OrFault<cim::InstancePtr> find_instance(cim::Machine& machine, const cim::ClassDef& definition,
                                        const std::vector<cim::Key>& selectors);

} // namespace migstorm::lab::wsman
