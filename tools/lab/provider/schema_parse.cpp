#include "tools/lab/provider/schema_parse.hpp"

#include "tools/lab/cim/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace migstorm::lab::schema {

namespace {

using cim::Type;

[[noreturn]] void broken(std::string_view what, std::string_view text) {
  throw std::logic_error(fmt::format("schema: {}: \"{}\"", what, text));
}

// Cuts the part before `separator` off `text`.
std::string_view take(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

std::string_view take_word(std::string_view& text) {
  std::string_view word;
  while (word.empty() && !text.empty()) {
    word = take(text, ' ');
  }
  return word;
}

Type type_of(std::string_view name) {
  static constexpr std::array<std::pair<std::string_view, Type>, 14> kTypes{{
      {"boolean", Type::boolean},
      {"uint8", Type::uint8},
      {"sint8", Type::sint8},
      {"uint16", Type::uint16},
      {"sint16", Type::sint16},
      {"uint32", Type::uint32},
      {"sint32", Type::sint32},
      {"uint64", Type::uint64},
      {"sint64", Type::sint64},
      {"string", Type::string},
      {"datetime", Type::datetime},
      {"interval", Type::interval},
      {"ref", Type::reference},
      {"object", Type::object},
  }};
  const auto* found =
      std::find_if(kTypes.begin(), kTypes.end(), [&](const auto& t) { return t.first == name; });
  if (found == kTypes.end()) {
    broken("unknown type", name);
  }
  return found->second;
}

// "Name^2016" to "Name"; false where the release is older than the mark.
bool known_to(Release release, std::string_view& name) {
  const auto mark = name.find('^');
  if (mark == std::string_view::npos) {
    return true;
  }
  const auto since = name.substr(mark + 1);
  name = name.substr(0, mark);
  for (std::size_t i = 0; i < kReleases; ++i) {
    if (const auto at = static_cast<Release>(i); facts_of(at).key == since) {
      return release >= at;
    }
  }
  broken("unknown release", since);
}

bool take_array_mark(std::string_view& name) {
  const bool array = name.ends_with("[]");
  if (array) {
    name.remove_suffix(2);
  }
  return array;
}

void add_property(cim::ClassDef& definition, cim::PropertyDef property) {
  const auto index = definition.index_of(property.name);
  if (index == cim::ClassDef::npos) {
    definition.properties.push_back(std::move(property));
  } else {
    definition.properties[index] = std::move(property);
  }
}

void add_properties(cim::ClassDef& definition, std::string_view text, Release release) {
  while (!text.empty()) {
    auto group = cim::trim(take(text, ';'));
    if (group.starts_with('@')) {
      const auto all = fragments();
      const auto found = std::find_if(
          all.begin(), all.end(), [&](const Fragment& fragment) { return fragment.name == group.substr(1); });
      if (found == all.end()) {
        broken("unknown fragment", group);
      }
      add_properties(definition, found->properties, release);
      continue;
    }
    const auto type = type_of(take(group, ':'));
    for (auto name = take_word(group); !name.empty(); name = take_word(group)) {
      const bool known = known_to(release, name);
      const bool array = take_array_mark(name);
      if (known) {
        add_property(definition, {std::string(name), type, array, false});
      }
    }
  }
}

cim::ParameterDef parse_parameter(std::string_view text) {
  auto name = text.substr(1);
  if (!text.starts_with('<') && !text.starts_with('>')) {
    broken("direction missing", text);
  }
  auto rest = name;
  name = take(rest, ':');
  const bool array = take_array_mark(name);
  return {std::string(name), type_of(rest), array, text.front() == '>'};
}

void add_methods(cim::ClassDef& definition, std::string_view text, Release release) {
  while (!text.empty()) {
    auto rest = cim::trim(take(text, ';'));
    cim::MethodDef method;
    method.is_static = rest.starts_with("static ");
    if (method.is_static) {
      rest.remove_prefix(7);
    }
    auto name = take(rest, '(');
    if (!rest.ends_with(')')) {
      broken("no closing parenthesis", name);
    }
    rest.remove_suffix(1);
    for (auto word = take_word(rest); !word.empty(); word = take_word(rest)) {
      method.parameters.push_back(parse_parameter(word));
    }
    if (known_to(release, name)) {
      method.name = name;
      definition.methods.push_back(std::move(method));
    }
  }
}

void mark_keys(cim::ClassDef& definition, std::string_view keys) {
  for (auto name = take_word(keys); !name.empty(); name = take_word(keys)) {
    const auto index = definition.index_of(name);
    if (index == cim::ClassDef::npos) {
      broken(definition.name + " has no such key", name);
    }
    definition.properties[index].key = true;
  }
}

cim::Scalar constant(const cim::PropertyDef& property, std::string_view text) {
  auto value = cim::from_text(property.type, text);
  if (!value) {
    broken("constant of " + property.name, text);
  }
  return *std::move(value);
}

cim::Value constant_value(const cim::PropertyDef& property, std::string_view text) {
  if (!property.array) {
    return constant(property, text);
  }
  cim::Array array;
  // Texts may hold commas only where the array has a single element, which needs none.
  const bool several = text.find(", ") == std::string_view::npos;
  while (!text.empty()) {
    array.push_back(constant(property, several ? take(text, ',') : std::exchange(text, {})));
  }
  return array;
}

void set_if_text(cim::Instance& instance, std::string_view name, std::string_view value) {
  const auto index = instance.definition().index_of(name);
  if (index != cim::ClassDef::npos && instance.definition().properties[index].type == Type::string) {
    instance.set(name, cim::Scalar(std::string(value)));
  }
}

} // namespace

cim::ClassDef parse_class(const ClassText& text, std::string_view ns, Release release) {
  cim::ClassDef definition;
  definition.name = text.name;
  definition.parent = text.parent;
  definition.ns = ns;
  definition.association = text.association;
  add_properties(definition, text.properties, release);
  std::sort(definition.properties.begin(), definition.properties.end(),
            [](const auto& a, const auto& b) { return cim::icompare(a.name, b.name) < 0; });
  mark_keys(definition, text.keys);
  add_methods(definition, text.methods, release);
  return definition;
}

cim::Instance make_prototype(const cim::ClassDef& definition, const ClassText& text) {
  cim::Instance prototype(definition);
  set_if_text(prototype, "CreationClassName", definition.name);
  set_if_text(prototype, "SystemCreationClassName",
              definition.name.starts_with("Win32_") ? "Win32_ComputerSystem" : "Msvm_ComputerSystem");
  auto constants = text.constants;
  while (!constants.empty()) {
    auto value = cim::trim(take(constants, ';'));
    const auto name = take(value, '=');
    const auto index = definition.index_of(name);
    // A constant of a property that this release does not have yet.
    if (index != cim::ClassDef::npos) {
      prototype.set(name, constant_value(definition.properties[index], value));
    }
  }
  return prototype;
}

} // namespace migstorm::lab::schema
