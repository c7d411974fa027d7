#include "tools/lab/wsman/resource.hpp"

#include "tools/lab/cim/text.hpp"
#include "tools/lab/wql/run.hpp"
#include "tools/lab/wsman/names.hpp"

#include <algorithm>

namespace migstorm::lab::wsman {

namespace {

constexpr std::size_t kUriBytesMax = 2048;

std::string normalised(std::string_view ns) {
  std::string text(ns);
  for (auto& c : text) {
    c = c == '\\' ? '/' : (c >= 'A' && c <= 'Z') ? static_cast<char>(c + 32) : c;
  }
  return text;
}

bool is_class_name(std::string_view name) noexcept {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  return name == "*" || (!name.empty() && std::all_of(name.begin(), name.end(), is_word));
}

// Whether the instance has this value; keys that are references compare as paths.
bool fits(const cim::Instance& instance, const cim::Key& selector) {
  const auto* value = instance.find(selector.name);
  const auto* scalar = value == nullptr ? nullptr : std::get_if<cim::Scalar>(value);
  if (scalar == nullptr) {
    return false;
  }
  if (const auto* text = std::get_if<std::string>(scalar)) {
    return cim::iequals(*text, selector.value);
  }
  if (const auto* path = std::get_if<cim::ObjectPath>(scalar)) {
    const auto wanted = cim::parse_path(selector.value);
    return wanted && same_object(*path, *wanted);
  }
  return cim::iequals(cim::to_text(*scalar), selector.value);
}

std::optional<Fault> check_names(const cim::ClassDef& definition, const std::vector<cim::Key>& selectors) {
  for (const auto& selector : selectors) {
    const auto index = definition.index_of(selector.name);
    if (index == cim::ClassDef::npos || !definition.properties[index].key) {
      return make_fault(FaultCode::unexpected_selectors,
                        "The selector " + selector.name + " is no key of " + definition.name + ".");
    }
  }
  return std::nullopt;
}

} // namespace

std::optional<Resource> parse_resource(std::string_view uri, const std::string* namespace_selector) {
  if (uri.size() > kUriBytesMax) {
    return std::nullopt;
  }
  const auto slash = uri.rfind('/');
  if (slash == uri.npos || !is_class_name(uri.substr(slash + 1))) {
    return std::nullopt;
  }
  Resource resource;
  resource.prefix = uri.substr(0, slash + 1);
  resource.class_name = uri.substr(slash + 1);
  if (cim::iequals(resource.prefix, names::kGenericPrefix)) {
    resource.generic = true;
    resource.ns = normalised(namespace_selector != nullptr ? *namespace_selector : "root/cimv2");
    return resource;
  }
  if (!cim::istarts_with(resource.prefix, names::kWmiPrefix) ||
      resource.prefix.size() <= names::kWmiPrefix.size() + 1) {
    return std::nullopt;
  }
  resource.ns = normalised(uri.substr(names::kWmiPrefix.size(), slash - names::kWmiPrefix.size()));
  return resource;
}

OrFault<const cim::ClassDef*> find_class(cim::Machine& machine, const Resource& resource) {
  const bool known = machine.has_namespace(resource.ns);
  const auto* definition = known ? machine.find_class(resource.ns, resource.class_name) : nullptr;
  if (definition != nullptr) {
    return definition;
  }
  auto fault = make_fault(FaultCode::invalid_resource_uri,
                          known ? "The class " + resource.class_name + " does not exist in the " +
                                      resource.ns + " namespace."
                                : "The namespace " + resource.ns + " does not exist.");
  fault.from_provider = true;
  return fault;
}

OrFault<cim::InstancePtr> find_instance(cim::Machine& machine, const cim::ClassDef& definition,
                                        const std::vector<cim::Key>& selectors) {
  std::vector<cim::Key> keys;
  std::copy_if(selectors.begin(), selectors.end(), std::back_inserter(keys),
               [](const cim::Key& key) { return !cim::iequals(key.name, names::kNamespaceSelector); });
  if (auto fault = check_names(definition, keys)) {
    return *std::move(fault);
  }
  cim::InstancePtr found;
  std::size_t count = 0;
  const cim::Hint hint{keys, {}};
  for (const auto* below : wql::family_of(definition, machine, true)) {
    machine.enumerate(*below, hint, [&](cim::InstancePtr instance) {
      const auto fits_instance = [&](const cim::Key& key) { return fits(*instance, key); };
      if (instance && std::all_of(keys.begin(), keys.end(), fits_instance)) {
        ++count;
        found = std::move(instance);
      }
    });
  }
  if (count == 1) {
    return found;
  }
  if (count > 1) {
    return make_fault(keys.empty() ? FaultCode::insufficient_selectors : FaultCode::ambiguous_selectors,
                      "The selectors fit more than one " + definition.name + ".");
  }
  auto fault = make_fault(FaultCode::resource_not_found,
                          "The service cannot find the " + definition.name + " that the selectors identify.");
  fault.from_provider = true;
  fault.hresult = 0x80041002;
  return fault;
}

} // namespace migstorm::lab::wsman
