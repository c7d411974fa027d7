#include "harness/wsman/cim.hpp"

#include "harness/wsman/text.hpp"

#include <algorithm>
#include <charconv>

namespace migstorm::wsman {

namespace {

template <class T>
std::optional<T> to_number(std::string_view text) noexcept {
  text = trimmed(text);
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

template <class T>
const T* first_as(const Property* property) noexcept {
  return property == nullptr || property->items.empty() ? nullptr : std::get_if<T>(&property->items.front());
}

std::shared_ptr<const Instance> as_instance(const Item& item) {
  if (const auto* native = std::get_if<std::shared_ptr<const Instance>>(&item)) {
    return *native;
  }
  const auto* text = std::get_if<std::string>(&item);
  if (text == nullptr || !trimmed(*text).starts_with('<')) {
    return nullptr;
  }
  Result<Instance> parsed = parse_cim_xml(*text);
  return parsed ? std::make_shared<const Instance>(std::move(*parsed)) : nullptr;
}

} // namespace

const std::string* Reference::find(std::string_view name) const noexcept {
  const auto found = std::find_if(selectors.begin(), selectors.end(),
                                  [&](const Selector& selector) { return same_name(selector.name, name); });
  return found == selectors.end() ? nullptr : &found->value;
}

const Property* Instance::find(std::string_view name) const noexcept {
  const auto found = std::find_if(properties.begin(), properties.end(),
                                  [&](const Property& property) { return same_name(property.name, name); });
  return found == properties.end() ? nullptr : &*found;
}

std::optional<std::string_view> Instance::text(std::string_view name) const noexcept {
  const auto* value = first_as<std::string>(find(name));
  return value == nullptr ? std::nullopt : std::optional<std::string_view>(*value);
}

std::optional<std::uint64_t> Instance::number(std::string_view name) const noexcept {
  const auto value = text(name);
  return value ? to_number<std::uint64_t>(*value) : std::nullopt;
}

std::optional<std::int64_t> Instance::signed_number(std::string_view name) const noexcept {
  const auto value = text(name);
  return value ? to_number<std::int64_t>(*value) : std::nullopt;
}

std::optional<bool> Instance::boolean(std::string_view name) const noexcept {
  const auto value = text(name);
  if (!value) {
    return std::nullopt;
  }
  const std::string_view word = trimmed(*value);
  if (same_name(word, "true") || word == "1") {
    return true;
  }
  if (same_name(word, "false") || word == "0") {
    return false;
  }
  return std::nullopt;
}

std::optional<CivilTime> Instance::datetime(std::string_view name) const noexcept {
  const auto value = text(name);
  return value ? parse_datetime(*value) : std::nullopt;
}

const Reference* Instance::reference(std::string_view name) const noexcept {
  return first_as<Reference>(find(name));
}

std::vector<std::string_view> Instance::texts(std::string_view name) const {
  std::vector<std::string_view> values;
  if (const Property* property = find(name)) {
    for (const Item& item : property->items) {
      if (const auto* text = std::get_if<std::string>(&item)) {
        values.emplace_back(*text);
      }
    }
  }
  return values;
}

std::vector<std::uint64_t> Instance::numbers(std::string_view name) const {
  std::vector<std::uint64_t> values;
  for (const std::string_view text : texts(name)) {
    if (const auto value = to_number<std::uint64_t>(text)) {
      values.push_back(*value);
    }
  }
  return values;
}

std::vector<std::shared_ptr<const Instance>> Instance::instances(std::string_view name) const {
  std::vector<std::shared_ptr<const Instance>> values;
  if (const Property* property = find(name)) {
    for (const Item& item : property->items) {
      if (auto instance = as_instance(item)) {
        values.push_back(std::move(instance));
      }
    }
  }
  return values;
}

} // namespace migstorm::wsman
