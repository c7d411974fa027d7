#include "tools/lab/provider/schema.hpp"

#include "tools/lab/cim/text.hpp"
#include "tools/lab/provider/schema_parse.hpp"
#include "tools/lab/provider/schema_text.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace migstorm::lab {

namespace {

std::string folded(std::string_view text) {
  std::string out(text);
  for (auto& c : out) {
    if (c >= 'A' && c <= 'Z') {
      c = static_cast<char>(c - 'A' + 'a');
    } else if (c == '\\') {
      c = '/';
    }
  }
  return out;
}

struct Family {
  std::string_view ns;
  std::span<const schema::ClassText> (*classes)() noexcept;
  Release first = Release::w2008r2sp1;
  Release last = Release::azure_local;
};

constexpr std::array<Family, 10> kFamilies{{
    {kVirtualizationV2, schema::virtualization_services, Release::w2012, Release::azure_local},
    {kVirtualizationV2, schema::virtualization_systems, Release::w2012, Release::azure_local},
    {kVirtualizationV2, schema::virtualization_devices, Release::w2012, Release::azure_local},
    {kVirtualizationV2, schema::virtualization_hardware, Release::w2012, Release::azure_local},
    {kHyperVCluster, schema::virtualization_systems, Release::w2016, Release::azure_local},
    {kVirtualizationV1, schema::virtualization_v1, Release::w2008r2sp1, Release::w2012},
    {kMsCluster, schema::cluster, Release::w2008r2sp1, Release::azure_local},
    {kCimv2, schema::cimv2, Release::w2008r2sp1, Release::azure_local},
    {kStandardCimv2, schema::standard_cimv2, Release::w2012, Release::azure_local},
    {kDefault, schema::registry, Release::w2008r2sp1, Release::azure_local},
}};

bool same_property(const cim::PropertyDef& a, const cim::PropertyDef& b) {
  return a.name == b.name && a.type == b.type && a.array == b.array;
}

// What a parent class declares is not in the tables: it gets what all its children share.
void keep_common(cim::ClassDef& parent, const cim::ClassDef& child) {
  std::erase_if(parent.properties, [&](const cim::PropertyDef& property) {
    return std::none_of(child.properties.begin(), child.properties.end(),
                        [&](const auto& other) { return same_property(property, other); });
  });
}

} // namespace

Schema::Schema(Release release) {
  for (const auto& family : kFamilies) {
    if (release >= family.first && release <= family.last) {
      auto& classes = namespaces_[std::string(family.ns)];
      for (const auto& text : family.classes()) {
        if (release < text.since) {
          continue;
        }
        auto entry = std::make_unique<Entry>();
        entry->definition = schema::parse_class(text, family.ns, release);
        entry->prototype = std::make_unique<cim::Instance>(schema::make_prototype(entry->definition, text));
        classes[folded(text.name)] = std::move(entry);
      }
    }
  }
  for (auto& [ns, classes] : namespaces_) {
    add_parents(ns);
    link_subclasses(ns);
    for (auto& [name, entry] : classes) {
      entries_[&entry->definition] = entry.get();
    }
  }
}

void Schema::add_parents(std::string_view ns) {
  auto& classes = namespaces_.find(ns)->second;
  std::map<std::string, cim::ClassDef> parents;
  for (const auto& [name, entry] : classes) {
    const auto& child = entry->definition;
    if (child.parent.empty() || classes.count(folded(child.parent)) != 0) {
      continue;
    }
    const auto [at, fresh] = parents.try_emplace(folded(child.parent));
    if (fresh) {
      at->second = child;
      at->second.name = child.parent;
      at->second.parent.clear();
      at->second.methods.clear();
    } else {
      keep_common(at->second, child);
    }
  }
  for (auto& [name, definition] : parents) {
    auto entry = std::make_unique<Entry>();
    entry->definition = std::move(definition);
    entry->prototype = std::make_unique<cim::Instance>(entry->definition);
    classes[name] = std::move(entry);
  }
}

void Schema::link_subclasses(std::string_view ns) {
  auto& classes = namespaces_.find(ns)->second;
  for (const auto& [name, entry] : classes) {
    auto parent = folded(entry->definition.parent);
    for (auto at = classes.find(parent); at != classes.end(); at = classes.find(parent)) {
      at->second->subclasses.push_back(&entry->definition);
      parent = folded(at->second->definition.parent);
    }
  }
}

bool Schema::has_namespace(std::string_view ns) const {
  return namespaces_.find(folded(ns)) != namespaces_.end();
}

const cim::ClassDef* Schema::find(std::string_view ns, std::string_view name) const {
  const auto found = namespaces_.find(folded(ns));
  if (found == namespaces_.end()) {
    return nullptr;
  }
  const auto entry = found->second.find(folded(name));
  return entry == found->second.end() ? nullptr : &entry->second->definition;
}

const cim::ClassDef& Schema::at(std::string_view ns, std::string_view name) const {
  const auto* found = find(ns, name);
  assert(found != nullptr);
  return *found;
}

const cim::Instance& Schema::prototype(const cim::ClassDef& definition) const {
  return *entries_.at(&definition)->prototype;
}

const std::vector<const cim::ClassDef*>& Schema::subclasses_of(const cim::ClassDef& definition) const {
  return entries_.at(&definition)->subclasses;
}

std::vector<const cim::ClassDef*> Schema::classes_in(std::string_view ns) const {
  std::vector<const cim::ClassDef*> all;
  if (const auto found = namespaces_.find(folded(ns)); found != namespaces_.end()) {
    for (const auto& [name, entry] : found->second) {
      all.push_back(&entry->definition);
    }
  }
  return all;
}

const Schema& schema_of(Release release) {
  static const auto kAll = [] {
    std::array<std::unique_ptr<Schema>, kReleases> built;
    for (std::size_t i = 0; i < kReleases; ++i) {
      built[i] = std::make_unique<Schema>(static_cast<Release>(i));
    }
    return built;
  }();
  return *kAll[static_cast<std::size_t>(release)];
}

} // namespace migstorm::lab
