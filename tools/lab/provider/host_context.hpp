// What the providers of one host share. Small, copied into their handlers; the model and the schema outlive
// them.
#pragma once

#include "tools/lab/cim/text.hpp"
#include "tools/lab/engine/model.hpp"
#include "tools/lab/provider/dispatch.hpp"
#include "tools/lab/provider/schema.hpp"
#include "tools/lab/provider/values.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace migstorm::lab {

class HostContext {
public:
  HostContext(Model& model, HostIndex index)
      : model_(&model), schema_(&schema_of(model.hosts()[index].release)), index_(index) {}

  Model& model() const { return *model_; }
  const Schema& schema() const { return *schema_; }
  HostIndex index() const { return index_; }
  const Host& host() const { return model_->hosts()[index_]; }
  const Guest& guest(GuestIndex guest) const { return model_->guests()[guest]; }

  // The guest of that GUID, if its row is on this host.
  std::optional<GuestIndex> guest_here(std::string_view id) const;
  // Calls `each` for the guest that `id` names, or for all of this host where it is null.
  template <class Each>
  void each_guest(const std::string* id, const Each& each) const {
    if (id == nullptr) {
      for (const auto guest : model_->guests_on(index_)) {
        each(guest);
      }
    } else if (const auto guest = guest_here(*id)) {
      each(*guest);
    }
  }

private:
  Model* model_;
  const Schema* schema_;
  HostIndex index_;
};

// The same for providers that exist in both virtualization namespaces.
class VirtContext : public HostContext {
public:
  VirtContext(const HostContext& host, std::string_view ns) : HostContext(host), ns_(ns) {}

  std::string_view ns() const { return ns_; }
  bool v1() const { return ns_ == kVirtualizationV1; }
  const cim::ClassDef* find(std::string_view name) const { return schema().find(ns_, name); }
  const cim::ClassDef& at(std::string_view name) const { return schema().at(ns_, name); }
  cim::Instance make(std::string_view name) const { return schema().prototype(at(name)); }

  // As a host's, but for the namespace of the cluster: that shows its machines wherever they are.
  template <class Each>
  void each_guest(const std::string* id, const Each& each) const {
    if (ns_ != kHyperVCluster) {
      return HostContext::each_guest(id, each);
    }
    const auto only = id != nullptr ? model().find_guest(*id) : std::nullopt;
    for (GuestIndex index = 0; index < model().guests().size(); ++index) {
      if (guest(index).clustered && (id == nullptr || only == index)) {
        each(index);
      }
    }
  }

  cim::ObjectPath system_path(GuestIndex index) const;   // Msvm_ComputerSystem
  cim::ObjectPath settings_path(GuestIndex index) const; // Msvm_VirtualSystemSettingData
  cim::ObjectPath path(std::string_view class_name, std::vector<cim::Key> keys) const;
  // The guest that a reference to its computer system or its settings names, if it is here.
  std::optional<GuestIndex> guest_of(const cim::ObjectPath& path) const;

private:
  std::string_view ns_;
};

} // namespace migstorm::lab
