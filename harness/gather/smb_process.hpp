// The program migstorm-smb, started, and frames to and from it. Belongs to one thread at a time.
#pragma once

#include "harness/gather/smb_wire.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <sys/types.h>

namespace migstorm::smb {

// Where migstorm-smb is: beside this program, in its libexec folder, or on the PATH. unsupported: nowhere.
Result<std::string> find_program();

class SmbProcess {
public:
  static Result<std::unique_ptr<SmbProcess>> start(const std::string& program);
  SmbProcess(const SmbProcess&) = delete;
  SmbProcess& operator=(const SmbProcess&) = delete;
  ~SmbProcess(); // closes its input, and kills it where it does not end by that

  // transport: it is gone. After an error every later call fails.
  Status send(const Request& request);

  // A reply that is no Data, or a Data whose bytes were put into `out` and are no more than it takes.
  // timed_out: real time; the process is ended, since what it does is not known any more.
  Result<Reply> receive(std::span<std::byte> out, std::chrono::milliseconds limit);

private:
  using Deadline = std::chrono::steady_clock::time_point;
  SmbProcess(pid_t pid, int to, int from) : pid_(pid), to_(to), from_(from) {}
  Status read_all(std::span<std::byte> out, Deadline deadline);
  Error end(Error error);

  pid_t pid_;
  int to_;
  int from_;
  bool broken_ = false;
  std::vector<std::byte> body_;
};

} // namespace migstorm::smb
