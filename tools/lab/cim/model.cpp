#include "tools/lab/cim/model.hpp"

#include "tools/lab/cim/text.hpp"

#include <cassert>

namespace migstorm::lab::cim {

std::size_t ClassDef::index_of(std::string_view property) const noexcept {
  for (std::size_t i = 0; i < properties.size(); ++i) {
    if (iequals(properties[i].name, property)) {
      return i;
    }
  }
  return npos;
}

const std::string* ObjectPath::find(std::string_view key) const noexcept {
  for (const auto& candidate : keys) {
    if (iequals(candidate.name, key)) {
      return &candidate.value;
    }
  }
  return nullptr;
}

const Value* Instance::find(std::string_view property) const noexcept {
  const auto index = definition_->index_of(property);
  return index == ClassDef::npos ? nullptr : &values_[index];
}

Instance& Instance::set(std::string_view property, Value value) {
  const auto index = definition_->index_of(property);
  assert(index != ClassDef::npos);
  values_[index] = std::move(value);
  return *this;
}

ObjectPath path_of(const Instance& instance, std::string_view host) {
  const auto& definition = instance.definition();
  ObjectPath path{std::string(host), definition.ns, definition.name, {}};
  for (std::size_t i = 0; i < definition.properties.size(); ++i) {
    if (definition.properties[i].key) {
      const auto* scalar = std::get_if<Scalar>(&instance.values()[i]);
      path.keys.push_back(
          {definition.properties[i].name, scalar != nullptr ? to_text(*scalar) : std::string()});
    }
  }
  return path;
}

} // namespace migstorm::lab::cim
