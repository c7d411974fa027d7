// Machines over a model, asked as the endpoint asks them: WQL and methods by name.
#pragma once

#include "tests/support/lab_model.hpp"
#include "tools/lab/cim/cim_xml.hpp"
#include "tools/lab/cim/text.hpp"
#include "tools/lab/engine/machines.hpp"
#include "tools/lab/provider/schema.hpp"
#include "tools/lab/provider/values.hpp"
#include "tools/lab/wql/query.hpp"
#include "tools/lab/wql/run.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab::test {

// "a,b" of an array, the text of a scalar, "NULL" of what was never set, "absent" of what the class lacks.
inline std::string show(const cim::Instance& row, std::string_view property) {
  const auto* value = row.find(property);
  if (value == nullptr) {
    return "absent";
  }
  if (const auto* scalar = std::get_if<cim::Scalar>(value)) {
    return scalar->index() == 0 ? "NULL" : cim::to_text(*scalar);
  }
  std::string text;
  for (const auto& item : std::get<cim::Array>(*value)) {
    text += (text.empty() ? "" : ",") + cim::to_text(item);
  }
  return text;
}

// Backslashes as WQL wants them in a literal.
inline std::string doubled(std::string text) {
  for (std::size_t at = 0; (at = text.find('\\', at)) != std::string::npos; at += 2) {
    text.insert(at, 1, '\\');
  }
  return text;
}

struct MachineUnderTest {
  explicit MachineUnderTest(std::unique_ptr<cim::Machine> of) : machine(std::move(of)) {}

  std::vector<cim::InstancePtr> query(std::string_view ns, std::string_view wql) {
    auto statement = wql::parse(wql);
    REQUIRE(statement.has_value());
    auto rows = wql::run(*statement, *machine, ns);
    if (!rows) {
      FAIL(rows.error().detail);
    }
    return std::move(rows->instances);
  }
  cim::InstancePtr one(std::string_view ns, std::string_view wql) {
    auto rows = query(ns, wql);
    REQUIRE(rows.size() == 1);
    return rows.front();
  }
  // One property of every row, joined with "|".
  std::string column(std::string_view ns, std::string_view wql, std::string_view property) {
    std::string text;
    for (const auto& row : query(ns, wql)) {
      text += (text.empty() ? "" : "|") + show(*row, property);
    }
    return text;
  }

  cim::MethodResult invoke(const cim::ObjectPath& target, std::string_view name, const Arguments& in = {}) {
    const auto* definition = machine->find_class(target.ns, target.class_name);
    REQUIRE(definition != nullptr);
    for (const auto& method : definition->methods) {
      if (method.name == name) {
        return machine->invoke(target, method, in);
      }
    }
    FAIL(target.class_name << " has no method " << name);
    return {};
  }
  // On the only instance of a service class, or on a class with static methods.
  cim::MethodResult call(std::string_view ns, const std::string& class_name, std::string_view name,
                         const Arguments& in = {}) {
    return invoke({machine->computer_name(), std::string(ns), class_name, {}}, name, in);
  }

  std::unique_ptr<cim::Machine> machine;
};

inline std::string out_text(const cim::MethodResult& result, std::string_view name) {
  const auto* value = argument(result.out, name);
  const auto* scalar = value != nullptr ? std::get_if<cim::Scalar>(value) : nullptr;
  return scalar != nullptr ? cim::to_text(*scalar) : "";
}
inline const cim::Array& out_array(const cim::MethodResult& result, std::string_view name) {
  const auto* array = array_argument(result.out, name);
  REQUIRE(array != nullptr);
  return *array;
}

struct Hosts : Lab {
  using Lab::Lab;
  MachineUnderTest host(HostIndex index) { return MachineUnderTest(make_host_machine(*model, index)); }
  MachineUnderTest guest_machine(std::string_view name) {
    return MachineUnderTest(make_guest_machine(*model, guest(name)));
  }
  const std::string& id(std::string_view name) const { return model->guests()[guest(name)].id; }
  cim::ObjectPath system(std::string_view name) const {
    return {"",
            std::string(kVirtualizationV2),
            "Msvm_ComputerSystem",
            {{"CreationClassName", "Msvm_ComputerSystem"}, {"Name", id(name)}}};
  }
  cim::ObjectPath settings(std::string_view name) const {
    return {"",
            std::string(kVirtualizationV2),
            "Msvm_VirtualSystemSettingData",
            {{"InstanceID", "Microsoft:" + id(name)}}};
  }
};

inline constexpr HostIndex kNode1 = 0; // of kMixedLab
inline constexpr HostIndex kHv1 = 4;
inline constexpr HostIndex kHv2 = 5;

} // namespace migstorm::lab::test
