// The ways in which a cluster is asked to move a virtual machine. Only a live one is carried out; the model
// records every other as a violation, because on a real cluster it would have taken the guest offline.
#include "tools/lab/cim/cim_xml.hpp"
#include "tools/lab/provider/cluster_names.hpp"
#include "tools/lab/provider/property_list.hpp"
#include "tools/lab/provider/providers.hpp"

#include <fmt/format.h>

namespace migstorm::lab {

namespace {

constexpr std::size_t kParametersMax = 4096; // bytes
constexpr std::uint32_t kOfflineSave = 1;    // OfflineAction of a new resource: quick migration
constexpr std::uint32_t kErrorInvalidParameter = 0x80070057;
constexpr std::uint32_t kErrorInvalidFunction = 0x80070001;
constexpr std::uint32_t kErrorGroupNotFound = 0x80071395;
constexpr std::uint64_t kGetResourceType = 0x0100002d;          // CLUSCTL_RESOURCE_GET_RESOURCE_TYPE
constexpr std::uint64_t kStartMigration = 0x01600004;           // CLUSCTL_RESOURCE_VM_START_MIGRATION
constexpr std::uint64_t kUpdateConfiguration = kStartMigration; // CLUSCTL_RESOURCE_VM_CONFIG_UPDATE
constexpr std::uint64_t kCancelMigration = 0x01600008;          // CLUSCTL_RESOURCE_VM_CANCEL_MIGRATION

cim::MethodResult to_result(const GroupReply& reply) {
  return reply.hresult == 0 ? returned(0) : faulted(reply.hresult, reply.why);
}

std::optional<GuestIndex> group_in(const HostContext& context, const cim::ObjectPath& target) {
  const auto* name = target.find("Name");
  return name != nullptr ? context.model().find_group(*name) : std::nullopt;
}

// What the list says for the virtual machine; a list that does not name it means its OfflineAction.
std::uint32_t migration_type_in(const std::vector<DwordProperty>& properties) {
  for (const auto& property : properties) {
    if (cim::iequals(property.name, kTypeVirtualMachine)) {
      return property.value;
    }
  }
  return kOfflineSave;
}

cim::MethodResult move(const HostContext& context, const cim::ObjectPath& target, const Arguments& in,
                       std::uint32_t type) {
  const auto guest = group_in(context, target);
  const auto* node = text_argument(in, "NodeName");
  if (!guest) {
    return faulted(kErrorGroupNotFound, "the group holds no virtual machine");
  }
  if (node == nullptr) {
    return faulted(kErrorInvalidParameter, "NodeName is missing");
  }
  const auto flags = number_argument(in, "Flags").value_or(0);
  return to_result(context.model().move_group(*guest, *node, static_cast<std::uint32_t>(flags), type));
}

cim::MethodResult move_with_list(const HostContext& context, const cim::ObjectPath& target,
                                 const Arguments& in) {
  const auto bytes = bytes_argument(in, "Parameters");
  if (!bytes || bytes->empty()) {
    return move(context, target, in, kOfflineSave);
  }
  if (bytes->size() > kParametersMax) {
    return faulted(kErrorInvalidParameter,
                   fmt::format("Parameters: {} bytes, limit {}", bytes->size(), kParametersMax));
  }
  const auto properties = read_property_list(*bytes);
  if (!properties) {
    return faulted(kErrorInvalidParameter, properties.error().detail);
  }
  return move(context, target, in, migration_type_in(*properties));
}

// Parameters is one MSCluster_Property here.
cim::MethodResult move_with_property(const HostContext& context, const cim::ObjectPath& target,
                                     const Arguments& in) {
  std::vector<DwordProperty> properties;
  const auto* value = argument(in, "Parameters");
  const auto* scalar = value != nullptr ? std::get_if<cim::Scalar>(value) : nullptr;
  const auto* sent = scalar != nullptr ? std::get_if<cim::InstancePtr>(scalar) : nullptr;
  if (sent != nullptr && *sent != nullptr) {
    const auto* name = (*sent)->find("Name");
    const auto* type = (*sent)->find("Value");
    if (name != nullptr && type != nullptr && std::holds_alternative<cim::Scalar>(*name) &&
        std::holds_alternative<cim::Scalar>(*type)) {
      properties.push_back({cim::to_text(std::get<cim::Scalar>(*name)),
                            static_cast<std::uint32_t>(as_number(std::get<cim::Scalar>(*type)).value_or(0))});
    }
  }
  return move(context, target, in, migration_type_in(properties));
}

// UTF-16LE with its NUL, as a control code gives text back.
cim::MethodResult told(std::string_view answer) {
  std::vector<std::uint8_t> out;
  for (const char c : answer) {
    out.push_back(static_cast<std::uint8_t>(c));
    out.push_back(0);
  }
  out.insert(out.end(), 2, 0);
  auto result = returned(0);
  result.out.emplace_back("OutputBufferSize", signed_number(static_cast<std::int64_t>(out.size())));
  result.out.emplace_back("OutputBuffer", bytes(out));
  return result;
}

// On 2008 R2 the control codes are the only way to a live move. Later releases refuse them. The same number
// means another thing to the configuration resource: read the machine's configuration anew.
cim::MethodResult move_control(const HostContext& context, const ClusterResource& resource,
                               std::uint64_t code, const std::vector<std::uint8_t>& input) {
  const bool old = context.host().release == Release::w2008r2sp1;
  if (old && resource.type == kTypeConfiguration && code == kUpdateConfiguration) {
    return to_result(context.model().refresh_role(resource.guest));
  }
  const bool machine = old && resource.type == kTypeVirtualMachine;
  if (!machine || (code != kStartMigration && code != kCancelMigration)) {
    return faulted(kErrorInvalidFunction, fmt::format("control code {} is not supported", code));
  }
  if (context.guest(resource.guest).host != context.index()) {
    constexpr std::uint32_t kNotOwner = 0x80071398; // 5016
    return faulted(kNotOwner, "this node does not own the resource");
  }
  if (code == kCancelMigration) {
    return to_result(context.model().cancel_group_move(resource.guest));
  }
  return to_result(
      context.model().move_group(resource.guest, read_utf16(input), kMoveQueueEnabled, kMigrationTypeLive));
}

cim::MethodResult resource_control(const HostContext& context, const cim::ObjectPath& target,
                                   const Arguments& in) {
  const auto* name = target.find("Name");
  const auto resource = name != nullptr ? find_resource(context.model(), *name) : std::nullopt;
  const auto code = number_argument(in, "ControlCode");
  const auto input = bytes_argument(in, "InputBuffer").value_or(std::vector<std::uint8_t>());
  if (!context.model().cluster().resource_control) {
    return faulted(kWbemNotSupported, "ExecuteResourceControl is not supported");
  }
  if (!resource || !code || input.size() > kParametersMax) {
    return faulted(kErrorInvalidParameter, "ControlCode is missing, or InputBuffer is too long");
  }
  if (*code == kGetResourceType) {
    return told(resource->type);
  }
  return move_control(context, resource.value_or(ClusterResource()), *code, input);
}

cim::MethodResult refresh(const HostContext& context, const cim::ObjectPath& target) {
  const auto* name = target.find("Name");
  const auto resource = name != nullptr ? find_resource(context.model(), *name) : std::nullopt;
  return resource ? to_result(context.model().refresh_role(resource->guest))
                  : faulted(kErrorInvalidParameter, "the resource is no virtual machine");
}

} // namespace

void add_cluster_moves(Dispatch& dispatch, const HostContext& context) {
  const auto& group = context.schema().at(kMsCluster, "MSCluster_ResourceGroup");
  dispatch.add_method(group, "MoveToNewNode", [context](const cim::ObjectPath& target, const Arguments& in) {
    return move(context, target, in, kOfflineSave);
  });
  if (context.host().release >= Release::w2012) {
    dispatch.add_method(group, "MoveToNewNodeParams",
                        [context](const cim::ObjectPath& target, const Arguments& in) {
                          return move_with_list(context, target, in);
                        });
    dispatch.add_method(
        context.schema().at(kMsCluster, "MSCluster_Resource"), "UpdateVirtualMachine",
        [context](const cim::ObjectPath& target, const Arguments&) { return refresh(context, target); });
    dispatch.add_method(group, "MoveToNewNodeEx",
                        [context](const cim::ObjectPath& target, const Arguments& in) {
                          return move_with_property(context, target, in);
                        });
  }
  dispatch.add_method(context.schema().at(kMsCluster, "MSCluster_Resource"), "ExecuteResourceControl",
                      [context](const cim::ObjectPath& target, const Arguments& in) {
                        return resource_control(context, target, in);
                      });
}

} // namespace migstorm::lab
