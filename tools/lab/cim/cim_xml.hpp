// Embedded instances as text: Hyper-V's methods declare settings as strings that carry CIM-XML
// (<INSTANCE CLASSNAME="..."><PROPERTY NAME="..." TYPE="...">...), in both directions.
#pragma once

#include "tools/lab/cim/model.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab::cim {

inline constexpr std::size_t kCimXmlBytesMax = std::size_t{256} * 1024;
inline constexpr std::size_t kCimXmlPropertiesMax = 512;
inline constexpr std::size_t kCimXmlValuesMax = 4096; // of one array

struct EmbeddedProperty {
  std::string name;
  std::string type; // as sent: "uint16"; may be empty
  bool array = false;
  std::vector<std::string> values; // text, entities undone; empty: NULL (or an empty array)
};

// What a client sent, untyped: the text of one instance.
struct EmbeddedInstance {
  std::string class_name;
  std::vector<EmbeddedProperty> properties;

  const EmbeddedProperty* find(std::string_view name) const noexcept; // without case
  // The value of a property that has exactly one; nullptr if it is absent, NULL or has several.
  const std::string* text(std::string_view name) const noexcept;
};

// References become their path text; NULL properties have no value element.
std::string to_cim_xml(const Instance& instance);
// Also tolerates what real clients send: an XML declaration, QUALIFIER children, PROPAGATED and CLASSORIGIN.
Result<EmbeddedInstance> parse_cim_xml(std::string_view text);

} // namespace migstorm::lab::cim
