// Programs that a test starts, waits for and ends. Output goes to files in a folder of the test's own.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace migstorm::test {

// A fresh folder, removed with everything in it.
class Folder {
public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

private:
  std::filesystem::path path_;
};

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& text);

class Process {
public:
  // argv[0] is looked for on the PATH. stdout and stderr go to `out` and `err`.
  Process(const std::vector<std::string>& argv, const std::string& out, const std::string& err);
  ~Process(); // kills it if it is still there
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  bool running();
  void signal(int number) const;
  // The exit code, or 128 + the signal's number; -1 after `limit`, the process then still runs.
  int wait(std::chrono::milliseconds limit);
  // The most memory that it had resident, in bytes, once it has ended.
  std::uint64_t peak_memory() const noexcept { return peak_memory_; }

private:
  pid_t pid_ = -1;
  int code_ = -1;
  bool reaped_ = false;
  std::uint64_t peak_memory_ = 0;
};

struct Finished {
  int code = -1;
  std::string out;
  std::string err;
  std::uint64_t peak_memory = 0; // bytes
};
// The program under test, with these arguments, to its end.
Finished run_migstorm(const Folder& folder, std::vector<std::string> arguments,
                      std::chrono::seconds limit = std::chrono::seconds(240));

} // namespace migstorm::test
