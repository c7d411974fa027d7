#include "harness/hyperv/own_disks.hpp"

#include "harness/hyperv/changes.hpp"
#include "harness/hyperv/concrete_job.hpp"
#include "harness/hyperv/disks.hpp"
#include "harness/hyperv/probe.hpp"
#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::hyperv {

namespace {

constexpr Span kPatience = std::chrono::minutes(10); // a fixed disk is written from end to end
constexpr Span kPatienceAfterLoss = std::chrono::seconds(20);

// Sees a change through: the answer, and the job where it started one. unknown_outcome: neither is known.
Task<Status> carried_out(Host& host, std::string_view method, Result<wsman::InvokeResult> asked) {
  if (!asked) {
    co_return std::move(asked).error();
  }
  const wsman::Reference* job = asked->out.reference("Job");
  if (asked->return_value != kJobStarted || job == nullptr) {
    co_return Unit{};
  }
  wsman::Reference started = *job;
  Result<std::optional<Job>> ended = co_await wait_for_job(host, std::move(started), kPatience);
  if (!ended) {
    co_return Error{Errc::unknown_outcome, std::move(ended.error().detail)};
  }
  co_return *ended ? check_job(method, **ended) : Status(Unit{});
}

bool is_lost(const Status& status) { return !status && status.error().code == Errc::unknown_outcome; }

Error not_done(Status& said, std::string_view what) {
  return said ? Error{Errc::remote_fault,
                      fmt::format("{}: the host says that it did it, and it is not so", what)}
              : std::move(said).error().within(what);
}

using Devices = std::vector<DeviceSetting>;

// Waits for what a lost request may still do: until `done` says so of the devices.
template <class Done>
Task<Result<Devices>> look_again(Host& host, KnownPtr known, GuestId guest, bool lost, Done done) {
  const Instant deadline = host.runtime.now() + (lost ? kPatienceAfterLoss : Span{});
  for (;;) {
    Result<Devices> devices = co_await read_devices(host, known, guest);
    if (!devices || done(*devices) || host.runtime.now() >= deadline) {
      co_return devices;
    }
    co_await host.runtime.sleep_for(std::chrono::seconds(1));
  }
}

Task<Result<std::string>> find_configuration(Host& host, std::string group) {
  std::string wql =
      "SELECT Name, Type FROM MSCluster_Resource WHERE Type = 'Virtual Machine Configuration' AND "
      "OwnerGroup = " +
      quote_wql(group);
  Rows rows = co_await host.client->query(std::string(kNamespaceCluster), std::move(wql));
  if (!rows) {
    co_return std::move(rows).error();
  }
  if (rows->empty()) {
    co_return Error{Errc::not_found,
                    fmt::format("group \"{}\" has no resource for its machine's configuration",
                                wsman::printable(group, kNameMax))};
  }
  co_return std::string(rows->front().text("Name").value_or(""));
}

// Asking twice changes nothing more than asking once.
Task<Status> refresh(Host& host, KnownPtr known, std::optional<std::string> group) {
  if (!group) {
    co_return Unit{};
  }
  Result<std::string> name = co_await find_configuration(host, *group);
  if (!name) {
    co_return std::move(name).error();
  }
  ClusterResource resource;
  resource.name = std::move(*name);
  resource.type = "Virtual Machine Configuration";
  Result<wsman::InvokeResult> asked = co_await request_configuration_update(host, known, std::move(resource));
  co_return asked ? Status(Unit{})
                  : Status(std::move(asked).error().within("the cluster's knowledge of the disk"));
}

Task<Status> add_drive(Host& host, KnownPtr known, GuestId guest, Devices& devices, FreeSlot place,
                       std::string& drive) {
  const auto in_place = [place](const Devices& now) {
    return std::find_if(now.begin(), now.end(), [&](const DeviceSetting& setting) {
      return setting.device == Device::disk_drive && setting.slot == place.slot &&
             wsman::same_name(setting.parent, place.controller) && is_empty(now, setting);
    });
  };
  Result<wsman::InvokeResult> asked = co_await request_drive(host, known, guest, place);
  Status said = co_await carried_out(host, "the drive", std::move(asked));
  const bool lost = is_lost(said);
  auto done = [in_place](const Devices& seen) { return in_place(seen) != seen.end(); };
  Result<Devices> now = co_await look_again(host, known, guest, lost, std::move(done));
  if (!now) {
    co_return std::move(now).error();
  }
  devices = std::move(*now);
  const auto found = in_place(devices);
  if (found == devices.end()) {
    co_return not_done(said, "the drive");
  }
  drive = found->id;
  co_return Unit{};
}

Task<Status> add_image(Host& host, KnownPtr known, GuestId guest, std::string drive, std::string path) {
  Result<wsman::InvokeResult> asked = co_await request_image(host, known, guest, std::move(drive), path);
  Status said = co_await carried_out(host, "the image", std::move(asked));
  const bool lost = is_lost(said);
  auto done = [path](const Devices& seen) { return image_of(seen, path) != nullptr; };
  Result<Devices> now = co_await look_again(host, known, guest, lost, std::move(done));
  if (!now) {
    co_return std::move(now).error();
  }
  co_return image_of(*now, path) != nullptr ? Status(Unit{}) : Status(not_done(said, "the image"));
}

// An empty drive that an earlier attempt left is not told from somebody else's: the disk gets another one.
Task<Status> attach(Host& host, KnownPtr known, OwnDisk disk, Devices devices) {
  const auto place = free_scsi_slot(devices);
  if (!place) {
    co_return Error{Errc::unsupported,
                    "the guest has no SCSI controller with a free slot, and none can be added while it runs"};
  }
  std::string drive;
  Status added = co_await add_drive(host, known, disk.guest, devices, *place, drive);
  if (!added) {
    co_return added;
  }
  co_return co_await add_image(host, known, disk.guest, std::move(drive), disk.file.path);
}

Task<Status> remove_image(Host& host, KnownPtr known, GuestId guest, Devices& devices, DeviceSetting image) {
  const std::string path = image.path;
  Result<wsman::InvokeResult> asked = co_await request_image_end(host, known, guest, std::move(image));
  Status said = co_await carried_out(host, "the image's removal", std::move(asked));
  const bool lost = is_lost(said);
  auto done = [path](const Devices& seen) { return image_of(seen, path) == nullptr; };
  Result<Devices> now = co_await look_again(host, known, guest, lost, std::move(done));
  if (!now) {
    co_return std::move(now).error();
  }
  devices = std::move(*now);
  co_return image_of(devices, path) == nullptr ? Status(Unit{})
                                               : Status(not_done(said, "the image's removal"));
}

Task<Status> remove_drive(Host& host, KnownPtr known, GuestId guest, Devices devices, std::string drive) {
  const auto is_gone = [drive](const Devices& seen) {
    return std::none_of(seen.begin(), seen.end(),
                        [&](const DeviceSetting& setting) { return wsman::same_name(setting.id, drive); });
  };
  Result<wsman::InvokeResult> asked =
      co_await request_drive_end(host, known, guest, std::move(devices), drive);
  Status said = co_await carried_out(host, "the drive's removal", std::move(asked));
  const bool lost = is_lost(said);
  auto gone = is_gone;
  Result<Devices> now = co_await look_again(host, known, guest, lost, std::move(gone));
  if (!now) {
    co_return std::move(now).error();
  }
  co_return is_gone(*now) ? Status(Unit{}) : Status(not_done(said, "the drive's removal"));
}

Task<Status> detach(Host& host, KnownPtr known, OwnDisk disk) {
  Result<Devices> devices = co_await read_devices(host, known, disk.guest);
  if (!devices) {
    co_return std::move(devices).error();
  }
  const DeviceSetting* image = image_of(*devices, disk.file.path);
  if (image == nullptr) {
    co_return Unit{};
  }
  const DeviceSetting* held_by = parent_of(*devices, *image);
  const std::string drive = held_by == nullptr ? std::string() : held_by->id;
  DeviceSetting removed = *image;
  Status done = co_await remove_image(host, known, disk.guest, *devices, std::move(removed));
  if (done && !drive.empty()) {
    done = co_await remove_drive(host, known, disk.guest, std::move(*devices), drive);
  }
  if (done) {
    done = co_await refresh(host, known, disk.group);
  }
  co_return done;
}

} // namespace

Task<Result<std::optional<std::uint64_t>>> read_file_size_max(Host& host, std::string path) {
  Result<KnownPtr> known = co_await known_host(host);
  if (!known) {
    co_return std::move(known).error();
  }
  Result<FileDescription> told = co_await describe_file(host, std::move(*known), path);
  if (told && *told) {
    co_return std::optional<std::uint64_t>((*told)->number("MaxInternalSize").value_or(0));
  }
  if (!told && !is_refusal(told.error().code)) {
    co_return std::move(told).error();
  }
  std::vector<std::string> paths{std::move(path)};
  Result<std::vector<DiskSize>> sizes = co_await read_disk_sizes(host, std::move(paths));
  if (!sizes) {
    co_return std::move(sizes).error();
  }
  co_return sizes->empty() ? std::optional<std::uint64_t>() : std::optional<std::uint64_t>(0);
}

Task<Status> make_file(Host& host, OwnFile file) {
  Result<KnownPtr> known = co_await known_host(host);
  if (!known) {
    co_return std::move(known).error();
  }
  Result<wsman::InvokeResult> asked = co_await request_file(host, std::move(*known), std::move(file));
  co_return co_await carried_out(host, "the disk file", std::move(asked));
}

Task<Status> delete_file(Host& host, std::string path) {
  Result<wsman::InvokeResult> asked = co_await request_file_end(host, path);
  if (asked || asked.error().code == Errc::not_found) {
    co_return Unit{};
  }
  if (asked.error().code != Errc::unknown_outcome) {
    co_return std::move(asked).error().within("the disk file's removal");
  }
  Result<std::optional<std::uint64_t>> left = co_await read_file_size_max(host, std::move(path));
  const bool gone = left && !*left;
  co_return gone ? Status(Unit{}) : Status(std::move(asked).error().within("the disk file's removal"));
}

Task<Status> add_disk(Host& host, OwnDisk disk) {
  Result<KnownPtr> known = co_await known_host(host);
  if (!known) {
    co_return std::move(known).error();
  }
  Result<Devices> devices = co_await read_devices(host, *known, disk.guest);
  if (!devices) {
    co_return std::move(devices).error();
  }
  if (image_of(*devices, disk.file.path) == nullptr) {
    Result<std::optional<std::uint64_t>> there = co_await read_file_size_max(host, disk.file.path);
    if (!there) {
      co_return std::move(there).error();
    }
    Status made = Unit{};
    if (!*there) {
      made = co_await make_file(host, disk.file);
    }
    if (made) {
      made = co_await attach(host, *known, disk, std::move(*devices));
    }
    if (!made) {
      co_return made;
    }
  }
  co_return co_await refresh(host, *known, disk.group);
}

Task<Status> remove_disk(Host& host, OwnDisk disk) {
  Result<KnownPtr> known = co_await known_host(host);
  if (!known) {
    co_return std::move(known).error();
  }
  Status detached = co_await detach(host, *known, disk);
  if (!detached) {
    co_return detached;
  }
  Result<std::optional<std::uint64_t>> there = co_await read_file_size_max(host, disk.file.path);
  if (!there) {
    co_return std::move(there).error();
  }
  if (*there) {
    detached = co_await delete_file(host, disk.file.path);
  }
  co_return detached;
}

} // namespace migstorm::hyperv
