#include "tools/lab/wsman/request.hpp"

#include "tools/lab/cim/text.hpp"
#include "tools/lab/wsman/names.hpp"
#include "tools/lab/wsman/resource.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::lab::wsman {

namespace {

std::string_view after_colon(std::string_view name) noexcept {
  const auto colon = name.rfind(':');
  return colon == name.npos ? name : name.substr(colon + 1);
}

bool is_text(const pugi::xml_node& node) noexcept {
  return node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata;
}

pugi::xml_node first_element(const pugi::xml_node& parent) noexcept {
  for (auto child = parent.first_child(); child; child = child.next_sibling()) {
    if (child.type() == pugi::node_element) {
      return child;
    }
  }
  return {};
}

pugi::xml_attribute attribute_named(const pugi::xml_node& node, std::string_view local) noexcept {
  for (auto attribute = node.first_attribute(); attribute; attribute = attribute.next_attribute()) {
    if (cim::iequals(local_name(attribute), local)) {
      return attribute;
    }
  }
  return {};
}

// The namespace that the prefix of `node` stands for.
std::string namespace_of(const pugi::xml_node& node) {
  const std::string_view name = node.name();
  const auto colon = name.find(':');
  const auto declaration =
      colon == name.npos ? std::string("xmlns") : "xmlns:" + std::string(name.substr(0, colon));
  for (auto at = node; at; at = at.parent()) {
    if (const auto attribute = at.attribute(declaration.c_str())) {
      return attribute.value();
    }
  }
  return {};
}

// Document order without recursion: the input decides how deep it goes.
std::optional<Fault> check_size(const pugi::xml_document& document) {
  std::size_t depth = 0;
  std::size_t nodes = 0;
  pugi::xml_node node = document.first_child();
  while (node) {
    if (node.type() == pugi::node_doctype) {
      return make_fault(FaultCode::invalid_xml,
                        "A document type declaration is not allowed in a SOAP message.");
    }
    if (++nodes > kNodesMax || depth > kDepthMax) {
      return make_fault(
          FaultCode::invalid_xml,
          fmt::format("The request has over {} nodes or is over {} levels deep.", kNodesMax, kDepthMax));
    }
    if (const auto child = node.first_child()) {
      node = child;
      ++depth;
      continue;
    }
    while (node && !node.next_sibling()) {
      node = node.parent();
      --depth;
      if (node.type() == pugi::node_document) {
        return std::nullopt;
      }
    }
    node = node.next_sibling();
  }
  return std::nullopt;
}

// Some clients (libvirt) put the value in quotes.
std::string_view without_quotes(std::string_view text) noexcept {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2)
                                                                       : text;
}

// Headers that may say mustUnderstand and are understood, if only by leaving them alone.
bool is_known_header(std::string_view name) noexcept {
  static constexpr std::string_view kKnown[] = {
      "To",          "ReplyTo",    "FaultTo",   "From",      "Locale",     "DataLocale", "SessionId",
      "OperationID", "SequenceId", "OptionSet", "RelatesTo", "RequestEPR", "Identifier", "ActivityId"};
  return std::find(std::begin(kKnown), std::end(kKnown), name) != std::end(kKnown);
}

std::optional<Fault> read_timeout(const pugi::xml_node& header) {
  const auto timeout = cim::parse_interval(trimmed_text(header));
  if (!timeout) {
    return make_fault(FaultCode::invalid_parameter, "OperationTimeout is not a duration.");
  }
  if (timeout->span == Span{}) {
    return make_fault(FaultCode::unsupported_timeout, "An OperationTimeout of zero cannot be kept.");
  }
  return std::nullopt;
}

std::optional<Fault> read_unknown_header(const pugi::xml_node& header) {
  const auto mark = attribute_named(header, "mustUnderstand");
  const std::string_view value = mark.value();
  if (value != "1" && !cim::iequals(value, "true")) {
    return std::nullopt;
  }
  auto fault = make_fault(FaultCode::must_understand,
                          "A header that must be understood is not: " + std::string(local_name(header)));
  fault.not_understood = local_name(header);
  fault.not_understood_ns = namespace_of(header);
  return fault;
}

std::optional<Fault> read_header(const pugi::xml_node& header, Request& request) {
  const auto name = local_name(header);
  if (name == "Action") {
    request.action = trimmed_text(header);
  } else if (name == "ResourceURI") {
    request.resource_uri = trimmed_text(header);
  } else if (name == "MessageID") {
    request.message_id = header.text().get();
  } else if (name == "OperationTimeout") {
    return read_timeout(header);
  } else if (name == "MaxEnvelopeSize") {
    request.max_envelope_size = cim::parse_unsigned(trimmed_text(header));
    if (!request.max_envelope_size || *request.max_envelope_size == 0) {
      return make_fault(FaultCode::invalid_parameter, "MaxEnvelopeSize is not a positive number.");
    }
  } else if (name == "SelectorSet") {
    auto selectors = parse_selectors(header);
    if (auto* fault = std::get_if<Fault>(&selectors)) {
      return std::move(*fault);
    }
    request.selectors = std::get<0>(std::move(selectors));
  } else if (name == "FragmentTransfer") {
    return make_fault(FaultCode::unsupported_feature, "Fragment transfer is not supported.");
  } else if (!is_known_header(name)) {
    return read_unknown_header(header);
  }
  return std::nullopt;
}

std::optional<Fault> check_envelope(const pugi::xml_node& envelope) {
  if (local_name(envelope) != "Envelope") {
    return make_fault(FaultCode::invalid_xml, "The request is not a SOAP envelope.");
  }
  if (namespace_of(envelope) != names::kSoap) {
    return make_fault(FaultCode::soap_version, "Only SOAP 1.2 is spoken here.");
  }
  return std::nullopt;
}

} // namespace

std::string_view local_name(const pugi::xml_node& node) noexcept { return after_colon(node.name()); }

std::string_view local_name(const pugi::xml_attribute& attribute) noexcept {
  return after_colon(attribute.name());
}

pugi::xml_node child_named(const pugi::xml_node& parent, std::string_view local) noexcept {
  for (auto child = parent.first_child(); child; child = child.next_sibling()) {
    if (child.type() == pugi::node_element && local_name(child) == local) {
      return child;
    }
  }
  return {};
}

bool has_elements(const pugi::xml_node& node) noexcept { return !first_element(node).empty(); }

bool is_nil(const pugi::xml_node& node) noexcept {
  const std::string_view value = attribute_named(node, "nil").value();
  return value == "1" || cim::iequals(value, "true");
}

std::string text_of(const pugi::xml_node& node) {
  std::string text;
  for (auto child = node.first_child(); child; child = child.next_sibling()) {
    if (is_text(child)) {
      text += child.value();
    }
  }
  return text;
}

std::string_view trimmed_text(const pugi::xml_node& node) noexcept { return cim::trim(node.text().get()); }

const std::string* Request::selector(std::string_view name) const noexcept {
  for (const auto& key : selectors) {
    if (cim::iequals(key.name, name)) {
      return &key.value;
    }
  }
  return nullptr;
}

OrFault<std::vector<cim::Key>> parse_selectors(const pugi::xml_node& selector_set, int level) {
  std::vector<cim::Key> keys;
  for (auto node = selector_set.first_child(); node; node = node.next_sibling()) {
    if (local_name(node) != "Selector") {
      continue;
    }
    cim::Key key{std::string(attribute_named(node, "Name").value()), {}};
    const auto same = [&](const cim::Key& other) { return cim::iequals(other.name, key.name); };
    if (key.name.empty()) {
      return make_fault(FaultCode::invalid_selectors, "A selector has no name.");
    }
    if (std::any_of(keys.begin(), keys.end(), same)) {
      return make_fault(FaultCode::duplicate_selectors, "Selector " + key.name + " is there twice.");
    }
    if (keys.size() == kSelectorsMax) {
      return make_fault(FaultCode::invalid_selectors, fmt::format("Over {} selectors.", kSelectorsMax));
    }
    if (has_elements(node)) {
      const auto path = parse_endpoint_reference(node, level);
      if (!path) {
        return make_fault(FaultCode::invalid_selectors,
                          "Selector " + key.name + " holds no endpoint reference.");
      }
      key.value = format_path(*path);
    } else {
      key.value = without_quotes(cim::trim(text_of(node)));
    }
    keys.push_back(std::move(key));
  }
  return keys;
}

std::optional<cim::ObjectPath> parse_endpoint_reference(const pugi::xml_node& node, int level) {
  if (level > kReferenceLevelsMax) {
    return std::nullopt;
  }
  auto at = node;
  pugi::xml_node parameters;
  for (std::size_t depth = 0; at && !parameters && depth < 4; ++depth) {
    parameters = child_named(at, "ReferenceParameters");
    at = first_element(at); // <a:EndpointReference> inside the parameter
  }
  const auto selector_set = child_named(parameters, "SelectorSet");
  std::vector<cim::Key> keys;
  if (selector_set) {
    auto parsed = parse_selectors(selector_set, level + 1);
    if (std::holds_alternative<Fault>(parsed)) {
      return std::nullopt;
    }
    keys = std::get<0>(std::move(parsed));
  }
  const auto is_namespace = [](const cim::Key& key) {
    return cim::iequals(key.name, names::kNamespaceSelector);
  };
  const auto ns = std::find_if(keys.begin(), keys.end(), is_namespace);
  const auto resource = parse_resource(trimmed_text(child_named(parameters, "ResourceURI")),
                                       ns == keys.end() ? nullptr : &ns->value);
  if (!resource || resource->class_name == "*") {
    return std::nullopt;
  }
  keys.erase(std::remove_if(keys.begin(), keys.end(), is_namespace), keys.end());
  return cim::ObjectPath{{}, resource->ns, resource->class_name, std::move(keys)};
}

std::optional<Fault> parse_request(Request& request) {
  // White space alone is a value (of a string parameter) and is kept where it is an element's only content.
  constexpr unsigned kFlags = pugi::parse_default | pugi::parse_doctype | pugi::parse_ws_pcdata_single;
  const auto parsed = request.document.load_buffer_inplace(request.text.data(), request.text.size(), kFlags,
                                                           pugi::encoding_utf8);
  if (!parsed) {
    auto fault =
        make_fault(FaultCode::invalid_xml, fmt::format("The request is not well-formed XML: {} at byte {}.",
                                                       parsed.description(), parsed.offset));
    fault.http_status = 400;
    return fault;
  }
  if (auto fault = check_size(request.document)) {
    fault->http_status = 400;
    return fault;
  }
  const auto envelope = first_element(request.document);
  if (auto fault = check_envelope(envelope)) {
    return fault;
  }
  const auto header = child_named(envelope, "Header");
  request.message_id = child_named(header, "MessageID").text().get();
  for (auto child = header.first_child(); child; child = child.next_sibling()) {
    if (child.type() == pugi::node_element) {
      if (auto fault = read_header(child, request)) {
        return fault;
      }
    }
  }
  request.body = first_element(child_named(envelope, "Body"));
  return std::nullopt;
}

} // namespace migstorm::lab::wsman
