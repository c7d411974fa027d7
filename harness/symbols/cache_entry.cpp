#include "harness/symbols/cache_entry.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <functional>
#include <sys/file.h>
#include <unistd.h>

namespace migstorm::symbols {

namespace fs = std::filesystem;

std::string compressed_name(std::string name) {
  name.back() = '_';
  return name;
}

Result<CacheEntry> CacheEntry::lock(const std::string& folder, const pdb::StoreKey& key) {
  fs::path path = fs::path(folder) / key.file / key.key;
  std::error_code error;
  fs::create_directories(path, error);
  if (error) {
    return Error{Errc::storage, fmt::format("{}: {}", path.string(), error.message())};
  }
  const int file = ::open((path / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) {
    return Error{Errc::storage, fmt::format("{}/.lock: {}", path.string(), std::strerror(errno))};
  }
  int locked = -1;
  do {
    locked = ::flock(file, LOCK_EX);
  } while (locked != 0 && errno == EINTR);
  if (locked != 0) {
    const int why = errno;
    ::close(file);
    return Error{Errc::storage, fmt::format("{}/.lock: {}", path.string(), std::strerror(why))};
  }
  return CacheEntry(std::move(path), key.file, file);
}

CacheEntry::CacheEntry(CacheEntry&& other) noexcept
    : folder_(std::move(other.folder_)), file_(std::move(other.file_)),
      lock_(std::exchange(other.lock_, -1)) {}

CacheEntry::~CacheEntry() {
  if (lock_ >= 0) {
    ::close(lock_);
  }
}

bool CacheEntry::present() const {
  std::error_code error;
  return fs::exists(folder_ / file_, error) || fs::exists(folder_ / compressed_name(file_), error);
}

fs::path CacheEntry::note_of(const std::string& server) const {
  return folder_ / fmt::format(".missing-{:016x}", std::hash<std::string>()(server));
}

bool CacheEntry::missing(const std::string& server, std::chrono::seconds for_less_than) const {
  std::error_code error;
  const auto noted = fs::last_write_time(note_of(server), error);
  return !error && fs::file_time_type::clock::now() - noted < for_less_than;
}

// Best effort: without the note the server is asked once more.
void CacheEntry::remember_missing(const std::string& server) const {
  std::ofstream(note_of(server), std::ios::trunc) << server << '\n';
}

Status CacheEntry::publish(const std::string& name) const {
  std::error_code error;
  fs::rename(temporary(), folder_ / name, error);
  if (error) {
    return Error{Errc::storage, fmt::format("{}: {}", (folder_ / name).string(), error.message())};
  }
  return Unit{};
}

} // namespace migstorm::symbols
