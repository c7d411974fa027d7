#include "harness/hyperv/disks.hpp"

#include "harness/hyperv/concrete_job.hpp"
#include "harness/hyperv/read_method.hpp"
#include "harness/wsman/text.hpp"

#include <migstorm/scope.hpp>

#include <algorithm>
#include <map>

namespace migstorm::hyperv {

namespace {

constexpr std::string_view kImageService = "Msvm_ImageManagementService";
constexpr std::size_t kPathsPerQuery = 300; // keeps the filter well below the smallest envelope
constexpr std::size_t kPathMax = 1024;
constexpr Span kJobPatience = std::chrono::seconds(30);
constexpr int kAsksMax = 3;

// One of the image service's methods that describe a file as CIM-XML text. They may start a job instead of
// answering.
Task<Result<FileDescription>> ask_image_service(Host& host, KnownPtr known, std::string method,
                                                std::string out_name, std::string path) {
  for (int ask = 0; ask < kAsksMax; ++ask) {
    wsman::Reference service = service_reference(*known, kImageService, "vhdsvc");
    std::vector<wsman::Argument> arguments{wsman::Argument::scalar("Path", path)};
    Result<ReadAnswer> answer = co_await read_method(host, std::move(service), method, std::move(arguments));
    if (!answer) {
      co_return std::move(answer).error();
    }
    const wsman::InvokeResult& result = answer->result;
    const auto described = result.out.instances(out_name);
    if (!described.empty()) {
      co_return described.front();
    }
    const wsman::Reference* job = result.out.reference("Job");
    if (result.return_value != kJobStarted || job == nullptr) {
      Status accepted = check_return(method, result.return_value);
      if (!accepted) {
        co_return std::move(accepted).error();
      }
      break;
    }
    wsman::Reference started = *job;
    Result<std::optional<Job>> waited = co_await wait_for_job(host, std::move(started), kJobPatience);
    if (!waited) {
      co_return std::move(waited).error();
    }
  }
  co_return FileDescription();
}

// Keeps an answer and lets a refusal pass as "not known".
Status take(Result<FileDescription> answer, FileDescription& description) {
  if (answer) {
    description = std::move(*answer);
    return Unit{};
  }
  return is_refusal(answer.error().code) ? Status(Unit{}) : Status(std::move(answer).error());
}

Task<Unit> describe_disk(Host& host, KnownPtr known, DiskFacts& disk, Status& outcome) {
  Result<FileDescription> answer = co_await describe_file(host, std::move(known), disk.path);
  FileDescription settings;
  Status taken = take(std::move(answer), settings);
  if (!taken) {
    outcome = std::move(taken);
  }
  disk.format = to_disk_format(settings ? settings->number("Format") : std::nullopt, disk.path);
  if (settings) {
    disk.type = to_disk_type(settings->number("Type"));
    disk.size_max = settings->number("MaxInternalSize").value_or(0);
    disk.file_size = settings->number("FileSize"); // v1 tells it here
  }
  co_return Unit{};
}

Task<Unit> measure_disk(Host& host, KnownPtr known, DiskFacts& disk, Status& outcome) {
  Result<FileDescription> answer =
      co_await ask_image_service(host, std::move(known), "GetVirtualHardDiskState", "State", disk.path);
  FileDescription state;
  Status taken = take(std::move(answer), state);
  if (!taken) {
    outcome = std::move(taken);
  }
  if (state) {
    disk.file_size = state->number("FileSize");
  }
  co_return Unit{};
}

bool can_be_asked(std::string_view path) noexcept {
  return !path.empty() && path.size() <= kPathMax &&
         std::none_of(path.begin(), path.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

std::vector<DiskFacts*> disks_without_size(std::vector<GuestFacts>& guests) {
  std::vector<DiskFacts*> disks;
  for (GuestFacts& guest : guests) {
    for (DiskFacts& disk : guest.disks) {
      if (!disk.file_size && can_be_asked(disk.path)) {
        disks.push_back(&disk);
      }
    }
  }
  return disks;
}

Task<Status> read_file_sizes(Host& host, std::vector<DiskFacts*> disks) {
  std::map<std::string, std::vector<DiskFacts*>> by_path;
  for (DiskFacts* disk : disks) {
    by_path[disk->path].push_back(disk);
  }
  std::vector<std::string> paths;
  paths.reserve(by_path.size());
  for (const auto& [path, same] : by_path) {
    paths.push_back(path);
  }
  Result<std::vector<DiskSize>> sizes = co_await read_disk_sizes(host, std::move(paths));
  if (!sizes) {
    co_return is_refusal(sizes.error().code) ? Status(Unit{}) : Status(std::move(sizes).error());
  }
  for (const DiskSize& size : *sizes) {
    for (DiskFacts* disk : by_path[size.path]) {
      disk->file_size = size.file_size;
    }
  }
  co_return Unit{};
}

std::string sizes_wql(const std::vector<std::string>& paths, std::size_t first, std::size_t last) {
  std::string wql = "SELECT Name, FileSize FROM CIM_DataFile WHERE ";
  for (std::size_t i = first; i < last; ++i) {
    wql += (i == first ? "Name=" : " OR Name=") + quote_wql(paths[i]);
  }
  return wql;
}

} // namespace

Task<Result<FileDescription>> describe_file(Host& host, KnownPtr known, std::string path) {
  const bool v1 = known->schema() == Schema::v1;
  std::string method = v1 ? "GetVirtualHardDiskInfo" : "GetVirtualHardDiskSettingData";
  std::string out_name = v1 ? "Info" : "SettingData";
  co_return co_await ask_image_service(host, std::move(known), std::move(method), std::move(out_name),
                                       std::move(path));
}

Task<Result<std::vector<DiskSize>>> read_disk_sizes(Host& host, std::vector<std::string> paths) {
  std::map<std::string, std::string> as_given; // by lower-case path: file names have no case there
  for (const std::string& path : paths) {
    if (can_be_asked(path)) {
      as_given.try_emplace(to_lower(path), path);
    }
  }
  std::vector<std::string> asked;
  asked.reserve(as_given.size());
  for (const auto& [key, path] : as_given) {
    asked.push_back(path);
  }
  std::vector<DiskSize> sizes;
  for (std::size_t first = 0; first < asked.size(); first += kPathsPerQuery) {
    const std::size_t last = std::min(asked.size(), first + kPathsPerQuery);
    Rows rows = co_await host.client->query(std::string(kNamespaceCim), sizes_wql(asked, first, last));
    if (!rows) {
      co_return std::move(rows).error();
    }
    for (const wsman::Instance& row : *rows) {
      const auto path = as_given.find(to_lower(row.text("Name").value_or("")));
      const auto size = row.number("FileSize");
      if (path != as_given.end() && size) {
        sizes.push_back({path->second, *size});
      }
    }
  }
  co_return sizes;
}

Task<Status> describe_disks(Host& host, KnownPtr known, std::vector<GuestFacts>& guests) {
  Status outcome = Unit{};
  Scope descriptions(host.runtime, host.reads_max);
  for (DiskFacts* disk : disks_without_size(guests)) {
    descriptions.spawn(describe_disk(host, known, *disk, outcome));
  }
  co_await descriptions.join();
  if (!outcome) {
    co_return outcome;
  }
  std::vector<DiskFacts*> unknown = disks_without_size(guests);
  outcome = co_await read_file_sizes(host, std::move(unknown));
  if (!outcome || known->schema() == Schema::v1) {
    co_return outcome;
  }
  // Volumes whose files the file class does not show.
  Scope measurements(host.runtime, host.reads_max);
  for (DiskFacts* disk : disks_without_size(guests)) {
    measurements.spawn(measure_disk(host, known, *disk, outcome));
  }
  co_await measurements.join();
  co_return outcome;
}

} // namespace migstorm::hyperv
