// GetSummaryInformation and GetVirtualSystemThumbnailImage: a whole host in one call. The harness polls this.
#include "tools/lab/provider/computer_system.hpp"
#include "tools/lab/provider/jobs.hpp"
#include "tools/lab/provider/providers.hpp"
#include "tools/lab/provider/system_settings.hpp"
#include "tools/lab/provider/thumbnail.hpp"

#include <algorithm>
#include <array>

namespace migstorm::lab {

namespace {

constexpr std::size_t kCodesMax = 256;
constexpr std::size_t kSettingsMax = 4096;
constexpr std::uint64_t kPixelsMax = 8 * kThumbnailPixelsMax; // of one answer
constexpr std::uint64_t kUpToDate = 1;                        // IntegrationServicesVersionState
constexpr std::uint64_t kMismatch = 2;

using Reader = void (*)(cim::Instance&, const VirtContext&, GuestIndex);

// The requests that need no more than the guest; codes without a reader here stay NULL, as on hosts that have
// nothing to say to them.
struct Field {
  std::uint64_t code;
  Reader read;
};

void set_thumbnail(cim::Instance& row, const VirtContext& context, GuestIndex index, std::uint32_t width,
                   std::uint32_t height) {
  row.set("ThumbnailImage", bytes(render_console(context.guest(index), context.model().now(), width, height)))
      .set("ThumbnailImageWidth", number(width))
      .set("ThumbnailImageHeight", number(height));
}

void set_status(cim::Instance& row, const VirtContext& context, GuestIndex index) {
  row.set("OperationalStatus", operational_status(context.model().operation_of(index)));
}

void set_heartbeat(cim::Instance& row, const VirtContext& context, GuestIndex index) {
  if (context.guest(index).power == Power::running) {
    row.set("Heartbeat", number(static_cast<std::uint64_t>(context.model().heartbeat_of(index))));
  }
}

void set_jobs(cim::Instance& row, const VirtContext& context, GuestIndex index) {
  cim::Array tasks;
  if (!context.v1()) {
    JobRows rows(context);
    for (const auto& job : context.model().jobs_on(context.index())) {
      if (job.guest == index && !job.ended) {
        tasks.emplace_back(rows.row_of(job));
      }
    }
  }
  row.set("AsynchronousTasks", std::move(tasks));
}

void set_integration_state(cim::Instance& row, const VirtContext& context, GuestIndex index) {
  const auto current = facts_of(context.host().release).integration_services;
  const bool same = context.guest(index).integration_services == current;
  row.set("IntegrationServicesVersionState", number(same ? kUpToDate : kMismatch));
}

void set_snapshots(cim::Instance& row, const VirtContext& context, GuestIndex index) {
  cim::Array rows;
  for (std::size_t i = 0; i < context.guest(index).checkpoints.size(); ++i) {
    rows.emplace_back(settings_row(context, {index, i}));
  }
  row.set("Snapshots", std::move(rows));
}

void set_shielded(cim::Instance& row, const VirtContext& context, GuestIndex index) {
  if (context.host().release >= Release::w2016) {
    row.set("Shielded", flag(context.guest(index).hardware.shielded));
  }
}

constexpr std::array kFields{
    Field{1, [](auto& row, auto& at, auto guest) { row.set("ElementName", text(at.guest(guest).name)); }},
    Field{2, [](auto& row, auto& at,
                auto guest) { row.set("CreationTime", civil(at.model(), at.guest(guest).created)); }},
    Field{3, [](auto& row, auto& at, auto guest) { row.set("Notes", text(at.guest(guest).notes)); }},
    Field{4, [](auto& row, auto& at,
                auto guest) { row.set("NumberOfProcessors", number(at.guest(guest).processors)); }},
    Field{5, [](auto& row, auto& at, auto guest) { set_thumbnail(row, at, guest, 80, 60); }},
    Field{6, [](auto& row, auto& at, auto guest) { set_thumbnail(row, at, guest, 160, 120); }},
    Field{7, [](auto& row, auto& at, auto guest) { set_thumbnail(row, at, guest, 320, 240); }},
    Field{9, [](auto& row, auto&, auto) { row.set("VirtualSwitchNames", texts({"External"})); }},
    Field{11, set_shielded},
    Field{100,
          [](auto& row, auto& at, auto guest) { row.set("EnabledState", enabled_state(at.guest(guest))); }},
    Field{101, [](auto& row, auto& at,
                  auto guest) { row.set("ProcessorLoad", number(at.model().load_alive(guest) ? 35 : 1)); }},
    Field{103,
          [](auto& row, auto& at, auto guest) {
            const bool on = at.guest(guest).power == Power::running;
            row.set("MemoryUsage", number(on ? at.guest(guest).memory_mib : 0));
          }},
    Field{104, set_heartbeat},
    Field{105,
          [](auto& row, auto& at, auto guest) { row.set("UpTime", number(at.model().uptime_ms(guest))); }},
    Field{106,
          [](auto& row, auto& at, auto guest) {
            row.set("GuestOperatingSystem", text(facts_of(at.guest(guest).release).caption));
          }},
    Field{107, set_snapshots},
    Field{108, set_jobs},
    Field{109, [](auto& row, auto&, auto) { row.set("HealthState", number(5)); }},
    Field{110, set_status},
    Field{111,
          [](auto& row, auto& at, auto guest) {
            row.set("StatusDescriptions", status_descriptions(at.model().operation_of(guest)));
          }},
    Field{121, set_integration_state},
    Field{132, set_integration_state},
};

std::vector<const Field*> fields_of(const std::vector<std::uint64_t>& codes) {
  std::vector<const Field*> fields;
  for (const auto& field : kFields) {
    if (std::find(codes.begin(), codes.end(), field.code) != codes.end()) {
      fields.push_back(&field);
    }
  }
  return fields;
}

cim::InstancePtr summarise(const VirtContext& context, GuestIndex index,
                           const std::vector<const Field*>& fields) {
  const auto& guest = context.guest(index);
  auto row = context.make("Msvm_SummaryInformation");
  row.set("InstanceID", text("Microsoft:" + guest.id)).set("Name", text(guest.id));
  for (const auto* field : fields) {
    field->read(row, context, index);
  }
  return share(std::move(row));
}

std::optional<std::vector<std::uint64_t>> codes_in(const Arguments& in) {
  std::vector<std::uint64_t> codes;
  const auto* array = array_argument(in, "RequestedInformation");
  if (array == nullptr || array->size() > kCodesMax) {
    return std::nullopt;
  }
  for (const auto& item : *array) {
    codes.push_back(as_number(item).value_or(0));
  }
  return codes;
}

// Pixels of one guest's picture; the codes ask for 80x60, 160x120 and 320x240, and the last one wins.
std::uint64_t pixels_of(const std::vector<std::uint64_t>& codes) {
  static constexpr std::array<std::uint64_t, 3> kPixels{80ULL * 60, 160ULL * 120, 320ULL * 240};
  std::uint64_t pixels = 0;
  for (const auto code : codes) {
    if (code >= 5 && code <= 7) {
      pixels += kPixels[code - 5];
    }
  }
  return pixels;
}

cim::MethodResult get_summary(const VirtContext& context, const Arguments& in) {
  const auto codes = codes_in(in);
  const auto* settings = array_argument(in, "SettingData");
  if (!codes || (settings != nullptr && settings->size() > kSettingsMax)) {
    return returned(kReturnInvalidParameter);
  }
  const bool all = settings == nullptr || settings->empty();
  const auto count = all ? context.model().guests_on(context.index()).size() : settings->size();
  if (pixels_of(*codes) * count > kPixelsMax) {
    return returned(kReturnOutOfMemory);
  }
  const auto fields = fields_of(*codes);
  cim::Array rows;
  if (all) {
    context.each_guest(nullptr,
                       [&](GuestIndex guest) { rows.emplace_back(summarise(context, guest, fields)); });
  } else {
    for (const auto& item : *settings) {
      const auto* path = std::get_if<cim::ObjectPath>(&item);
      const auto guest = path != nullptr ? context.guest_of(*path) : std::nullopt;
      auto unknown = context.make("Msvm_SummaryInformation");
      rows.emplace_back(guest ? summarise(context, *guest, fields)
                              : share(std::move(unknown.set("Name", text("")))));
    }
  }
  auto result = returned(kReturnOk);
  result.out.emplace_back("SummaryInformation", std::move(rows));
  return result;
}

cim::MethodResult get_thumbnail(const VirtContext& context, const Arguments& in) {
  const auto* path = path_argument(in, "TargetSystem");
  const auto guest = path != nullptr ? context.guest_of(*path) : std::nullopt;
  const auto width = number_argument(in, "WidthPixels").value_or(0);
  const auto height = number_argument(in, "HeightPixels").value_or(0);
  if (!guest || width == 0 || height == 0 || width > kThumbnailSideMax || height > kThumbnailSideMax ||
      width * height > kThumbnailPixelsMax) {
    return returned(kReturnInvalidParameter);
  }
  auto result = returned(kReturnOk);
  result.out.emplace_back("ImageData", bytes(render_console(context.guest(*guest), context.model().now(),
                                                            static_cast<std::uint32_t>(width),
                                                            static_cast<std::uint32_t>(height))));
  return result;
}

} // namespace

void add_summary(Dispatch& dispatch, const VirtContext& context) {
  const auto& service = context.at("Msvm_VirtualSystemManagementService");
  dispatch.add_method(
      service, "GetSummaryInformation",
      [context](const cim::ObjectPath&, const Arguments& in) { return get_summary(context, in); });
  dispatch.add_method(
      service, "GetVirtualSystemThumbnailImage",
      [context](const cim::ObjectPath&, const Arguments& in) { return get_thumbnail(context, in); });
}

} // namespace migstorm::lab
