#include "harness/gather/retention.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <system_error>

namespace migstorm::gather {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDump = "MEMORY.DMP.zst";
constexpr const char* kHash = "MEMORY.DMP.sha256";
constexpr const char* kSignature = "MEMORY.DMP.signature";
constexpr const char* kDeleted = "MEMORY.DMP.deleted";
constexpr const char* kPinned = "pinned";
constexpr std::size_t kFoldersMax = 100'000;
constexpr std::size_t kSignatureMax = 1024;

Error failed(const std::string& path, const std::error_code& error) {
  return {Errc::storage, fmt::format("{}: {}", path, error.message())};
}

bool is_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(fs::symlink_status(path, error));
}

Status write_line(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::trunc);
  out << text << '\n';
  out.close();
  return out ? Status(Unit{}) : Status(Error{Errc::storage, path + ": cannot be written"});
}

std::string read_line(const fs::path& path) {
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  return line.substr(0, kSignatureMax);
}

std::optional<KeptCopy> copy_in(const fs::path& folder, std::string_view whose) {
  std::error_code error;
  const std::string name = folder.filename().string();
  const bool ours = name.starts_with(whose) && fs::is_directory(fs::symlink_status(folder, error)) &&
                    is_file(folder / kDump) && is_file(folder / kHash);
  const std::uint64_t size = ours ? fs::file_size(folder / kDump, error) : 0;
  if (!ours || error) {
    return std::nullopt;
  }
  return KeptCopy{name, read_line(folder / kSignature), size, is_file(folder / kPinned)};
}

class Choice {
public:
  explicit Choice(std::vector<KeptCopy> copies) : copies_(std::move(copies)) {
    std::sort(copies_.begin(), copies_.end(),
              [](const KeptCopy& a, const KeptCopy& b) { return a.folder < b.folder; });
    for (const KeptCopy& copy : copies_) {
      unpinned_[copy.signature] += copy.pinned ? 0U : 1U;
      newest_[copy.signature] = copy.folder;
      total_ += copy.size;
    }
  }

  // Deletes the oldest ones for which `wanted(copy)` holds, one after the other.
  template <class Wanted>
  void thin_out(const Wanted& wanted, const std::string& why) {
    for (auto copy = copies_.begin(); copy != copies_.end();) {
      if (copy->pinned || newest_[copy->signature] == copy->folder || !wanted(*copy)) {
        ++copy;
        continue;
      }
      --unpinned_[copy->signature];
      total_ -= copy->size;
      deletions_.push_back({copy->folder, why});
      copy = copies_.erase(copy);
    }
  }

  std::uint32_t unpinned(const std::string& signature) { return unpinned_[signature]; }
  std::uint64_t total() const noexcept { return total_; }
  std::vector<Deletion> take() { return std::move(deletions_); }

private:
  std::vector<KeptCopy> copies_;                  // the oldest first
  std::map<std::string, std::uint32_t> unpinned_; // by signature
  std::map<std::string, std::string> newest_;     // folder, by signature
  std::uint64_t total_ = 0;
  std::vector<Deletion> deletions_;
};

// The note comes first: a dump that is gone is never without it.
Status delete_copy(const std::string& folder, const std::string& why) {
  if (Status noted = write_line(folder + "/" + kDeleted, why); !noted) {
    return noted;
  }
  std::error_code error;
  const std::string path = folder + "/" + kDump;
  fs::remove(path, error);
  return error ? Status(failed(path, error)) : Status(Unit{});
}

} // namespace

std::vector<Deletion> choose_superseded(std::vector<KeptCopy> self_tests) {
  const auto seconds = [](const KeptCopy& copy) {
    return std::strtoull(copy.folder.c_str() + kSelfTests.size(), nullptr, 10);
  };
  std::sort(self_tests.begin(), self_tests.end(),
            [&](const KeptCopy& a, const KeptCopy& b) { return seconds(a) < seconds(b); });
  std::vector<Deletion> deletions;
  for (std::size_t i = 0; i + 1 < self_tests.size(); ++i) {
    if (!self_tests[i].pinned) {
      deletions.push_back({self_tests[i].folder, "a later self-test proved the same"});
    }
  }
  return deletions;
}

std::vector<Deletion> choose_deletions(std::vector<KeptCopy> copies, const RetentionPolicy& policy) {
  Choice choice(std::move(copies));
  if (policy.per_signature) {
    choice.thin_out(
        [&](const KeptCopy& copy) { return choice.unpinned(copy.signature) > *policy.per_signature; },
        fmt::format("newer dumps of its signature are kept, {} at most", *policy.per_signature));
  }
  if (policy.budget) {
    choice.thin_out([&](const KeptCopy&) { return choice.total() > *policy.budget; },
                    fmt::format("the run's dumps may have {} bytes", *policy.budget));
  }
  return choice.take();
}

Result<std::vector<KeptCopy>> list_copies(const std::string& run_folder, std::string_view whose) {
  std::vector<KeptCopy> copies;
  std::error_code error;
  std::size_t seen = 0;
  for (fs::directory_iterator at(run_folder, error), end; !error && at != end; at.increment(error)) {
    if (++seen > kFoldersMax) {
      return Error{Errc::over_limit, fmt::format("{}: more than {} folders", run_folder, kFoldersMax)};
    }
    if (auto copy = copy_in(at->path(), whose)) {
      copies.push_back(std::move(*copy));
    }
  }
  if (error && error != std::errc::no_such_file_or_directory) {
    return failed(run_folder, error);
  }
  return copies;
}

Result<std::vector<std::string>> apply_retention(const std::string& run_folder,
                                                 const RetentionPolicy& policy) {
  Result<std::vector<KeptCopy>> copies = list_copies(run_folder);
  Result<std::vector<KeptCopy>> self_tests = list_copies(run_folder, kSelfTests);
  if (!copies || !self_tests) {
    return copies ? std::move(self_tests).error() : std::move(copies).error();
  }
  std::vector<Deletion> deletions = choose_deletions(*std::move(copies), policy);
  for (Deletion& one : choose_superseded(*std::move(self_tests))) {
    deletions.push_back(std::move(one));
  }
  std::vector<std::string> done;
  for (const Deletion& deletion : deletions) {
    if (Status gone = delete_copy(run_folder + "/" + deletion.folder, deletion.why); !gone) {
      return std::move(gone).error();
    }
    done.push_back(fmt::format("the dump of {} was deleted: {}", deletion.folder, deletion.why));
  }
  return done;
}

Status note_signature(const std::string& crash_folder, const std::string& signature) {
  return write_line(crash_folder + "/" + kSignature, signature);
}

bool was_deleted(const std::string& crash_folder) { return is_file(fs::path(crash_folder) / kDeleted); }

Status pin(const std::string& crash_folder) {
  if (!is_file(fs::path(crash_folder) / kDump)) {
    return Error{Errc::not_found, crash_folder + " holds no dump that could be kept"};
  }
  return write_line(crash_folder + "/" + kPinned, "kept until it is unpinned");
}

Status unpin(const std::string& crash_folder) {
  std::error_code error;
  fs::remove(crash_folder + "/" + kPinned, error);
  return error ? Status(failed(crash_folder, error)) : Status(Unit{});
}

} // namespace migstorm::gather
