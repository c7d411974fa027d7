#include "tests/support/process.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <spawn.h>
#include <sstream>
#include <stdexcept>
#include <sys/resource.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace migstorm::test {

namespace {

constexpr auto kLookEvery = std::chrono::milliseconds(5);
constexpr auto kRemovable = 0644;

int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

} // namespace

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "migstorm-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "make a temporary folder");
  }
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text; // by the buffer: a sanitized build takes half a minute for a dump by characters
  text << in.rdbuf();
  return std::move(text).str();
}

void write_file(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

Process::Process(const std::vector<std::string>& argv, const std::string& out, const std::string& err) {
  std::vector<char*> raw;
  raw.reserve(argv.size() + 1);
  for (const std::string& argument : argv) {
    raw.push_back(const_cast<char*>(argument.c_str())); // posix_spawn does not write to them
  }
  raw.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, out.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                   kRemovable);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, err.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                   kRemovable);
  const int failed = ::posix_spawnp(&pid_, raw[0], &files, nullptr, raw.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (failed != 0) {
    throw std::system_error(failed, std::generic_category(), "start " + argv[0]);
  }
}

Process::~Process() {
  if (running()) {
    signal(SIGKILL);
    wait(std::chrono::seconds(10));
  }
}

bool Process::running() {
  int status = 0;
  struct rusage usage {};
  if (!reaped_ && ::wait4(pid_, &status, WNOHANG, &usage) == pid_) {
    reaped_ = true;
    code_ = code_of(status);
    peak_memory_ = static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
  }
  return !reaped_;
}

void Process::signal(int number) const {
  if (!reaped_) {
    ::kill(pid_, number);
  }
}

int Process::wait(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (running() && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(kLookEvery);
  }
  return reaped_ ? code_ : -1;
}

Finished run_migstorm(const Folder& folder, std::vector<std::string> arguments, std::chrono::seconds limit) {
  arguments.insert(arguments.begin(), MIGSTORM_PROGRAM);
  Process process(arguments, folder.file("out"), folder.file("err"));
  const int code = process.wait(limit);
  return {code, read_file(folder.file("out")), read_file(folder.file("err")), process.peak_memory()};
}

} // namespace migstorm::test
