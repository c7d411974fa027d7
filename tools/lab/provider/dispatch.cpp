#include "tools/lab/provider/dispatch.hpp"

#include <algorithm>
#include <cassert>

namespace migstorm::lab {

void Dispatch::add_source(const cim::ClassDef& definition, Source source) {
  entries_[&definition].source = std::move(source);
}

void Dispatch::add_method(const cim::ClassDef& definition, std::string_view name, Method method) {
  assert(std::any_of(definition.methods.begin(), definition.methods.end(),
                     [&](const cim::MethodDef& known) { return known.name == name; }));
  entries_[&definition].methods[std::string(name)] = std::move(method);
}

void Dispatch::add_change(const cim::ClassDef& definition, Change change) {
  entries_[&definition].change = std::move(change);
}

void Dispatch::add_associator(Associator associator) { associators_.push_back(std::move(associator)); }

const Dispatch::Source* Dispatch::source(const cim::ClassDef& definition) const {
  const auto found = entries_.find(&definition);
  return found != entries_.end() && found->second.source ? &found->second.source : nullptr;
}

const Dispatch::Method* Dispatch::method(const cim::ClassDef& definition, std::string_view name) const {
  const auto entry = entries_.find(&definition);
  if (entry == entries_.end()) {
    return nullptr;
  }
  const auto found = entry->second.methods.find(name);
  return found != entry->second.methods.end() ? &found->second : nullptr;
}

const Dispatch::Change* Dispatch::change(const cim::ClassDef& definition) const {
  const auto found = entries_.find(&definition);
  return found != entries_.end() && found->second.change ? &found->second.change : nullptr;
}

} // namespace migstorm::lab
