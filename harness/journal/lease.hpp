// Keeps two processes from writing one run, and from moving the guests of one cluster. The lock is the
// kernel's, on one byte of a file, "<journal>.lock" per run, so a process that dies in any way releases it.
#pragma once

#include <migstorm/result.hpp>

#include <string>
#include <string_view>
#include <utility>

namespace migstorm {

class Lease {
public:
  static Result<Lease> take(const std::string& journal_path, std::string_view run);
  // Among all processes of this machine, whoever runs them. `cluster`: its id or name.
  static Result<Lease> take_cluster(std::string_view cluster);
  // Whether some process, this one included, holds the lease.
  static bool held(const std::string& journal_path, std::string_view run) noexcept;

  Lease(Lease&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  Lease& operator=(Lease&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  ~Lease();

private:
  static Result<Lease> take_byte(const std::string& path, std::string_view key, const std::string& taken);
  explicit Lease(int file) noexcept : file_(file) {}
  int file_ = -1;
};

} // namespace migstorm
