#include "tools/lab/engine/machines.hpp"
#include "tools/lab/engine/model.hpp"
#include "tools/lab/lab.hpp"

#include <utility>

namespace migstorm::lab {
namespace {

class SimulatedEngine final : public Engine {
public:
  explicit SimulatedEngine(std::unique_ptr<Model> model) : model_(std::move(model)) {
    const SimulatedConfig& config = model_->config();
    for (HostIndex host = 0; host < model_->hosts().size(); ++host) {
      add(make_host_machine(*model_, host), model_->hosts()[host].name, host_address(host), false);
    }
    for (GuestIndex guest = 0; guest < model_->guests().size(); ++guest) {
      if (config.guests[guest].winrm) {
        add(make_guest_machine(*model_, guest), model_->guests()[guest].name, guest_address(guest), true);
      }
    }
  }

  std::vector<Front> fronts() override { return fronts_; }
  void advance() override { model_->advance(); }
  WireFault next_wire_fault(std::string_view machine, bool is_invoke) override {
    return model_->next_wire_fault(machine, is_invoke);
  }
  const std::vector<LedgerMove>& moves() const override { return model_->moves(); }
  const std::vector<LedgerCrash>& crashes() const override { return model_->crashes(); }
  const std::vector<LedgerChange>& changes() const override { return model_->changes(); }
  const std::vector<LedgerTrouble>& troubles() const override { return model_->troubles(); }
  std::map<std::string, std::string> owners() const override { return model_->owners(); }
  const std::vector<std::string>& violations() const override { return model_->violations(); }

private:
  void add(std::unique_ptr<cim::Machine> machine, const std::string& name, std::string address, bool guest) {
    const SimulatedConfig& config = model_->config();
    fronts_.push_back(
        {name, std::move(address), config.port, config.user, config.password, guest, machine.get()});
    machines_.push_back(std::move(machine));
  }

  std::unique_ptr<Model> model_;
  std::vector<std::unique_ptr<cim::Machine>> machines_; // ask the model: go before it
  std::vector<Front> fronts_;
};

} // namespace

Result<std::unique_ptr<Engine>> make_engine(const SimulatedConfig& config, LabClock& clock,
                                            std::uint64_t seed, std::string ledger_path) {
  auto model = Model::make(config, clock, seed, std::move(ledger_path));
  if (!model) {
    return std::move(model).error();
  }
  return std::unique_ptr<Engine>(std::make_unique<SimulatedEngine>(*std::move(model)));
}

} // namespace migstorm::lab
