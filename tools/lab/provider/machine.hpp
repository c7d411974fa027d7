// A machine of the simulated cluster as WMI shows it: a schema, the namespaces it has, and who answers.
// Hosts and guests differ only in what their providers registered.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/provider/dispatch.hpp"
#include "tools/lab/provider/os_facts.hpp"
#include "tools/lab/provider/schema.hpp"

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab {

struct MachineParts {
  std::string name;
  Release release = Release::w2012r2;
  std::vector<std::string_view> namespaces;
  Dispatch dispatch;
  std::vector<OsLog> logs;                     // that subscriptions read
  std::function<OsFacts()> facts;              // asked anew each time
  std::function<CivilTime(Instant)> own_civil; // by the machine's own clock
  std::function<Instant()> now;
};

class ProviderMachine final : public cim::Machine {
public:
  explicit ProviderMachine(MachineParts parts);

  std::string computer_name() const override { return parts_.name; }
  std::string os_version() const override;
  int utc_offset_minutes() const override { return 0; }
  bool has_namespace(std::string_view ns) const override;
  const cim::ClassDef* find_class(std::string_view ns, std::string_view name) const override;
  void enumerate(const cim::ClassDef& definition, const cim::Hint& hint, const Dispatch::Sink& sink) override;
  std::vector<const cim::ClassDef*> subclasses_of(const cim::ClassDef& definition) const override;
  std::vector<Association> associations_of(const cim::ObjectPath& path) override;
  cim::MethodResult invoke(const cim::ObjectPath& target, const cim::MethodDef& method,
                           const Arguments& in) override;
  std::optional<cim::MethodFault> put(const cim::ObjectPath& target, const Arguments& changes) override;
  std::vector<std::string> event_channels() const override;
  std::pair<std::uint64_t, std::uint64_t> event_range(std::string_view channel) const override;
  void read_events(std::string_view channel, std::uint64_t after,
                   const std::function<bool(const cim::LoggedEvent&)>& sink) const override;
  std::uint32_t boots() const override { return parts_.facts().boots; }
  CivilTime own_time() const override { return parts_.own_civil(parts_.now()); }
  const Limits& limits() const override { return limits_; }

private:
  bool exists(const cim::ClassDef& definition, const cim::ObjectPath& target);
  const std::deque<EventRecord>* log(std::string_view channel) const;

  MachineParts parts_;
  const Schema& schema_;
  Limits limits_;
};

} // namespace migstorm::lab
