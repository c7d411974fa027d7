// CIM-XML (DSP0201), in the form in which WMI writes and reads one instance as text.
#include "harness/wsman/cim.hpp"
#include "harness/wsman/client.hpp"
#include "harness/wsman/text.hpp"
#include "harness/wsman/xml.hpp"

#include <fmt/format.h>

namespace migstorm::wsman {

namespace {

constexpr XmlLimits kCimXmlLimits{.bytes = std::size_t{1} << 20, .depth = 32, .elements = 100'000};
constexpr std::size_t kCimXmlPropertiesMax = 4'096;

void append_values(std::string& out, const CimXmlProperty& property) {
  for (const std::string& value : property.values) {
    out += "<VALUE>";
    append_escaped(out, value);
    out += "</VALUE>";
  }
}

void append_property(std::string& out, const CimXmlProperty& property) {
  const std::string_view tag = property.array ? "PROPERTY.ARRAY" : "PROPERTY";
  out.append("<").append(tag).append(" NAME=\"");
  append_escaped(out, property.name);
  out += "\" TYPE=\"";
  append_escaped(out, property.type);
  out += "\">";
  if (property.array) {
    out += "<VALUE.ARRAY>";
  }
  append_values(out, property);
  if (property.array) {
    out += "</VALUE.ARRAY>";
  }
  out.append("</").append(tag).append(">");
}

std::string named(const pugi::xml_node& node, std::string_view key) {
  return valid_utf8(attribute(node, key));
}

// INSTANCENAME: a class and its keys. The namespace stands beside it in INSTANCEPATH and LOCALINSTANCEPATH.
Reference to_reference(const pugi::xml_node& name, const std::string& ns) {
  const std::string class_name = named(name, "CLASSNAME");
  Reference reference{ns.empty() ? class_name : resource_uri(ns, class_name), {}};
  for (const pugi::xml_node& binding : name.children()) {
    if (local_name(binding) == "KEYBINDING") {
      reference.selectors.push_back({named(binding, "NAME"), text_of(child_element(binding, "KEYVALUE"))});
    }
  }
  return reference;
}

std::string namespace_of(const pugi::xml_node& path) {
  pugi::xml_node local = child_element(path, "LOCALNAMESPACEPATH");
  if (!local) {
    local = child_element(child_element(path, "NAMESPACEPATH"), "LOCALNAMESPACEPATH");
  }
  std::string ns;
  for (const pugi::xml_node& part : local.children()) {
    if (local_name(part) == "NAMESPACE") {
      ns += (ns.empty() ? "" : "/") + named(part, "NAME");
    }
  }
  return ns;
}

Item reference_item(const pugi::xml_node& value) {
  const pugi::xml_node inner = first_element(value);
  if (!inner) {
    return value ? Item(text_of(value)) : Item(std::monostate{}); // an object path as text
  }
  if (local_name(inner) == "INSTANCENAME") {
    return to_reference(inner, {});
  }
  const pugi::xml_node name = child_element(inner, "INSTANCENAME");
  return name ? Item(to_reference(name, namespace_of(inner))) : Item(std::monostate{});
}

class Reader {
public:
  Result<Instance> instance(const pugi::xml_node& node) {
    Instance out;
    out.class_name = named(node, "CLASSNAME");
    for (const pugi::xml_node& child : node.children()) {
      const std::string_view tag = local_name(child);
      if (!tag.starts_with("PROPERTY")) {
        continue; // QUALIFIER and its like
      }
      if (++properties_ > kCimXmlPropertiesMax) {
        return Error{Errc::over_limit,
                     fmt::format("CIM-XML has more than {} properties", kCimXmlPropertiesMax)};
      }
      Result<std::vector<Item>> items = values(child, tag);
      if (!items) {
        return std::move(items).error();
      }
      out.properties.push_back({named(child, "NAME"), std::move(*items)});
    }
    return out;
  }

private:
  Result<std::vector<Item>> values(const pugi::xml_node& property, std::string_view tag) {
    if (tag == "PROPERTY.ARRAY") {
      return array(child_element(property, "VALUE.ARRAY"));
    }
    if (tag == "PROPERTY.REFERENCE") {
      return std::vector<Item>{reference_item(child_element(property, "VALUE.REFERENCE"))};
    }
    if (tag == "PROPERTY.OBJECTARRAY") {
      return array(child_element(property, "VALUE.OBJECTARRAY"));
    }
    const pugi::xml_node value = child_element(property, tag == "PROPERTY.OBJECT" ? "VALUE.OBJECT" : "VALUE");
    Result<Item> one = item(value);
    return one ? Result<std::vector<Item>>(std::vector<Item>{std::move(*one)}) : std::move(one).error();
  }

  Result<std::vector<Item>> array(const pugi::xml_node& values) {
    std::vector<Item> items;
    for (const pugi::xml_node& value : values.children()) {
      if (!is_element(value)) {
        continue;
      }
      Result<Item> one = local_name(value) == "VALUE.NULL" ? Result<Item>(Item()) : item(value);
      if (!one) {
        return std::move(one).error();
      }
      items.push_back(std::move(*one));
    }
    return items;
  }

  // The recursion ends: the depth of the document is limited.
  Result<Item> item(const pugi::xml_node& value) {
    if (!value) {
      return Item(std::monostate{});
    }
    const pugi::xml_node inner = child_element(value, "INSTANCE");
    if (!inner) {
      return Item(text_of(value));
    }
    Result<Instance> embedded = instance(inner);
    if (!embedded) {
      return std::move(embedded).error();
    }
    return Item(std::make_shared<const Instance>(std::move(*embedded)));
  }

  std::size_t properties_ = 0;
};

} // namespace

std::string format_cim_xml(std::string_view class_name, const std::vector<CimXmlProperty>& properties) {
  std::string out = "<INSTANCE CLASSNAME=\"";
  append_escaped(out, class_name);
  out += "\">";
  for (const CimXmlProperty& property : properties) {
    append_property(out, property);
  }
  out += "</INSTANCE>";
  return out;
}

Result<Instance> parse_cim_xml(std::string_view text) {
  if (text.size() > kCimXmlLimits.bytes) { // before it is copied
    return Error{Errc::over_limit,
                 fmt::format("CIM-XML of {} bytes, limit {}", text.size(), kCimXmlLimits.bytes)};
  }
  Result<XmlDocument> document = XmlDocument::parse(std::string(trimmed(text)), kCimXmlLimits);
  if (!document) {
    return std::move(document).error().within("CIM-XML");
  }
  const pugi::xml_node root = document->root();
  if (local_name(root) != "INSTANCE" || attribute(root, "CLASSNAME").empty()) {
    return Error{Errc::malformed, fmt::format("CIM-XML begins with <{}>, not with <INSTANCE CLASSNAME=...>",
                                              printable(root.name(), 80))};
  }
  return Reader().instance(root);
}

} // namespace migstorm::wsman
