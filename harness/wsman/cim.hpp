// Values as WS-Management carries them: what a server answered, or what a method is called with.
//
// WS-Man is text: a scalar stays text until someone who knows its type asks for it. Names are compared
// without case.
#pragma once

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace migstorm::wsman {

struct Selector {
  std::string name;
  std::string value;
};

// An endpoint reference: resource URI and keys.
struct Reference {
  std::string resource_uri;
  std::vector<Selector> selectors;

  // nullptr if there is no such selector.
  const std::string* find(std::string_view name) const noexcept;
};

class Instance;

// nil, text, a reference, or an embedded instance.
using Item = std::variant<std::monostate, std::string, Reference, std::shared_ptr<const Instance>>;

struct Property {
  std::string name;
  std::vector<Item> items; // one for a scalar, 0..n for an array; nil is one monostate
};

class Instance {
public:
  std::string class_name;
  std::vector<Property> properties; // in the order of the document

  const Property* find(std::string_view name) const noexcept;

  // All of these: absent and nil alike give nullopt (or an empty vector).
  std::optional<std::string_view> text(std::string_view name) const noexcept;
  std::optional<std::uint64_t> number(std::string_view name) const noexcept; // decimal
  std::optional<std::int64_t> signed_number(std::string_view name) const noexcept;
  std::optional<bool> boolean(std::string_view name) const noexcept;       // true, TRUE, 1
  std::optional<CivilTime> datetime(std::string_view name) const noexcept; // xs:dateTime or CIM text, to UTC
  const Reference* reference(std::string_view name) const noexcept;
  std::vector<std::string_view> texts(std::string_view name) const;
  std::vector<std::uint64_t> numbers(std::string_view name) const;
  // Native embedded instances, and texts in CIM-XML; what cannot be read as either is left out.
  std::vector<std::shared_ptr<const Instance>> instances(std::string_view name) const;
};

// "2026-11-20T09:15:00.5+01:00", "...Z", or "20261123140000.000000+060".
std::optional<CivilTime> parse_datetime(std::string_view text) noexcept;
std::string format_cim_datetime(CivilTime time); // "20261123140000.000000+000", for WQL

// CIM-XML text, the form in which Hyper-V takes and gives embedded instances: <INSTANCE CLASSNAME=...>.
struct CimXmlProperty {
  std::string name;
  std::string type; // "uint16", "string", ...
  bool array = false;
  std::vector<std::string> values; // empty and not array: NULL
};
std::string format_cim_xml(std::string_view class_name, const std::vector<CimXmlProperty>& properties);
// Limits: 1 MiB of text, depth 32, 4,096 properties.
Result<Instance> parse_cim_xml(std::string_view text);

// A method's argument, in the order of the call.
struct Argument {
  std::string name;
  std::vector<Item> items;
  enum class Form : std::uint8_t { plain, datetime, interval } form = Form::plain;

  static Argument scalar(std::string name, std::string value) {
    return {std::move(name), {Item(std::move(value))}};
  }
  static Argument reference(std::string name, Reference value) {
    return {std::move(name), {Item(std::move(value))}};
  }
  static Argument nil(std::string name) { return {std::move(name), {Item(std::monostate{})}}; }
};

} // namespace migstorm::wsman
