// The simulated cluster behind an endpoint, with the model's own commands within a test's reach.
#pragma once

#include "tools/lab/engine/machines.hpp"
#include "tools/lab/engine/model.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace migstorm::lab::test {

class ModelEngine final : public Engine {
public:
  explicit ModelEngine(std::unique_ptr<Model> of) : model(std::move(of)) {
    for (HostIndex i = 0; i < model->hosts().size(); ++i) {
      add(make_host_machine(*model, i), model->hosts()[i].name, host_address(i), false);
    }
    for (GuestIndex i = 0; i < model->guests().size(); ++i) {
      add(make_guest_machine(*model, i), model->guests()[i].name, guest_address(i), true);
    }
  }
  std::vector<Front> fronts() override { return fronts_; }
  void advance() override { model->advance(); }
  WireFault next_wire_fault(std::string_view machine, bool is_invoke) override {
    return model->next_wire_fault(machine, is_invoke);
  }
  const std::vector<LedgerMove>& moves() const override { return model->moves(); }
  const std::vector<LedgerCrash>& crashes() const override { return model->crashes(); }
  const std::vector<LedgerChange>& changes() const override { return model->changes(); }
  const std::vector<LedgerTrouble>& troubles() const override { return model->troubles(); }
  std::map<std::string, std::string> owners() const override { return model->owners(); }
  const std::vector<std::string>& violations() const override { return model->violations(); }

  std::unique_ptr<Model> model;

private:
  void add(std::unique_ptr<cim::Machine> machine, const std::string& name, std::string address, bool guest) {
    const SimulatedConfig& config = model->config();
    fronts_.push_back(
        {name, std::move(address), config.port, config.user, config.password, guest, machine.get()});
    machines_.push_back(std::move(machine));
  }
  std::vector<std::unique_ptr<cim::Machine>> machines_;
  std::vector<Front> fronts_;
};

} // namespace migstorm::lab::test
