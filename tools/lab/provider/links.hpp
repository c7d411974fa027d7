// Associations, written down once as links and answered both ways: ASSOCIATORS OF either end, and the
// instances of the association class itself.
#pragma once

#include "tools/lab/provider/dispatch.hpp"
#include "tools/lab/provider/schema.hpp"

#include <functional>
#include <string_view>
#include <vector>

namespace migstorm::lab {

struct Link {
  const cim::ClassDef* association = nullptr;
  cim::ObjectPath left;
  cim::ObjectPath right;
};
using Links = std::vector<Link>;

// `near` lists the links that may touch an object (nullptr: all of the machine). Roles are the association's
// two reference properties: the first names the left end, the second the right one.
struct LinkEnds {
  const cim::ClassDef* association = nullptr;
  std::string_view left_role;
  std::string_view right_role;
};
using NearLinks = std::function<void(const cim::ObjectPath* object, Links& links)>;

void add_link_source(Dispatch& dispatch, const Schema& schema, std::vector<LinkEnds> ends, NearLinks near);

} // namespace migstorm::lab
