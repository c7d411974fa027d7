#include "harness/wsman/response.hpp"

#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace migstorm::wsman {

namespace {

// The wrappers that the CIM binding puts around dates, times and lengths of time.
constexpr std::array<std::string_view, 5> kTimeWrappers = {"Datetime", "Interval", "Date", "Time",
                                                           "CIM_DateTime"};

Result<Instance> to_instance(const pugi::xml_node& node);

Reference to_reference(const pugi::xml_node& parameters) {
  Reference reference;
  reference.resource_uri = std::string(trimmed(text_of(child_element(parameters, "ResourceURI"))));
  for (const pugi::xml_node& selector : child_element(parameters, "SelectorSet").children()) {
    // A key that is itself a reference has no text; nobody here addresses such objects.
    if (local_name(selector) == "Selector" && !first_element(selector)) {
      reference.selectors.push_back({valid_utf8(attribute(selector, "Name")), text_of(selector)});
    }
  }
  return reference;
}

// ReferenceProperties: what some stacks call ReferenceParameters.
pugi::xml_node reference_parameters(const pugi::xml_node& node) {
  if (const pugi::xml_node found = child_element(node, "ReferenceParameters")) {
    return found;
  }
  if (const pugi::xml_node found = child_element(node, "ReferenceProperties")) {
    return found;
  }
  const pugi::xml_node nested = child_element(node, "EndpointReference");
  return nested ? reference_parameters(nested) : pugi::xml_node();
}

Result<Item> to_item(const pugi::xml_node& node) {
  if (is_nil(node)) {
    return Item(std::monostate{});
  }
  const pugi::xml_node inner = first_element(node);
  if (!inner) {
    return Item(text_of(node));
  }
  if (std::find(kTimeWrappers.begin(), kTimeWrappers.end(), local_name(inner)) != kTimeWrappers.end() &&
      !first_element(inner)) {
    return Item(text_of(inner));
  }
  if (const pugi::xml_node parameters = reference_parameters(node)) {
    return Item(to_reference(parameters));
  }
  Result<Instance> embedded = to_instance(node);
  if (!embedded) {
    return std::move(embedded).error();
  }
  return Item(std::make_shared<const Instance>(std::move(*embedded)));
}

// "p:Msvm_SummaryInformation_Type" names the class where the element has the name of a parameter or none of
// its own.
std::string class_of(const pugi::xml_node& node) {
  std::string_view type = local_name(attribute(node, "type"));
  if (type.ends_with("_Type")) {
    type.remove_suffix(5);
    return valid_utf8(type);
  }
  return valid_utf8(local_name(node));
}

// Elements of one name are one array; they come in a row, though nothing but custom says so.
Property& property_for(Instance& instance, std::string_view name) {
  auto& properties = instance.properties;
  if (!properties.empty() && properties.back().name == name) {
    return properties.back();
  }
  const auto found =
      std::find_if(properties.begin(), properties.end(), [&](const Property& p) { return p.name == name; });
  if (found != properties.end()) {
    return *found;
  }
  properties.push_back({valid_utf8(name), {}});
  return properties.back();
}

Result<Instance> to_instance(const pugi::xml_node& node) {
  Instance instance;
  instance.class_name = class_of(node);
  instance.properties.reserve(16);
  for (pugi::xml_node child = node.first_child(); child; child = child.next_sibling()) {
    if (!is_element(child)) {
      continue;
    }
    Result<Item> item = to_item(child);
    if (!item) {
      return std::move(item).error();
    }
    property_for(instance, local_name(child)).items.push_back(std::move(*item));
    if (instance.properties.size() > kInstancePropertiesMax) {
      return Error{Errc::over_limit,
                   fmt::format("an instance has more than {} properties", kInstancePropertiesMax)};
    }
  }
  return instance;
}

Error unexpected(const pugi::xml_node& payload, std::string_view wanted) {
  return Error{Errc::malformed, fmt::format("the answer holds <{}> where {} was expected",
                                            printable(payload.name(), 80), wanted)};
}

std::string child_text(const pugi::xml_node& parent, std::string_view name) {
  return std::string(trimmed(text_of(child_element(parent, name))));
}

} // namespace

SoapReply::SoapReply(XmlDocument document) noexcept
    : document_(std::move(document)), header_(child_element(document_.root(), "Header")),
      body_(child_element(document_.root(), "Body")) {}

Result<SoapReply> SoapReply::parse(std::string text, std::size_t bytes_max) {
  const XmlLimits limits{.bytes = bytes_max, .depth = kReplyDepthMax, .elements = kReplyElementsMax};
  Result<XmlDocument> document = XmlDocument::parse(std::move(text), limits);
  if (!document) {
    return std::move(document).error().within("answer");
  }
  if (local_name(document->root()) != "Envelope") {
    return unexpected(document->root(), "a SOAP envelope");
  }
  SoapReply reply(std::move(*document));
  if (!reply.body_) {
    return Error{Errc::malformed, "the SOAP envelope has no body"};
  }
  return reply;
}

bool SoapReply::answers(std::string_view message_id) const {
  const pugi::xml_node relates_to = child_element(header_, "RelatesTo");
  if (!relates_to) {
    return static_cast<bool>(child_element(body_, "Fault"));
  }
  return trimmed(text_of(relates_to)) == message_id;
}

Result<Identity> read_identity(const SoapReply& reply) {
  const pugi::xml_node payload = reply.payload();
  if (local_name(payload) != "IdentifyResponse") {
    return unexpected(payload, "IdentifyResponse");
  }
  return Identity{child_text(payload, "ProductVendor"), child_text(payload, "ProductVersion")};
}

Result<Instance> read_instance(const SoapReply& reply) {
  const pugi::xml_node payload = reply.payload();
  if (!payload) {
    return unexpected(payload, "an instance");
  }
  return to_instance(payload);
}

Result<Page> read_page(const SoapReply& reply) {
  const pugi::xml_node payload = reply.payload();
  if (local_name(payload) != "EnumerateResponse" && local_name(payload) != "PullResponse") {
    return unexpected(payload, "EnumerateResponse or PullResponse");
  }
  Page page;
  const pugi::xml_node items = child_element(payload, "Items");
  for (pugi::xml_node item = first_element(items); item; item = item.next_sibling()) {
    if (!is_element(item)) {
      continue;
    }
    Result<Instance> instance = to_instance(item);
    if (!instance) {
      return std::move(instance).error();
    }
    page.items.push_back(std::move(*instance));
  }
  if (!child_element(payload, "EndOfSequence")) {
    page.context = child_text(payload, "EnumerationContext");
  }
  return page;
}

Result<InvokeResult> read_output(const SoapReply& reply, std::string_view method) {
  const pugi::xml_node payload = reply.payload();
  const std::string wanted = std::string(method) + "_OUTPUT";
  if (!same_name(local_name(payload), wanted)) {
    return unexpected(payload, wanted);
  }
  Result<Instance> out = to_instance(payload);
  if (!out) {
    return std::move(out).error();
  }
  InvokeResult result{0, std::move(*out)};
  const auto text = result.out.text("ReturnValue");
  if (!text) {
    return result; // a method without a result
  }
  const auto value = result.out.signed_number("ReturnValue");
  if (!value || *value < INT32_MIN || *value > UINT32_MAX) {
    return Error{Errc::malformed, fmt::format("ReturnValue is \"{}\"", printable(*text, 40))};
  }
  result.return_value = static_cast<std::uint32_t>(*value);
  return result;
}

} // namespace migstorm::wsman
