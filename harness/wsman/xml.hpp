// XML as hosts send it: bounded before a tree is built, then walked by local names, whatever the prefixes
// are.
#pragma once

#include <migstorm/result.hpp>

#include <pugixml.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace migstorm::wsman {

struct XmlLimits {
  std::size_t bytes = 0;
  std::size_t depth = 0;
  std::size_t elements = 0;
};

// Refuses what is too big, too deep, or declares a document type (entities). Says nothing about
// well-formedness.
Status check_xml(std::string_view text, const XmlLimits& limits);

// The tree lives in the text it was parsed from; nodes are valid as long as this object is.
class XmlDocument {
public:
  static Result<XmlDocument> parse(std::string text, const XmlLimits& limits);
  pugi::xml_node root() const { return state_->tree.document_element(); }

private:
  struct State {
    std::string text;
    pugi::xml_document tree;
  };
  explicit XmlDocument(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
  std::unique_ptr<State> state_;
};

// "Body" of "s:Body".
std::string_view local_name(std::string_view qualified) noexcept;
inline std::string_view local_name(const pugi::xml_node& node) noexcept {
  return local_name(std::string_view(node.name()));
}

// The first child element of that local name; an empty node if there is none.
pugi::xml_node child_element(const pugi::xml_node& parent, std::string_view name) noexcept;
pugi::xml_node first_element(const pugi::xml_node& parent) noexcept;
// The value of the attribute of that local name; empty if there is none.
std::string_view attribute(const pugi::xml_node& node, std::string_view name) noexcept;
// All text and CDATA directly in the node, as valid UTF-8.
std::string text_of(const pugi::xml_node& node);
inline bool is_element(const pugi::xml_node& node) noexcept { return node.type() == pugi::node_element; }
// xsi:nil
bool is_nil(const pugi::xml_node& node) noexcept;

} // namespace migstorm::wsman
