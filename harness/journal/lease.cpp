#include "harness/journal/lease.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace migstorm {

namespace {

// A run's byte is drawn from its id, so that a lease can be taken before the run has a row.
off_t byte_of(std::string_view run) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : run) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  return static_cast<off_t>(hash >> 2);
}

struct flock write_lock_on(std::string_view run) noexcept {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  lock.l_start = byte_of(run);
  lock.l_len = 1;
  return lock;
}

std::string lock_path(const std::string& journal_path) { return journal_path + ".lock"; }

std::string cluster_lock_path() {
  constexpr const char* kFolder = "/run/lock"; // of Debian and its kin, for everybody
  const std::string folder = ::access(kFolder, W_OK) == 0 ? kFolder : "/tmp";
  return folder + "/migstorm-clusters.lock";
}

std::string reason(int error) { return std::error_code(error, std::generic_category()).message(); }

} // namespace

Result<Lease> Lease::take_byte(const std::string& path, std::string_view key, const std::string& taken) {
  Lease lease(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (lease.file_ < 0) {
    return Error(Errc::storage, fmt::format("lock file {}: {}", path, reason(errno)));
  }
  struct flock lock = write_lock_on(key);
  if (::fcntl(lease.file_, F_OFD_SETLK, &lock) == 0) {
    return lease;
  }
  if (errno == EAGAIN || errno == EACCES) {
    return Error(Errc::storage, taken);
  }
  return Error(Errc::storage, fmt::format("lock file {}: {}", path, reason(errno)));
}

Result<Lease> Lease::take(const std::string& journal_path, std::string_view run) {
  return take_byte(lock_path(journal_path), run,
                   fmt::format("run {} is being written by another process", run));
}

Result<Lease> Lease::take_cluster(std::string_view cluster) {
  const std::string path = cluster_lock_path();
  Result<Lease> lease = take_byte(
      path, cluster,
      fmt::format(
          "another run on this machine moves guests of cluster {}: see `migstorm runs`, wait for its end or "
          "stop it",
          cluster));
  if (lease) {
    [[maybe_unused]] const int open_to_all = ::fchmod(lease->file_, 0666); // only its owner may
  }
  return lease;
}

bool Lease::held(const std::string& journal_path, std::string_view run) noexcept {
  const Lease probe(::open(lock_path(journal_path).c_str(), O_RDWR | O_CLOEXEC));
  if (probe.file_ < 0) {
    return false;
  }
  struct flock lock = write_lock_on(run);
  return ::fcntl(probe.file_, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

Lease::~Lease() {
  if (file_ >= 0) {
    ::close(file_);
  }
}

} // namespace migstorm
