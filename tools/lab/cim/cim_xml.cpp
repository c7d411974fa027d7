#include "tools/lab/cim/cim_xml.hpp"

#include "tools/lab/cim/text.hpp"

#include <fmt/format.h>
#include <pugixml.hpp>

namespace migstorm::lab::cim {

namespace {

void append_property_start(std::string& out, const PropertyDef& definition) {
  // References travel as the text of their path, as Hyper-V's own settings hold them.
  const auto type = definition.type == Type::reference ? "string" : type_name(definition.type);
  out += definition.array ? "<PROPERTY.ARRAY NAME=\"" : "<PROPERTY NAME=\"";
  append_xml_escaped(out, definition.name);
  out.append("\" TYPE=\"").append(type).append("\">");
}

void append_value(std::string& out, const Scalar& value) {
  out += "<VALUE>";
  append_xml_escaped(out, to_text(value));
  out += "</VALUE>";
}

void append_property(std::string& out, const PropertyDef& definition, const Value& value) {
  append_property_start(out, definition);
  if (const auto* array = std::get_if<Array>(&value)) {
    out += "<VALUE.ARRAY>";
    for (const auto& scalar : *array) {
      append_value(out, scalar);
    }
    out += "</VALUE.ARRAY>";
  } else if (const auto& scalar = std::get<Scalar>(value); scalar.index() != 0) {
    append_value(out, scalar);
  }
  out += definition.array ? "</PROPERTY.ARRAY>" : "</PROPERTY>";
}

Error malformed(std::string detail) { return {Errc::malformed, "embedded instance: " + std::move(detail)}; }

bool named(const pugi::xml_node& node, std::string_view name) { return iequals(node.name(), name); }

Status read_values(const pugi::xml_node& parent, EmbeddedProperty& property) {
  for (const auto& child : parent.children()) {
    if (named(child, "VALUE.ARRAY") && property.values.empty()) {
      if (auto read = read_values(child, property); !read) {
        return read;
      }
    } else if (named(child, "VALUE")) {
      if (property.values.size() == kCimXmlValuesMax) {
        return Error{Errc::over_limit, fmt::format("embedded instance: {} has over {} values", property.name,
                                                   kCimXmlValuesMax)};
      }
      property.values.emplace_back(child.text().get());
    }
  }
  return Unit{};
}

Status read_property(const pugi::xml_node& node, EmbeddedInstance& instance) {
  EmbeddedProperty property{
      node.attribute("NAME").value(), node.attribute("TYPE").value(), named(node, "PROPERTY.ARRAY"), {}};
  if (property.name.empty()) {
    return malformed("a property has no NAME");
  }
  if (instance.properties.size() == kCimXmlPropertiesMax) {
    return Error{Errc::over_limit,
                 fmt::format("embedded instance: over {} properties", kCimXmlPropertiesMax)};
  }
  if (auto read = read_values(node, property); !read) {
    return read;
  }
  if (!property.array && property.values.size() > 1) {
    return malformed(property.name + " has several values but is no array");
  }
  instance.properties.push_back(std::move(property));
  return Unit{};
}

// The instance itself, or the first one inside the wrappers that some clients leave around it.
pugi::xml_node find_instance(pugi::xml_node node) {
  for (int depth = 0; node && depth < 8; ++depth) {
    if (named(node, "INSTANCE")) {
      return node;
    }
    node = node.first_child();
  }
  return {};
}

pugi::xml_node root_element(const pugi::xml_document& document) {
  for (const auto& child : document.children()) {
    if (child.type() == pugi::node_element) {
      return child;
    }
  }
  return {};
}

bool has_doctype(const pugi::xml_document& document) {
  for (const auto& child : document.children()) {
    if (child.type() == pugi::node_doctype) {
      return true;
    }
  }
  return false;
}

} // namespace

const EmbeddedProperty* EmbeddedInstance::find(std::string_view name) const noexcept {
  for (const auto& property : properties) {
    if (iequals(property.name, name)) {
      return &property;
    }
  }
  return nullptr;
}

const std::string* EmbeddedInstance::text(std::string_view name) const noexcept {
  const auto* property = find(name);
  return property != nullptr && property->values.size() == 1 ? &property->values.front() : nullptr;
}

std::string to_cim_xml(const Instance& instance) {
  const auto& definition = instance.definition();
  std::string out = "<INSTANCE CLASSNAME=\"";
  append_xml_escaped(out, definition.name);
  out += "\">";
  for (std::size_t i = 0; i < definition.properties.size(); ++i) {
    append_property(out, definition.properties[i], instance.values()[i]);
  }
  return out + "</INSTANCE>";
}

Result<EmbeddedInstance> parse_cim_xml(std::string_view text) {
  if (text.size() > kCimXmlBytesMax) {
    return Error{Errc::over_limit,
                 fmt::format("embedded instance: {} bytes, limit {}", text.size(), kCimXmlBytesMax)};
  }
  pugi::xml_document document;
  // White space alone is a value too (" "), so it is kept.
  const auto parsed = document.load_buffer(
      text.data(), text.size(), pugi::parse_default | pugi::parse_doctype | pugi::parse_ws_pcdata_single,
      pugi::encoding_utf8);
  if (!parsed) {
    return malformed(fmt::format("{} at byte {}", parsed.description(), parsed.offset));
  }
  if (has_doctype(document)) {
    return malformed("a document type is not allowed");
  }
  const auto node = find_instance(root_element(document));
  EmbeddedInstance instance{node.attribute("CLASSNAME").value(), {}};
  if (instance.class_name.empty()) {
    return malformed("no <INSTANCE CLASSNAME=\"...\">");
  }
  for (const auto& child : node.children()) {
    if (named(child, "PROPERTY") || named(child, "PROPERTY.ARRAY")) {
      if (auto read = read_property(child, instance); !read) {
        return std::move(read).error();
      }
    }
  }
  return instance;
}

} // namespace migstorm::lab::cim
