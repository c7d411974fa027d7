#include "harness/wsman/xml.hpp"

#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <utility>

namespace migstorm::wsman {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Just past the '>' of the tag that begins at `at`; quoted attribute values may contain '>'.
std::size_t tag_end(std::string_view text, std::size_t at) noexcept {
  while (at < text.size() && text[at] != '>') {
    if (text[at] == '"' || text[at] == '\'') {
      at = text.find(text[at], at + 1);
      if (at == std::string_view::npos) {
        return text.size();
      }
    }
    ++at;
  }
  return at < text.size() ? at + 1 : at;
}

std::size_t skip_past(std::string_view text, std::string_view terminator, std::size_t at) noexcept {
  const std::size_t found = text.find(terminator, at);
  return found == std::string_view::npos ? text.size() : found + terminator.size();
}

class Scan {
public:
  Scan(std::string_view text, const XmlLimits& limits) noexcept : text_(text), limits_(limits) {}

  // Looks at what begins with the '<' at `at`, and moves `at` past it.
  Status step(std::size_t& at) {
    const std::string_view rest = text_.substr(at);
    if (rest.starts_with("</")) {
      depth_ -= depth_ > 0 ? 1 : 0;
      at += 2;
    } else if (rest.starts_with("<!--")) {
      at = skip_past(text_, "-->", at + 4);
    } else if (rest.starts_with("<![CDATA[")) {
      at = skip_past(text_, "]]>", at + 9);
    } else if (rest.starts_with("<?")) {
      at = skip_past(text_, "?>", at + 2);
    } else if (rest.starts_with("<!")) {
      return Error{Errc::malformed, "XML declares a document type, which SOAP forbids", at};
    } else {
      return open(at);
    }
    return Unit{};
  }

private:
  Status open(std::size_t& at) {
    const std::size_t end = tag_end(text_, at + 1);
    if (++elements_ > limits_.elements) {
      return Error{Errc::over_limit, fmt::format("XML has more than {} elements", limits_.elements), at};
    }
    if (depth_ + 1 > limits_.depth) {
      return Error{Errc::over_limit, fmt::format("XML is nested deeper than {} levels", limits_.depth), at};
    }
    const bool empty = end - at >= 3 && text_[end - 1] == '>' && text_[end - 2] == '/';
    depth_ += empty ? 0 : 1;
    at = end;
    return Unit{};
  }

  std::string_view text_;
  XmlLimits limits_;
  std::size_t depth_ = 0;
  std::size_t elements_ = 0;
};

} // namespace

Status check_xml(std::string_view text, const XmlLimits& limits) {
  if (text.size() > limits.bytes) {
    return Error{Errc::over_limit, fmt::format("XML of {} bytes, limit {}", text.size(), limits.bytes)};
  }
  Scan scan(text, limits);
  std::size_t at = text.find('<');
  while (at != std::string_view::npos) {
    if (Status step = scan.step(at); !step) {
      return step;
    }
    at = text.find('<', at);
  }
  return Unit{};
}

Result<XmlDocument> XmlDocument::parse(std::string text, const XmlLimits& limits) {
  if (text.starts_with(kByteOrderMark)) {
    text.erase(0, kByteOrderMark.size());
  }
  if (Status checked = check_xml(text, limits); !checked) {
    return std::move(checked).error();
  }
  auto state = std::make_unique<State>();
  state->text = std::move(text);
  // Whitespace between elements is dropped, but kept where it is all that a value has.
  constexpr unsigned int kOptions = pugi::parse_default | pugi::parse_ws_pcdata_single;
  const pugi::xml_parse_result parsed =
      state->tree.load_buffer_inplace(state->text.data(), state->text.size(), kOptions, pugi::encoding_utf8);
  if (!parsed || !state->tree.document_element()) {
    return Error{Errc::malformed,
                 fmt::format("not well-formed XML: {}", parsed ? "no element" : parsed.description()),
                 static_cast<std::uint64_t>(parsed.offset)};
  }
  return XmlDocument(std::move(state));
}

std::string_view local_name(std::string_view qualified) noexcept {
  const std::size_t colon = qualified.find(':');
  return colon == std::string_view::npos ? qualified : qualified.substr(colon + 1);
}

pugi::xml_node child_element(const pugi::xml_node& parent, std::string_view name) noexcept {
  for (pugi::xml_node child = parent.first_child(); child; child = child.next_sibling()) {
    if (is_element(child) && local_name(child) == name) {
      return child;
    }
  }
  return {};
}

pugi::xml_node first_element(const pugi::xml_node& parent) noexcept {
  pugi::xml_node child = parent.first_child();
  while (child && !is_element(child)) {
    child = child.next_sibling();
  }
  return child;
}

std::string_view attribute(const pugi::xml_node& node, std::string_view name) noexcept {
  for (pugi::xml_attribute at = node.first_attribute(); at; at = at.next_attribute()) {
    if (local_name(std::string_view(at.name())) == name) {
      return at.value();
    }
  }
  return {};
}

std::string text_of(const pugi::xml_node& node) {
  const pugi::xml_node first = node.first_child();
  if (first && !first.next_sibling() && !is_element(first)) {
    return valid_utf8(first.value());
  }
  std::string text;
  for (pugi::xml_node child = first; child; child = child.next_sibling()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) {
      text += child.value();
    }
  }
  return valid_utf8(text);
}

bool is_nil(const pugi::xml_node& node) noexcept {
  const std::string_view nil = attribute(node, "nil");
  return nil == "true" || nil == "1";
}

} // namespace migstorm::wsman
