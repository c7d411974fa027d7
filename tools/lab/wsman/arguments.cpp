#include "tools/lab/wsman/arguments.hpp"

#include "tools/lab/cim/text.hpp"
#include "tools/lab/wsman/request.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace migstorm::lab::wsman {

namespace {

using cim::Scalar;
using cim::Type;

constexpr std::size_t kElementsMax = 4096; // of one body
constexpr int kObjectLevelsMax = 4;

// What an element may be called, and what it must then hold.
struct Slot {
  std::string name;
  Type type = Type::string;
  bool array = false;
};

Fault mismatch(const Slot& slot) {
  return make_fault(
      FaultCode::parameter_type,
      fmt::format("{} is not of type {}{}.", slot.name, cim::type_name(slot.type), slot.array ? "[]" : ""));
}

class Reader {
public:
  Reader(cim::Machine& machine, std::string_view ns) : machine_(machine), ns_(ns) {}

  OrFault<Arguments> read(const pugi::xml_node& body, const std::vector<Slot>& slots);

private:
  std::optional<Fault> add(const pugi::xml_node& element, const Slot& slot, Arguments& arguments);
  OrFault<Scalar> scalar(const pugi::xml_node& element, const Slot& slot);
  OrFault<Scalar> object(const pugi::xml_node& element, const Slot& slot);

  cim::Machine& machine_;
  std::string_view ns_;
  int level_ = 0;
};

std::vector<Slot> slots_of(const cim::ClassDef& definition) {
  std::vector<Slot> slots;
  slots.reserve(definition.properties.size());
  for (const auto& property : definition.properties) {
    slots.push_back({property.name, property.type, property.array});
  }
  return slots;
}

// xsi:type="s1:Class_Type" names the class of an embedded instance.
std::string_view class_of(const pugi::xml_node& element) {
  for (const auto& attribute : element.attributes()) {
    std::string_view value = attribute.value();
    if (local_name(attribute) == "type" && value.ends_with("_Type")) {
      value.remove_suffix(5);
      const auto colon = value.rfind(':');
      return colon == value.npos ? value : value.substr(colon + 1);
    }
  }
  return {};
}

OrFault<Scalar> Reader::object(const pugi::xml_node& element, const Slot& slot) {
  const auto name = class_of(element);
  const auto* definition = name.empty() ? nullptr : machine_.find_class(ns_, name);
  if (definition == nullptr) {
    return make_fault(FaultCode::parameter_type,
                      slot.name + " holds no instance of a known class (xsi:type=\"p:Class_Type\").");
  }
  if (level_ == kObjectLevelsMax) {
    return make_fault(FaultCode::parameter_type, slot.name + ": instances are nested too deeply.");
  }
  ++level_;
  auto values = read(element, slots_of(*definition));
  --level_;
  if (auto* fault = std::get_if<Fault>(&values)) {
    return std::move(*fault);
  }
  auto instance = std::make_shared<cim::Instance>(*definition);
  for (auto& [property, value] : std::get<Arguments>(values)) {
    instance->set(property, std::move(value));
  }
  return Scalar(cim::InstancePtr(std::move(instance)));
}

OrFault<Scalar> Reader::scalar(const pugi::xml_node& element, const Slot& slot) {
  if (is_nil(element)) {
    return Scalar();
  }
  if (slot.type == Type::object) {
    return object(element, slot);
  }
  const bool nested = has_elements(element);
  if (slot.type == Type::reference && nested) {
    auto path = parse_endpoint_reference(element);
    return path ? OrFault<Scalar>(Scalar(*std::move(path))) : mismatch(slot);
  }
  std::string text;
  if (!nested) {
    text = text_of(element);
  } else if (slot.type == Type::datetime || slot.type == Type::interval) {
    const auto datetime = child_named(element, "Datetime");
    text = trimmed_text(datetime ? datetime : child_named(element, "Interval"));
  } else {
    return mismatch(slot); // an instance or a reference where text belongs
  }
  auto value = cim::from_text(slot.type, text);
  if (!value && slot.type == Type::datetime) {
    value = cim::from_text(Type::interval, text); // CIM has one type for both
  }
  return value ? OrFault<Scalar>(*std::move(value)) : mismatch(slot);
}

std::optional<Fault> Reader::add(const pugi::xml_node& element, const Slot& slot, Arguments& arguments) {
  auto value = scalar(element, slot);
  if (auto* fault = std::get_if<Fault>(&value)) {
    return std::move(*fault);
  }
  auto& one = std::get<Scalar>(value);
  const auto seen = std::find_if(arguments.begin(), arguments.end(),
                                 [&](const auto& argument) { return argument.first == slot.name; });
  if (seen == arguments.end()) {
    const bool null_array = slot.array && one.index() == 0;
    arguments.emplace_back(slot.name, slot.array && !null_array ? cim::Value(cim::Array{std::move(one)})
                                                                : cim::Value(std::move(one)));
    return std::nullopt;
  }
  auto* array = std::get_if<cim::Array>(&seen->second);
  if (array == nullptr) {
    return mismatch(slot); // given twice, or NULL and then a value
  }
  array->push_back(std::move(one));
  return std::nullopt;
}

OrFault<Arguments> Reader::read(const pugi::xml_node& body, const std::vector<Slot>& slots) {
  Arguments arguments;
  std::size_t elements = 0;
  for (auto element = body.first_child(); element; element = element.next_sibling()) {
    if (element.type() != pugi::node_element) {
      continue;
    }
    const auto name = local_name(element);
    const auto slot = std::find_if(slots.begin(), slots.end(),
                                   [&](const Slot& known) { return cim::iequals(known.name, name); });
    if (slot == slots.end()) {
      return make_fault(FaultCode::parameter_name, "There is no parameter " + std::string(name) + ".");
    }
    if (++elements > kElementsMax) {
      return make_fault(FaultCode::invalid_body, fmt::format("Over {} elements in one body.", kElementsMax));
    }
    if (auto fault = add(element, *slot, arguments)) {
      return *std::move(fault);
    }
  }
  return arguments;
}

} // namespace

OrFault<Arguments> read_arguments(const pugi::xml_node& body, const cim::MethodDef& method,
                                  cim::Machine& machine, std::string_view ns) {
  std::vector<Slot> slots;
  for (const auto& parameter : method.parameters) {
    if (!parameter.out) {
      slots.push_back({parameter.name, parameter.type, parameter.array});
    }
  }
  return Reader(machine, ns).read(body, slots);
}

OrFault<Arguments> read_properties(const pugi::xml_node& body, const cim::ClassDef& definition,
                                   cim::Machine& machine) {
  return Reader(machine, definition.ns).read(body, slots_of(definition));
}

} // namespace migstorm::lab::wsman
