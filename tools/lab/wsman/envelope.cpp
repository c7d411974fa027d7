#include "tools/lab/wsman/envelope.hpp"

#include "tools/lab/cim/cim_xml.hpp"
#include "tools/lab/cim/text.hpp"
#include "tools/lab/wsman/names.hpp"

#include <algorithm>
#include <charconv>

namespace migstorm::lab::wsman {

namespace {

using cim::append_xml_escaped;

void append_tag(std::string& out, std::string_view open, std::string_view prefix, std::string_view name) {
  out.append(open).append(prefix);
  out += ':';
  out.append(name);
}

template <class Number>
void append_number(std::string& out, Number number) {
  char digits[24];
  const auto [end, error] = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, end);
}

void append_selectors(std::string& out, const std::vector<cim::Key>& keys, std::string_view ns) {
  out += "<w:SelectorSet>";
  const auto append = [&](std::string_view name, std::string_view value) {
    out += "<w:Selector Name=\"";
    append_xml_escaped(out, name);
    out += "\">";
    append_xml_escaped(out, value);
    out += "</w:Selector>";
  };
  for (const auto& key : keys) {
    append(key.name, key.value);
  }
  if (!ns.empty()) {
    append(names::kNamespaceSelector, ns);
  }
  out += "</w:SelectorSet>";
}

// The content of a reference: its address and what must be sent there. `ns`: only if the URI does not hold
// it.
void append_reference(std::string& out, std::string_view uri_prefix, const cim::ObjectPath& path,
                      std::string_view ns) {
  out.append("<a:Address>")
      .append(names::kAnonymous)
      .append("</a:Address><a:ReferenceParameters><w:ResourceURI>");
  append_xml_escaped(out, uri_prefix);
  append_xml_escaped(out, path.class_name);
  out += "</w:ResourceURI>";
  append_selectors(out, path.keys, ns);
  out += "</a:ReferenceParameters>";
}

std::string uri_prefix_of(std::string_view ns) { return std::string(names::kWmiPrefix).append(ns) + '/'; }

// An instance inside a property or parameter: <p:X xmlns:s1="..." xsi:type="s1:Class_Type"><s1:Y>...
void append_native(std::string& out, const cim::Instance& instance) {
  const auto& definition = instance.definition();
  out += " xmlns:s1=\"";
  append_xml_escaped(out, uri_prefix_of(definition.ns));
  out.append(definition.name).append("\" xsi:type=\"s1:").append(definition.name).append("_Type\">");
  for (std::size_t i = 0; i < definition.properties.size(); ++i) {
    append_value(out, "s1", definition.properties[i].name, definition.properties[i].type,
                 instance.values()[i]);
  }
}

struct ContentWriter {
  std::string& out;

  void operator()(std::monostate) const {}
  void operator()(bool value) const { out += value ? "true" : "false"; }
  void operator()(std::int64_t value) const { append_number(out, value); }
  void operator()(std::uint64_t value) const { append_number(out, value); }
  void operator()(const std::string& value) const { append_xml_escaped(out, value); }
  void operator()(const cim::Datetime& value) const {
    out += "<cim:Datetime>";
    append_xml_text(out, value);
    out += "</cim:Datetime>";
  }
  void operator()(const cim::Interval& value) const {
    out += "<cim:Interval>";
    append_xml_text(out, value);
    out += "</cim:Interval>";
  }
  void operator()(const cim::ObjectPath& value) const {
    append_reference(out, uri_prefix_of(value.ns), value, {});
  }
  void operator()(const cim::InstancePtr& value) const { append_xml_escaped(out, cim::to_cim_xml(*value)); }
};

bool is_null(const cim::Scalar& value) {
  const auto* instance = std::get_if<cim::InstancePtr>(&value);
  return value.index() == 0 || (instance != nullptr && *instance == nullptr);
}

void append_scalar(std::string& out, std::string_view prefix, std::string_view name, cim::Type type,
                   const cim::Scalar& value) {
  append_tag(out, "<", prefix, name);
  if (is_null(value)) {
    out += " xsi:nil=\"true\"/>";
    return;
  }
  const auto* instance = std::get_if<cim::InstancePtr>(&value);
  const auto* path = std::get_if<cim::ObjectPath>(&value);
  if (instance != nullptr && type == cim::Type::object) {
    append_native(out, **instance);
  } else if (path != nullptr && type == cim::Type::string) {
    out += '>';
    append_xml_escaped(out, format_path(*path));
  } else {
    out += '>';
    std::visit(ContentWriter{out}, value);
  }
  append_tag(out, "</", prefix, name);
  out += '>';
}

// Reserved characters do not occur in class names, so they are written as they are.
void append_instance_start(std::string& out, const cim::ClassDef& definition, const Shape& shape) {
  out.append("<p:").append(definition.name).append(" xmlns:p=\"");
  append_xml_escaped(out, shape.prefix);
  out.append(definition.name).append("\" xmlns:xsi=\"").append(names::kXsi).append("\" xmlns:cim=\"");
  out.append(names::kCim).append("\" xsi:type=\"p:").append(definition.name).append("_Type\">");
}

bool selected(const Shape& shape, std::string_view property) {
  return shape.properties.empty() ||
         std::any_of(shape.properties.begin(), shape.properties.end(),
                     [&](const auto& name) { return cim::iequals(name, property); });
}

} // namespace

void append_envelope_start(std::string& out) {
  out.append(R"(<s:Envelope xml:lang="en-US" xmlns:s=")").append(names::kSoap).append("\" xmlns:a=\"");
  out.append(names::kAddressing).append("\" xmlns:w=\"").append(names::kWsman).append("\"><s:Header>");
}

void append_headers(std::string& out, std::string_view action, std::string_view message_id,
                    std::string_view relates_to) {
  out += "<a:Action>";
  append_xml_escaped(out, action);
  out.append("</a:Action><a:MessageID>").append(message_id).append("</a:MessageID><a:To>");
  out.append(names::kAnonymous).append("</a:To>");
  if (!relates_to.empty()) {
    out += "<a:RelatesTo>";
    append_xml_escaped(out, relates_to);
    out += "</a:RelatesTo>";
  }
}

void append_envelope_end(std::string& out) { out += "</s:Body></s:Envelope>"; }

void append_value(std::string& out, std::string_view prefix, std::string_view name, cim::Type type,
                  const cim::Value& value) {
  if (const auto* array = std::get_if<cim::Array>(&value)) {
    for (const auto& scalar : *array) {
      append_scalar(out, prefix, name, type, scalar);
    }
  } else {
    append_scalar(out, prefix, name, type, std::get<cim::Scalar>(value));
  }
}

void append_instance(std::string& out, const cim::Instance& instance, const Shape& shape) {
  const auto& own = instance.definition();
  const auto& definition = shape.as != nullptr ? *shape.as : own;
  append_instance_start(out, definition, shape);
  static const cim::Value kNull;
  for (std::size_t i = 0; i < definition.properties.size(); ++i) {
    const auto& property = definition.properties[i];
    if (selected(shape, property.name)) {
      const auto* value = &definition == &own ? &instance.values()[i] : instance.find(property.name);
      append_value(out, "p", property.name, property.type, value != nullptr ? *value : kNull);
    }
  }
  out.append("</p:").append(definition.name);
  out += '>';
}

void append_endpoint_reference(std::string& out, const cim::Instance& instance, const Shape& shape) {
  const auto path = path_of(instance, {});
  out += "<a:EndpointReference>";
  append_reference(out, shape.prefix, path, shape.generic ? std::string_view(path.ns) : std::string_view());
  out += "</a:EndpointReference>";
}

} // namespace migstorm::lab::wsman
