#include "harness/wsman/envelope.hpp"

#include "harness/wsman/client.hpp"
#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace migstorm::wsman {

namespace {

constexpr std::string_view kAnonymous = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
constexpr std::string_view kEnumeration = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/";
constexpr std::string_view kTransfer = "http://schemas.xmlsoap.org/ws/2004/09/transfer/";
constexpr std::size_t kTypicalRequest = 4'096;
constexpr int kEmbeddedDepthMax = 8;

void append_field(std::string& out, std::string_view open, std::string_view text, std::string_view close) {
  out += open;
  append_escaped(out, text);
  out += close;
}

void append_selectors(std::string& out, const std::vector<Selector>& selectors) {
  if (selectors.empty()) {
    return;
  }
  out += "<w:SelectorSet>";
  for (const Selector& selector : selectors) {
    append_field(out, "<w:Selector Name=\"", selector.name, "\">");
    append_field(out, "", selector.value, "</w:Selector>");
  }
  out += "</w:SelectorSet>";
}

std::string action(std::string_view prefix, std::string_view verb) {
  return std::string(prefix).append(verb);
}

// "http://.../root/cimv2/Win32_Process" and "Win32_ProcessStartup" give
// "http://.../root/cimv2/Win32_ProcessStartup".
std::string sibling_uri(std::string_view uri, std::string_view class_name) {
  return std::string(uri.substr(0, uri.rfind('/') + 1)).append(class_name);
}

// Writes properties and arguments, whose names become elements of the prefix that is bound at the time.
class ValueWriter {
public:
  ValueWriter(std::string& out, std::string_view uri) noexcept : out_(out), uri_(uri) {}

  Status items(std::string_view prefix, std::string_view name, const std::vector<Item>& items,
               Argument::Form form) {
    if (!is_element_name(name)) {
      return Error{Errc::malformed, fmt::format("\"{}\" cannot be an element's name", printable(name, 80))};
    }
    for (const Item& value : items) {
      if (Status done = item(prefix, name, value, form); !done) {
        return done;
      }
    }
    return Unit{};
  }

private:
  Status item(std::string_view prefix, std::string_view name, const Item& value, Argument::Form form) {
    out_.append("<").append(prefix).append(":").append(name);
    const auto* instance = std::get_if<std::shared_ptr<const Instance>>(&value);
    if (std::holds_alternative<std::monostate>(value) || (instance != nullptr && *instance == nullptr)) {
      out_ += " xsi:nil=\"true\"/>";
      return Unit{};
    }
    if (instance != nullptr) {
      if (Status done = embedded(**instance); !done) {
        return done;
      }
    } else if (const auto* reference = std::get_if<Reference>(&value)) {
      out_ += ">";
      endpoint(*reference);
    } else {
      out_ += ">";
      text(std::get<std::string>(value), form);
    }
    out_.append("</").append(prefix).append(":").append(name).append(">");
    return Unit{};
  }

  void text(const std::string& value, Argument::Form form) {
    switch (form) {
    case Argument::Form::plain:
      append_escaped(out_, value);
      break;
    case Argument::Form::datetime:
      append_field(out_, "<cim:Datetime>", value, "</cim:Datetime>");
      break;
    case Argument::Form::interval:
      append_field(out_, "<cim:Interval>", value, "</cim:Interval>");
      break;
    }
  }

  void endpoint(const Reference& reference) {
    append_field(out_, "<a:Address>", kAnonymous, "</a:Address><a:ReferenceParameters>");
    append_field(out_, "<w:ResourceURI>", reference.resource_uri, "</w:ResourceURI>");
    append_selectors(out_, reference.selectors);
    out_ += "</a:ReferenceParameters>";
  }

  // Continues the opened tag of the parameter: its type is the class, its children are the properties.
  Status embedded(const Instance& instance) {
    if (++depth_ > kEmbeddedDepthMax) {
      return Error{Errc::over_limit,
                   fmt::format("instances embedded deeper than {} levels", kEmbeddedDepthMax)};
    }
    if (!is_element_name(instance.class_name)) {
      return Error{Errc::malformed,
                   fmt::format("\"{}\" cannot be a class name", printable(instance.class_name, 80))};
    }
    const std::string prefix = fmt::format("s{}", depth_);
    out_.append(" xmlns:").append(prefix).append("=\"");
    append_escaped(out_, sibling_uri(uri_, instance.class_name));
    out_.append("\" xsi:type=\"").append(prefix).append(":").append(instance.class_name).append("_Type\">");
    for (const Property& property : instance.properties) {
      if (Status done = items(prefix, property.name, property.items, Argument::Form::plain); !done) {
        return done;
      }
    }
    --depth_;
    return Unit{};
  }

  std::string& out_;
  std::string_view uri_;
  int depth_ = 0;
};

void open_typed(std::string& out, std::string_view tag, std::string_view uri) {
  out.append("<p:").append(tag).append(
      " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""
      " xmlns:cim=\"http://schemas.dmtf.org/wbem/wscim/1/common\" xmlns:p=\"");
  append_escaped(out, uri);
  out += "\">";
}

} // namespace

std::string begin_envelope(const RequestHead& head, const Reference& target, std::string_view action,
                           std::string_view headers) {
  std::string out;
  out.reserve(kTypicalRequest);
  out += "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
         " xmlns:a=\"http://schemas.xmlsoap.org/ws/2004/08/addressing\""
         " xmlns:w=\"http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd\""
         " xmlns:p=\"http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd\"><s:Header>";
  append_field(out, "<a:To>", head.to, "</a:To>");
  append_field(out, "<w:ResourceURI s:mustUnderstand=\"true\">", target.resource_uri, "</w:ResourceURI>");
  append_field(out, "<a:ReplyTo><a:Address s:mustUnderstand=\"true\">", kAnonymous,
               "</a:Address></a:ReplyTo>");
  append_field(out, "<a:Action s:mustUnderstand=\"true\">", action, "</a:Action>");
  fmt::format_to(std::back_inserter(out),
                 "<w:MaxEnvelopeSize s:mustUnderstand=\"true\">{}</w:MaxEnvelopeSize>",
                 head.max_envelope_size);
  append_field(out, "<a:MessageID>", head.message_id, "</a:MessageID>");
  out += "<w:Locale xml:lang=\"en-US\" s:mustUnderstand=\"false\"/>"
         "<p:DataLocale xml:lang=\"en-US\" s:mustUnderstand=\"false\"/>";
  const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(head.operation_timeout).count();
  fmt::format_to(std::back_inserter(out), "<w:OperationTimeout>PT{}.{:03}S</w:OperationTimeout>",
                 milliseconds / 1000, milliseconds % 1000);
  append_selectors(out, target.selectors);
  out += headers;
  out += "</s:Header><s:Body>";
  return out;
}

std::string finish_envelope(std::string out) {
  out += "</s:Body></s:Envelope>";
  return out;
}

std::string resource_uri(std::string_view ns, std::string_view class_name) {
  std::string uri(kResourcePrefix);
  uri.append(ns).append("/").append(class_name);
  std::replace(uri.begin() + static_cast<std::ptrdiff_t>(kResourcePrefix.size()), uri.end(), '\\', '/');
  return uri;
}

std::string format_identify() {
  return "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\""
         " xmlns:wsmid=\"http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd\">"
         "<s:Header/><s:Body><wsmid:Identify/></s:Body></s:Envelope>";
}

std::string format_get(const RequestHead& head, const Reference& target) {
  return finish_envelope(begin_envelope(head, target, action(kTransfer, "Get"), ""));
}

Result<std::string> format_put(const RequestHead& head, const Reference& target, const Instance& value) {
  std::string out = begin_envelope(head, target, action(kTransfer, "Put"), "");
  if (!is_element_name(value.class_name)) {
    return Error{Errc::malformed,
                 fmt::format("\"{}\" cannot be a class name", printable(value.class_name, 80))};
  }
  open_typed(out, value.class_name, target.resource_uri);
  ValueWriter writer(out, target.resource_uri);
  for (const Property& property : value.properties) {
    if (Status done = writer.items("p", property.name, property.items, Argument::Form::plain); !done) {
      return std::move(done).error().within("put " + value.class_name);
    }
  }
  out.append("</p:").append(value.class_name).append(">");
  return finish_envelope(std::move(out));
}

std::string format_enumerate(const RequestHead& head, std::string_view uri, std::string_view wql,
                             std::uint32_t max_elements) {
  const Reference target{std::string(uri), {}};
  std::string out = begin_envelope(head, target, action(kEnumeration, "Enumerate"), "");
  fmt::format_to(std::back_inserter(out),
                 "<n:Enumerate xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\">"
                 "<w:OptimizeEnumeration/><w:MaxElements>{}</w:MaxElements>"
                 "<w:EnumerationMode>EnumerateObject</w:EnumerationMode>",
                 max_elements);
  append_field(out, "<w:Filter Dialect=\"http://schemas.microsoft.com/wbem/wsman/1/WQL\">", wql,
               "</w:Filter>");
  out += "</n:Enumerate>";
  return finish_envelope(std::move(out));
}

std::string format_pull(const RequestHead& head, std::string_view uri, std::string_view context,
                        std::uint32_t max_elements) {
  const Reference target{std::string(uri), {}};
  std::string out = begin_envelope(head, target, action(kEnumeration, "Pull"), "");
  out += "<n:Pull xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\">";
  append_field(out, "<n:EnumerationContext>", context, "</n:EnumerationContext>");
  fmt::format_to(std::back_inserter(out), "<n:MaxElements>{}</n:MaxElements></n:Pull>", max_elements);
  return finish_envelope(std::move(out));
}

std::string format_release(const RequestHead& head, std::string_view uri, std::string_view context) {
  const Reference target{std::string(uri), {}};
  std::string out = begin_envelope(head, target, action(kEnumeration, "Release"), "");
  out += "<n:Release xmlns:n=\"http://schemas.xmlsoap.org/ws/2004/09/enumeration\">";
  append_field(out, "<n:EnumerationContext>", context, "</n:EnumerationContext></n:Release>");
  return finish_envelope(std::move(out));
}

Result<std::string> format_invoke(const RequestHead& head, const Reference& target, std::string_view method,
                                  const std::vector<Argument>& arguments) {
  if (!is_element_name(method)) {
    return Error{Errc::malformed, fmt::format("\"{}\" cannot be a method's name", printable(method, 80))};
  }
  std::string out = begin_envelope(head, target, action(target.resource_uri + "/", method), "");
  const std::string tag = std::string(method) + "_INPUT";
  open_typed(out, tag, target.resource_uri);
  ValueWriter writer(out, target.resource_uri);
  for (const Argument& argument : arguments) {
    if (Status done = writer.items("p", argument.name, argument.items, argument.form); !done) {
      return std::move(done).error().within("argument of " + std::string(method));
    }
  }
  out.append("</p:").append(tag).append(">");
  return finish_envelope(std::move(out));
}

} // namespace migstorm::wsman
