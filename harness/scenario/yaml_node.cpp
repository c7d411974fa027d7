#include "harness/scenario/units.hpp"
#include "harness/scenario/yaml_tree.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::yaml {
namespace {

std::string kind_of(const Tree& tree) {
  switch (tree.kind) {
  case Kind::empty:
    return "nothing";
  case Kind::scalar:
    return units::quoted(tree.text);
  case Kind::map:
    return "a map";
  case Kind::list:
    break;
  }
  return "a list";
}

std::string labelled(const std::string& name, std::string message) {
  return name.empty() ? message : fmt::format("{}: {}", name, message);
}

template <class T>
std::optional<T> parsed(const Node& node, const Tree& tree, std::string_view expected,
                        Result<T> (*parse)(std::string_view)) {
  if (tree.kind != Kind::scalar) {
    node.error(fmt::format("expected {}, found {}", expected, kind_of(tree)));
    return std::nullopt;
  }
  Result<T> value = parse(tree.text);
  if (!value) {
    node.error(value.error().detail);
    return std::nullopt;
  }
  return *value;
}

template <class T, class Format>
T within(const Node& node, T value, std::pair<T, T> limits, T fallback, const Format& format) {
  if (value >= limits.first && value <= limits.second) {
    return value;
  }
  node.error(fmt::format("{} is out of range, use {} to {}", format(value), format(limits.first),
                         format(limits.second)));
  return fallback;
}

} // namespace

bool Node::defined() const noexcept { return impl_ && impl_->tree != nullptr; }
bool Node::is_map() const noexcept { return defined() && impl_->tree->kind == Kind::map; }
bool Node::is_list() const noexcept { return defined() && impl_->tree->kind == Kind::list; }
bool Node::is_scalar() const noexcept { return defined() && impl_->tree->kind == Kind::scalar; }

void Node::error(std::string message) const {
  if (impl_ && impl_->near != nullptr) {
    impl_->document->add(impl_->near, impl_->place, labelled(impl_->name, std::move(message)));
  }
}

Node Node::key(std::string_view name) const {
  Node child;
  if (!defined()) {
    return child;
  }
  child.impl_ = std::make_shared<Impl>();
  child.impl_->document = impl_->document;
  child.impl_->near = impl_->tree;
  child.impl_->place = impl_->place;
  child.impl_->name = name;
  if (!is_map()) {
    error(fmt::format("expected keys and values, found {}", kind_of(*impl_->tree)));
    return child;
  }
  impl_->tree->asked.emplace(name);
  const auto& entries = impl_->tree->entries;
  const auto entry =
      std::find_if(entries.begin(), entries.end(), [&](const Entry& e) { return e.key == name; });
  if (entry != entries.end()) {
    child.impl_->tree = child.impl_->near = entry->value.get();
    child.impl_->place = entry->value->place;
  }
  return child;
}

Node Node::require(std::string_view name) const {
  Node child = key(name);
  if (is_map() && !child.defined()) {
    error(fmt::format("key '{}' is missing", name));
  }
  return child;
}

std::vector<Node> Node::list() const {
  if (!defined()) {
    return {};
  }
  if (is_scalar()) {
    return {*this};
  }
  if (!is_list()) {
    error(fmt::format("expected a list, found {}", kind_of(*impl_->tree)));
    return {};
  }
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < impl_->tree->items.size(); ++i) {
    Tree* const item = impl_->tree->items[i].get();
    Node& node = nodes.emplace_back();
    node.impl_ = std::make_shared<Impl>(
        Impl{impl_->document, item, item, item->place, fmt::format("{}[{}]", impl_->name, i)});
  }
  return nodes;
}

std::vector<std::pair<std::string, Node>> Node::entries() const {
  if (!defined()) {
    return {};
  }
  if (!is_map()) {
    error(fmt::format("expected keys and values, found {}", kind_of(*impl_->tree)));
    return {};
  }
  std::vector<std::pair<std::string, Node>> all;
  for (const Entry& entry : impl_->tree->entries) {
    impl_->tree->asked.emplace(entry.key);
    Node node;
    node.impl_ = std::make_shared<Impl>(
        Impl{impl_->document, entry.value.get(), entry.value.get(), entry.value->place, entry.key});
    all.emplace_back(entry.key, std::move(node));
  }
  return all;
}

void Node::finish() const {
  if (!is_map()) {
    return;
  }
  for (const Entry& entry : impl_->tree->entries) {
    const auto& asked = impl_->tree->asked;
    if (asked.contains(entry.key)) {
      continue;
    }
    const std::string_view meant = units::nearest(entry.key, asked);
    impl_->document->add(entry.value.get(), entry.place,
                         fmt::format("unknown key {}{}", units::quoted(entry.key),
                                     meant.empty() ? "" : fmt::format(", did you mean '{}'?", meant)));
  }
}

std::string Node::text(std::string_view fallback) const {
  if (is_scalar()) {
    return impl_->tree->text;
  }
  if (defined()) {
    error(fmt::format("expected text, found {}", kind_of(*impl_->tree)));
  }
  return std::string(fallback);
}

bool Node::flag(bool fallback) const {
  if (is_scalar() && (impl_->tree->text == "true" || impl_->tree->text == "false")) {
    return impl_->tree->text == "true";
  }
  if (defined()) {
    error(fmt::format("expected true or false, found {}", kind_of(*impl_->tree)));
  }
  return fallback;
}

std::uint64_t Node::whole(std::uint64_t low, std::uint64_t high, std::uint64_t fallback) const {
  const auto value =
      defined() ? parsed(*this, *impl_->tree, "a whole number", units::parse_whole) : std::nullopt;
  return value ? within(*this, *value, std::pair(low, high), fallback, [](std::uint64_t v) { return v; })
               : fallback;
}

double Node::fraction(double low, double high, double fallback) const {
  const auto value =
      defined() ? parsed(*this, *impl_->tree, "a share like 5%", units::parse_fraction) : std::nullopt;
  return value ? within(*this, *value, std::pair(low, high), fallback, [](double v) { return v; }) : fallback;
}

Span Node::span(Span low, Span high, Span fallback) const {
  const auto value =
      defined() ? parsed(*this, *impl_->tree, "a time like 90s", units::parse_span) : std::nullopt;
  return value ? within(*this, *value, std::pair(low, high), fallback, units::format_span) : fallback;
}

std::pair<Span, Span> Node::span_range(std::pair<Span, Span> fallback) const {
  const auto value =
      defined() ? parsed(*this, *impl_->tree, "a range like 2s..10s", units::parse_span_range) : std::nullopt;
  return value.value_or(fallback);
}

std::uint64_t Node::bytes(std::uint64_t low, std::uint64_t high, std::uint64_t fallback) const {
  const auto value =
      defined() ? parsed(*this, *impl_->tree, "a size like 40GiB", units::parse_bytes) : std::nullopt;
  return value ? within(*this, *value, std::pair(low, high), fallback, units::format_bytes) : fallback;
}

std::uint64_t Node::rate(std::uint64_t fallback) const {
  const auto value =
      defined() ? parsed(*this, *impl_->tree, "a rate like 40MiB/s", units::parse_rate) : std::nullopt;
  return value.value_or(fallback);
}

std::size_t Node::choice(const std::vector<std::string_view>& words, std::size_t fallback) const {
  if (!defined()) {
    return fallback;
  }
  const std::string& found = impl_->tree->text;
  const auto word = std::find(words.begin(), words.end(), found);
  if (is_scalar() && word != words.end()) {
    return static_cast<std::size_t>(word - words.begin());
  }
  const std::string_view meant = is_scalar() ? units::nearest(found, words) : std::string_view();
  error(fmt::format("expected one of {}, found {}{}", fmt::join(words, ", "), kind_of(*impl_->tree),
                    meant.empty() ? "" : fmt::format(", did you mean '{}'?", meant)));
  return fallback;
}

} // namespace migstorm::yaml
