#include "tools/lab/provider/links.hpp"

#include "tools/lab/cim/text.hpp"
#include "tools/lab/provider/schema.hpp"

#include <algorithm>

namespace migstorm::lab {

namespace {

const LinkEnds* ends_of(const std::vector<LinkEnds>& ends, const cim::ClassDef* association) {
  const auto found = std::find_if(ends.begin(), ends.end(),
                                  [&](const LinkEnds& end) { return end.association == association; });
  return found != ends.end() ? &*found : nullptr;
}

void associate(const std::vector<LinkEnds>& ends, const Links& links, const cim::ObjectPath& object,
               std::vector<cim::Machine::Association>& out) {
  for (const auto& link : links) {
    const auto* roles = ends_of(ends, link.association);
    if (roles == nullptr) {
      continue;
    }
    const std::string left(roles->left_role);
    const std::string right(roles->right_role);
    if (cim::same_object(link.left, object)) {
      out.push_back({link.association, link.right, left, right});
    } else if (cim::same_object(link.right, object)) {
      out.push_back({link.association, link.left, right, left});
    }
  }
}

} // namespace

void add_link_source(Dispatch& dispatch, const Schema& schema, std::vector<LinkEnds> ends, NearLinks near) {
  for (const auto& end : ends) {
    dispatch.add_source(*end.association, [end, near, &schema](const cim::Hint&, const Dispatch::Sink& sink) {
      Links links;
      near(nullptr, links);
      for (auto& link : links) {
        if (link.association == end.association) {
          auto row = schema.prototype(*end.association);
          row.set(end.left_role, reference(std::move(link.left)))
              .set(end.right_role, reference(std::move(link.right)));
          sink(share(std::move(row)));
        }
      }
    });
  }
  dispatch.add_associator([ends = std::move(ends), near = std::move(near)](
                              const cim::ObjectPath& object, std::vector<cim::Machine::Association>& out) {
    Links links;
    near(&object, links);
    associate(ends, links, object, out);
  });
}

} // namespace migstorm::lab
