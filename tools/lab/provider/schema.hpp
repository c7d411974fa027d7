// Every class that the machines of one release have, by namespace, and an instance of each with its
// documented constants to copy from. Which namespaces a particular machine shows is for the machine to say.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/engine/state.hpp"

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace migstorm::lab {

inline constexpr std::string_view kVirtualizationV2 = "root/virtualization/v2";
inline constexpr std::string_view kVirtualizationV1 = "root/virtualization";
// Machines of the whole cluster, from any of its nodes.
inline constexpr std::string_view kHyperVCluster = "root/hypervcluster/v2";
inline constexpr std::string_view kMsCluster = "root/mscluster";
inline constexpr std::string_view kCimv2 = "root/cimv2";
inline constexpr std::string_view kStandardCimv2 = "root/standardcimv2";
inline constexpr std::string_view kDefault = "root/default";

class Schema {
public:
  explicit Schema(Release release);
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  bool has_namespace(std::string_view ns) const;
  // Without case; slashes of either kind. nullptr if there is none.
  const cim::ClassDef* find(std::string_view ns, std::string_view name) const;
  // A class that must exist (a programmer's error otherwise).
  const cim::ClassDef& at(std::string_view ns, std::string_view name) const;
  const cim::Instance& prototype(const cim::ClassDef& definition) const;
  // All that descend from it, at any depth.
  const std::vector<const cim::ClassDef*>& subclasses_of(const cim::ClassDef& definition) const;
  std::vector<const cim::ClassDef*> classes_in(std::string_view ns) const;

private:
  struct Entry {
    cim::ClassDef definition;
    std::unique_ptr<cim::Instance> prototype;
    std::vector<const cim::ClassDef*> subclasses;
  };
  using Classes = std::map<std::string, std::unique_ptr<Entry>>; // lower-case name

  void add_parents(std::string_view ns);
  void link_subclasses(std::string_view ns);

  std::map<std::string, Classes, std::less<>> namespaces_;
  std::unordered_map<const cim::ClassDef*, const Entry*> entries_;
};

// Parsed once per release and shared by all machines.
const Schema& schema_of(Release release);

} // namespace migstorm::lab
