// A request as sent: bounded XML, parsed in place, with the headers that decide what happens. Names of
// headers are compared without their namespaces, and mustUnderstand is read with and without one, as real
// clients need.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/wsman/fault.hpp"

#include <pugixml.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab::wsman {

inline constexpr std::size_t kDepthMax = 48;
inline constexpr std::size_t kNodesMax = 100'000;
inline constexpr std::size_t kSelectorsMax = 64;
inline constexpr int kReferenceLevelsMax =
    2; // references in the keys of references: each level doubles escapes

std::string_view local_name(const pugi::xml_node& node) noexcept;
std::string_view local_name(const pugi::xml_attribute& attribute) noexcept;
pugi::xml_node child_named(const pugi::xml_node& parent, std::string_view local) noexcept;
bool has_elements(const pugi::xml_node& node) noexcept;
bool is_nil(const pugi::xml_node& node) noexcept;
// All text and CDATA of the node itself.
std::string text_of(const pugi::xml_node& node);
std::string_view trimmed_text(const pugi::xml_node& node) noexcept; // its first text only

struct Request {
  std::string text; // what the views below point into
  pugi::xml_document document;
  std::string_view action;
  std::string_view resource_uri;
  std::string_view message_id; // untrimmed: answers repeat it character for character
  std::vector<cim::Key> selectors;
  std::optional<std::uint64_t> max_envelope_size;
  pugi::xml_node body; // the one element in the body; empty if there is none

  const std::string* selector(std::string_view name) const noexcept;
};

// Reads `request.text`. On a fault the message id is there if it was found.
std::optional<Fault> parse_request(Request& request);

// a:ReferenceParameters (or the w:SelectorSet under it) of an endpoint reference, however deep it is wrapped.
std::optional<cim::ObjectPath> parse_endpoint_reference(const pugi::xml_node& node, int level = 0);
OrFault<std::vector<cim::Key>> parse_selectors(const pugi::xml_node& selector_set, int level = 0);

} // namespace migstorm::lab::wsman
