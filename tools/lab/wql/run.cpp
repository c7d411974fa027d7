#include "tools/lab/wql/run.hpp"

#include "tools/lab/cim/text.hpp"
#include "tools/lab/wql/filter.hpp"

#include <algorithm>
#include <optional>

namespace migstorm::lab::wql {

namespace {

using cim::ClassDef;
using cim::iequals;

constexpr int kAncestorsMax = 32;

Result<const ClassDef*> find_class(cim::Machine& machine, std::string_view ns, std::string_view name) {
  if (!machine.has_namespace(ns)) {
    return Error{Errc::not_found, "WQL: there is no namespace " + std::string(ns)};
  }
  const auto* definition = machine.find_class(ns, name);
  if (definition == nullptr) {
    return Error{Errc::not_found, "WQL: there is no class " + std::string(name) + " in " + std::string(ns)};
  }
  return definition;
}

Status check_properties(const Select& select, const ClassDef& definition) {
  for (const auto& name : select.properties) {
    if (!name.starts_with("__") && definition.index_of(name) == ClassDef::npos) {
      return Error{Errc::malformed, "WQL: " + definition.name + " has no property " + name};
    }
  }
  return Unit{};
}

Result<Rows> run_select(const Select& select, cim::Machine& machine, std::string_view ns, bool deep) {
  auto queried = find_class(machine, ns, select.class_name);
  if (!queried) {
    return std::move(queried).error();
  }
  if (auto known = check_properties(select, **queried); !known) {
    return std::move(known).error();
  }
  Rows rows;
  rows.queried = *queried;
  const auto hint = select.where ? hint_of(*select.where) : cim::Hint{};
  const auto host = machine.computer_name();
  for (const auto* definition : family_of(**queried, machine, deep)) {
    std::optional<Filter> filter;
    if (select.where) {
      auto bound = Filter::bind(*select.where, *definition, host, definition != *queried);
      if (!bound) {
        return std::move(bound).error();
      }
      filter = *std::move(bound);
    }
    machine.enumerate(*definition, hint, [&](cim::InstancePtr instance) {
      if (instance && (!filter || filter->matches(*instance))) {
        rows.instances.push_back(std::move(instance));
      }
    });
  }
  return rows;
}

cim::InstancePtr find_instance(cim::Machine& machine, const cim::ObjectPath& path) {
  const auto* definition = machine.find_class(path.ns, path.class_name);
  if (definition == nullptr) {
    return nullptr;
  }
  cim::InstancePtr found;
  const cim::Hint hint{path.keys, {}};
  machine.enumerate(*definition, hint, [&](cim::InstancePtr instance) {
    if (!found && instance && same_object(path_of(*instance, path.host), path)) {
      found = std::move(instance);
    }
  });
  return found;
}

// The association itself: its two references.
cim::InstancePtr reference_instance(const cim::Machine::Association& link, const cim::ObjectPath& path) {
  auto instance = std::make_shared<cim::Instance>(*link.association);
  instance->set(link.role, cim::Scalar(path));
  instance->set(link.result_role, cim::Scalar(link.other));
  return instance;
}

bool role_fits(std::string_view wanted, std::string_view role) {
  return wanted.empty() || iequals(wanted, role);
}

bool class_fits(std::string_view wanted, const ClassDef& definition, cim::Machine& machine) {
  return wanted.empty() || is_a(definition, wanted, machine);
}

Result<Rows> run_related(const Related& related, cim::Machine& machine, std::string_view ns) {
  auto path = related.path;
  path.ns = path.ns.empty() ? std::string(ns) : path.ns;
  path.host = machine.computer_name();
  if (auto known = find_class(machine, path.ns, path.class_name); !known) {
    return std::move(known).error();
  }
  for (const auto* name : {&related.assoc_class, &related.result_class}) {
    if (auto known = name->empty() ? Result<const ClassDef*>(nullptr) : find_class(machine, ns, *name);
        !known) {
      return std::move(known).error();
    }
  }
  const auto& association_class = related.references ? related.result_class : related.assoc_class;
  Rows rows;
  for (const auto& link : machine.associations_of(path)) {
    if (!role_fits(related.role, link.role) || !role_fits(related.result_role, link.result_role) ||
        !class_fits(association_class, *link.association, machine)) {
      continue;
    }
    auto instance = related.references ? reference_instance(link, path) : find_instance(machine, link.other);
    if (instance &&
        (related.references || class_fits(related.result_class, instance->definition(), machine))) {
      rows.instances.push_back(std::move(instance));
    }
  }
  return rows;
}

} // namespace

std::vector<const ClassDef*> family_of(const ClassDef& definition, cim::Machine& machine, bool deep) {
  std::vector<const ClassDef*> family{&definition};
  for (std::size_t i = 0; deep && i < family.size(); ++i) {
    for (const auto* below : machine.subclasses_of(*family[i])) {
      if (std::find(family.begin(), family.end(), below) == family.end()) {
        family.push_back(below);
      }
    }
  }
  return family;
}

bool is_a(const ClassDef& definition, std::string_view name, cim::Machine& machine) {
  const auto* current = &definition;
  for (int i = 0; current != nullptr && i < kAncestorsMax; ++i) {
    if (iequals(current->name, name) || iequals(current->parent, name)) {
      return true;
    }
    current = current->parent.empty() ? nullptr : machine.find_class(current->ns, current->parent);
  }
  return false;
}

Result<Rows> run(const Statement& statement, cim::Machine& machine, std::string_view ns, bool deep) {
  return statement.is_select ? run_select(statement.select, machine, ns, deep)
                             : run_related(statement.related, machine, ns);
}

} // namespace migstorm::lab::wql
