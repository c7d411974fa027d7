#include "tools/migstorm/dump_batch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>

namespace migstorm {

namespace {

namespace fs = std::filesystem;

bool is_dump_name(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  for (const char* packed : {".gz", ".zst", ".zip"}) {
    if (name.ends_with(packed)) {
      name.resize(name.rfind('.'));
      break;
    }
  }
  return name.ends_with(".dmp");
}

Status add_folder(const std::string& folder, std::vector<std::string>& files) {
  std::vector<std::string> found;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code unreadable;
    if (at->is_regular_file(unreadable) && is_dump_name(at->path().filename().string())) {
      found.push_back(at->path().string());
    }
  }
  if (error) {
    return Error{Errc::storage, fmt::format("{}: {}", folder, error.message())};
  }
  std::sort(found.begin(), found.end());
  files.insert(files.end(), found.begin(), found.end());
  return Unit{};
}

Result<triage::TriageResult> triage_one(const std::string& file, triage::Images& images,
                                        triage::TriageOptions options) {
  Result<std::unique_ptr<kdump::ByteSource>> source = kdump::open_dump_file(file);
  if (!source) {
    return std::move(source).error();
  }
  options.file = file;
  return triage::triage(**source, images, options);
}

class Batch {
public:
  Batch(const std::vector<std::string>& files, triage::Images& images, const triage::TriageOptions& options)
      : files_(files), images_(images), options_(options), done_(files.size()) {
    const std::size_t wanted = std::max(1U, std::thread::hardware_concurrency());
    for (std::size_t i = 0; i < std::min(wanted, files.size()); ++i) {
      threads_.emplace_back([this] { work(); });
    }
  }
  ~Batch() {
    stop_ = true;
    for (std::thread& thread : threads_) {
      thread.join();
    }
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  // Nothing once `go_on` refuses.
  std::optional<TriagedDump> wait_for(std::size_t index, const std::function<bool()>& go_on) {
    constexpr std::chrono::milliseconds kLook(100); // a signal wakes nobody by itself
    std::unique_lock lock(mutex_);
    while (!done_[index]) {
      if (!go_on()) {
        return std::nullopt;
      }
      changed_.wait_for(lock, kLook);
    }
    return std::exchange(done_[index], std::nullopt);
  }

private:
  void work() {
    while (!stop_) {
      const std::size_t index = next_++;
      if (index >= files_.size()) {
        return;
      }
      TriagedDump dump{files_[index], triage_one(files_[index], images_, options_)};
      const std::lock_guard lock(mutex_);
      done_[index] = std::move(dump);
      changed_.notify_all();
    }
  }

  const std::vector<std::string>& files_;
  triage::Images& images_;
  const triage::TriageOptions& options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<TriagedDump>> done_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> stop_{false};
  std::vector<std::thread> threads_;
};

} // namespace

Result<std::vector<std::string>> find_dumps(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back(path); // one that is not there is told of like one that cannot be read
    } else if (Status status = add_folder(path, files); !status) {
      return std::move(status).error();
    }
  }
  if (files.empty()) {
    return Error{Errc::not_found, "no *.dmp in the folders given"};
  }
  return files;
}

bool triage_dumps(const std::vector<std::string>& files, triage::Images& images,
                  triage::TriageOptions options, const TellDump& tell, const std::function<bool()>& go_on) {
  Batch batch(files, images, options);
  for (std::size_t i = 0; i < files.size(); ++i) {
    const std::optional<TriagedDump> dump = batch.wait_for(i, go_on);
    if (!dump) {
      return false;
    }
    tell(*dump);
  }
  return true;
}

} // namespace migstorm
