// Executes WQL statements against a simulated machine.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/wql/query.hpp"

#include <string_view>
#include <vector>

namespace migstorm::lab::wql {

struct Rows {
  std::vector<cim::InstancePtr> instances;
  const cim::ClassDef* queried = nullptr; // the class in FROM; nullptr for ASSOCIATORS and REFERENCES
};

// `deep`: subclasses' instances too. Errc::not_found: no such namespace or class; Errc::malformed: the
// statement does not fit the class.
Result<Rows> run(const Statement& statement, cim::Machine& machine, std::string_view ns, bool deep = true);

// The class and, with `deep`, everything below it.
std::vector<const cim::ClassDef*> family_of(const cim::ClassDef& definition, cim::Machine& machine,
                                            bool deep);

// Whether `definition` is the class named, or below it.
bool is_a(const cim::ClassDef& definition, std::string_view name, cim::Machine& machine);

} // namespace migstorm::lab::wql
