// Who answers for which class of a machine: sources of instances, methods, and what may be changed with Put.
// Providers register here; ProviderMachine looks up.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/provider/values.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace migstorm::lab {

class Dispatch {
public:
  using Sink = std::function<void(cim::InstancePtr)>;
  using Source = std::function<void(const cim::Hint&, const Sink&)>;
  using Method = std::function<cim::MethodResult(const cim::ObjectPath& target, const Arguments& in)>;
  using Change =
      std::function<std::optional<cim::MethodFault>(const cim::ObjectPath& target, const Arguments& changes)>;
  using Associator = std::function<void(const cim::ObjectPath&, std::vector<cim::Machine::Association>&)>;

  void add_source(const cim::ClassDef& definition, Source source);
  // A method that the class does not declare is a programmer's error.
  void add_method(const cim::ClassDef& definition, std::string_view name, Method method);
  void add_change(const cim::ClassDef& definition, Change change);
  void add_associator(Associator associator);

  const Source* source(const cim::ClassDef& definition) const;
  const Method* method(const cim::ClassDef& definition, std::string_view name) const;
  const Change* change(const cim::ClassDef& definition) const;
  const std::vector<Associator>& associators() const { return associators_; }

private:
  struct Entry {
    Source source;
    Change change;
    std::map<std::string, Method, std::less<>> methods;
  };
  std::unordered_map<const cim::ClassDef*, Entry> entries_;
  std::vector<Associator> associators_;
};

} // namespace migstorm::lab
