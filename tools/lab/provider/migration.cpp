// Methods of Msvm_VirtualSystemMigrationService. What is asked is checked as a host checks it; whether the
// move happens is the model's business.
#include "tools/lab/provider/migration_settings.hpp"
#include "tools/lab/provider/providers.hpp"

#include <algorithm>

namespace migstorm::lab {

namespace {

constexpr std::string_view kService = "Msvm_VirtualSystemMigrationService";
// Opens the compatibility information that hosts exchange; the rest names the release.
constexpr std::string_view kCompatibilityMagic = "HVCI";

struct Request {
  std::uint32_t refusal = 0;
  GuestIndex guest = 0;
  std::string destination;
  std::uint16_t migration_type = kMoveVirtualSystem;
};

bool has_value(const Arguments& in, std::string_view name) {
  const auto* value = argument(in, name);
  const auto* scalar = value != nullptr ? std::get_if<cim::Scalar>(value) : nullptr;
  return value != nullptr && (scalar == nullptr || scalar->index() != 0);
}

// The checks that real moves and questions about them share. Only a question may leave the settings out.
Request read_request(const VirtContext& context, const Arguments& in, bool settings_needed) {
  Request request;
  const auto* system = path_argument(in, "ComputerSystem");
  const auto guest = system != nullptr ? context.guest_of(*system) : std::nullopt;
  const auto* destination = text_argument(in, "DestinationHost");
  const auto* settings = text_argument(in, "MigrationSettingData");
  const bool moves_storage = has_value(in, "NewSystemSettingData") || has_value(in, "NewResourceSettingData");
  if (!guest || destination == nullptr || destination->empty() || moves_storage ||
      (settings == nullptr && settings_needed)) {
    request.refusal = kReturnInvalidParameter;
    return request;
  }
  request.guest = *guest;
  request.destination = *destination;
  if (settings != nullptr) {
    const auto checked = check_migration_settings(context, *settings);
    request.refusal = checked.refusal;
    request.migration_type = checked.migration_type;
  }
  return request;
}

cim::MethodResult migrate(const VirtContext& context, const Arguments& in) {
  auto request = read_request(context, in, true);
  if (request.refusal != kReturnOk) {
    return returned(request.refusal);
  }
  MigrateRequest asked;
  asked.guest = request.guest;
  asked.destination = std::move(request.destination);
  asked.migration_type = request.migration_type;
  const auto reply = context.model().migrate(asked);
  auto result = returned(reply.return_value);
  if (!reply.job.empty()) {
    result.out.emplace_back("Job", reference(context.path("Msvm_MigrationJob", {{"InstanceID", reply.job}})));
  }
  return result;
}

// What can be known beforehand: a move needs a running guest, a host that listens, and nothing about the
// guest that the destination lacks.
bool migratable(const VirtContext& context, const Request& request) {
  const auto destination = context.model().find_host(request.destination);
  if (!destination || *destination == context.index()) {
    return false;
  }
  const auto& guest = context.guest(request.guest);
  const auto& host = context.model().hosts()[*destination];
  return context.model().fits(request.guest, *destination, request.migration_type) && host.up &&
         host.migration_enabled && context.host().migration_enabled && guest.power == Power::running &&
         !guest.clustered && context.model().move_of(request.guest) == nullptr;
}

cim::MethodResult check(const VirtContext& context, const Arguments& in) {
  constexpr std::uint32_t kCimInvalidParameter = 5; // synchronous methods count as CIM does
  const auto request = read_request(context, in, false);
  auto result = returned(request.refusal == kReturnOk ? kReturnOk : kCimInvalidParameter);
  if (request.refusal == kReturnOk) {
    result.out.emplace_back("IsMigratable", flag(migratable(context, request)));
  }
  return result;
}

// The model has jobs for moves only, so the answer comes at once: 0 where a real host would start a job.
cim::MethodResult check_as_job(const VirtContext& context, const Arguments& in) {
  const auto request = read_request(context, in, false);
  if (request.refusal != kReturnOk) {
    return returned(request.refusal);
  }
  return returned(migratable(context, request) ? kReturnOk : kReturnInvalidState);
}

std::vector<std::uint8_t> compatibility_of(const HostContext& context) {
  std::vector<std::uint8_t> out(kCompatibilityMagic.begin(), kCompatibilityMagic.end());
  const auto& facts = facts_of(context.host().release);
  out.push_back(static_cast<std::uint8_t>(facts.major));
  out.push_back(static_cast<std::uint8_t>(facts.minor));
  return out;
}

cim::MethodResult get_compatibility(const VirtContext& context, const Arguments& in) {
  const auto* system = path_argument(in, "ComputerSystem");
  if (system == nullptr || !context.guest_of(*system)) {
    return returned(kReturnInvalidParameter);
  }
  auto result = returned(kReturnOk);
  result.out.emplace_back("CompatibilityInfo", bytes(compatibility_of(context)));
  return result;
}

// Machines move to the same release or a later one.
cim::MethodResult check_compatibility(const VirtContext& context, const Arguments& in) {
  const auto theirs = bytes_argument(in, "CompatibilityInfo");
  const auto ours = compatibility_of(context);
  if (!theirs || theirs->size() != ours.size() ||
      !std::equal(kCompatibilityMagic.begin(), kCompatibilityMagic.end(), theirs->begin())) {
    return returned(kReturnInvalidParameter);
  }
  auto result = returned(*theirs <= ours ? kReturnOk : kReturnNotCompatible);
  result.out.emplace_back("Reasons", cim::Array());
  return result;
}

} // namespace

void add_migration(Dispatch& dispatch, const VirtContext& context) {
  using Answer = cim::MethodResult (*)(const VirtContext&, const Arguments&);
  const auto add = [&](std::string_view name, Answer answer) {
    dispatch.add_method(
        context.at(kService), name,
        [context, answer](const cim::ObjectPath&, const Arguments& in) { return answer(context, in); });
  };
  add("MigrateVirtualSystemToHost", migrate);
  add("CheckVirtualSystemIsMigratable", check_as_job);
  add("CheckVirtualSystemIsMigratableToHost", check);
  add("GetSystemCompatibilityInfo", get_compatibility);
  add("CheckSystemCompatibilityInfo", check_compatibility);
}

} // namespace migstorm::lab
