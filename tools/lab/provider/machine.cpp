#include "tools/lab/provider/machine.hpp"

#include "tools/lab/cim/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::lab {

namespace {

cim::Machine::Limits limits_of(Release release) {
  cim::Machine::Limits limits;
  const auto& facts = facts_of(release);
  limits.service_pack = fmt::format("{}.0", facts.service_pack);
  if (release == Release::w2008r2sp1) { // WinRM 2.0
    limits.stack = "2.0";
    limits.max_envelope_size = 153600;
    limits.max_connections = 25;
    limits.max_concurrent_operations = 15;
    limits.max_subscriptions = 1;
  }
  return limits;
}

bool same_namespace(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const std::string_view left(&x, 1);
    const std::string_view right(&y, 1);
    return cim::iequals(left == "\\" ? "/" : left, right == "\\" ? "/" : right);
  });
}

// The unsupported answer of the family that a class belongs to.
cim::MethodResult not_supported(const cim::ClassDef& definition, const cim::MethodDef& method) {
  if (definition.ns == kMsCluster) {
    return faulted(kWbemNotSupported, method.name + " is not supported");
  }
  return returned(definition.name.starts_with("Msvm_") ? kReturnUnsupported : kReturnCimUnsupported);
}

} // namespace

ProviderMachine::ProviderMachine(MachineParts parts)
    : parts_(std::move(parts)), schema_(schema_of(parts_.release)), limits_(limits_of(parts_.release)) {}

std::string ProviderMachine::os_version() const { return std::string(facts_of(parts_.release).os_version); }

bool ProviderMachine::has_namespace(std::string_view ns) const {
  return std::any_of(parts_.namespaces.begin(), parts_.namespaces.end(),
                     [&](std::string_view shown) { return same_namespace(shown, ns); });
}

const cim::ClassDef* ProviderMachine::find_class(std::string_view ns, std::string_view name) const {
  return has_namespace(ns) ? schema_.find(ns, name) : nullptr;
}

void ProviderMachine::enumerate(const cim::ClassDef& definition, const cim::Hint& hint,
                                const Dispatch::Sink& sink) {
  if (const auto* source = parts_.dispatch.source(definition)) {
    (*source)(hint, sink);
  }
}

std::vector<const cim::ClassDef*> ProviderMachine::subclasses_of(const cim::ClassDef& definition) const {
  return schema_.subclasses_of(definition);
}

std::vector<cim::Machine::Association> ProviderMachine::associations_of(const cim::ObjectPath& path) {
  std::vector<Association> all;
  for (const auto& associator : parts_.dispatch.associators()) {
    associator(path, all);
  }
  return all;
}

bool ProviderMachine::exists(const cim::ClassDef& definition, const cim::ObjectPath& target) {
  bool found = false;
  const cim::Hint hint{target.keys, {}};
  const auto look = [&](const cim::InstancePtr& instance) {
    const auto path = cim::path_of(*instance, {});
    found = found || std::all_of(target.keys.begin(), target.keys.end(), [&](const cim::Key& key) {
              const auto* value = path.find(key.name);
              return value != nullptr && cim::iequals(*value, key.value);
            });
  };
  enumerate(definition, hint, look);
  for (const auto* subclass : schema_.subclasses_of(definition)) {
    enumerate(*subclass, hint, look);
  }
  return found;
}

cim::MethodResult ProviderMachine::invoke(const cim::ObjectPath& target, const cim::MethodDef& method,
                                          const Arguments& in) {
  const auto* definition = find_class(target.ns, target.class_name);
  if (definition == nullptr || (!method.is_static && !exists(*definition, target))) {
    return faulted(kWbemNotFound, fmt::format("{}: not found", target.class_name));
  }
  const auto* handler = parts_.dispatch.method(*definition, method.name);
  auto result = handler != nullptr ? (*handler)(target, in) : not_supported(*definition, method);
  result.is_void = definition->ns == kMsCluster;
  return result;
}

const std::deque<EventRecord>* ProviderMachine::log(std::string_view channel) const {
  const auto found = std::find_if(parts_.logs.begin(), parts_.logs.end(),
                                  [&](const OsLog& log) { return cim::iequals(log.logfile, channel); });
  return found == parts_.logs.end() ? nullptr : &found->records();
}

std::vector<std::string> ProviderMachine::event_channels() const {
  std::vector<std::string> names;
  for (const OsLog& log : parts_.logs) {
    names.push_back(log.logfile);
  }
  return names;
}

std::pair<std::uint64_t, std::uint64_t> ProviderMachine::event_range(std::string_view channel) const {
  const auto* const records = log(channel);
  if (records == nullptr || records->empty()) {
    return {0, 0};
  }
  return {records->front().record, records->back().record};
}

void ProviderMachine::read_events(std::string_view channel, std::uint64_t after,
                                  const std::function<bool(const cim::LoggedEvent&)>& sink) const {
  const auto* const records = log(channel);
  if (records == nullptr) {
    return;
  }
  const auto first = std::upper_bound(
      records->begin(), records->end(), after,
      [](std::uint64_t number, const EventRecord& record) { return number < record.record; });
  for (auto record = first; record != records->end(); ++record) {
    const EventKind& kind = *record->kind;
    const cim::LoggedEvent event{record->record,
                                 parts_.own_civil(record->at),
                                 kind.id,
                                 kind.level,
                                 kind.version,
                                 kind.provider,
                                 kind.provider_guid,
                                 kind.source,
                                 kind.user_data,
                                 kind.fields,
                                 record->strings,
                                 record->message()};
    if (!sink(event)) {
      return;
    }
  }
}

std::optional<cim::MethodFault> ProviderMachine::put(const cim::ObjectPath& target,
                                                     const Arguments& changes) {
  const auto* definition = find_class(target.ns, target.class_name);
  if (definition == nullptr || !exists(*definition, target)) {
    return cim::MethodFault{kWbemNotFound, fmt::format("{}: not found", target.class_name)};
  }
  for (const auto& [name, value] : changes) {
    if (definition->index_of(name) == cim::ClassDef::npos) {
      return cim::MethodFault{kWbemInvalidParameter,
                              fmt::format("{} has no such property", definition->name)};
    }
  }
  const auto* change = parts_.dispatch.change(*definition);
  if (change == nullptr) {
    return cim::MethodFault{kWbemReadOnly, fmt::format("{} cannot be changed", definition->name)};
  }
  return (*change)(target, changes);
}

} // namespace migstorm::lab
