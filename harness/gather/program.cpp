#include "harness/gather/program.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace migstorm::gather {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kComplaintMax = 200;
constexpr std::size_t kReadSize = 1 << 16;

struct Pipe {
  Pipe() { failed = ::pipe2(ends.data(), O_CLOEXEC) != 0; }
  ~Pipe() {
    close_end(0);
    close_end(1);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_end(std::size_t end) {
    if (ends.at(end) >= 0) {
      ::close(ends.at(end));
      ends.at(end) = -1;
    }
  }
  std::array<int, 2> ends{-1, -1};
  bool failed = false;
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    out.push_back(text.data());
  }
  out.push_back(nullptr);
  return out;
}

std::vector<std::string> environment_of(const ProgramCall& call) {
  std::vector<std::string> all;
  for (char** one = environ; *one != nullptr; ++one) {
    const std::string_view entry(*one);
    const bool replaced =
        std::any_of(call.variables.begin(), call.variables.end(), [entry](const auto& variable) {
          return entry.starts_with(variable.first) && entry.substr(variable.first.size()).starts_with('=');
        });
    if (!replaced) {
      all.emplace_back(entry);
    }
  }
  for (const auto& [name, value] : call.variables) {
    all.push_back(name + "=" + value);
  }
  return all;
}

// In a process group of its own, so that what it starts can be ended with it.
int spawn(const ProgramCall& call, const Pipe& out, const Pipe& err, pid_t& pid) {
  std::vector<std::string> arguments = call.command;
  std::vector<std::string> variables = environment_of(call);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, out.ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&files, err.ends[1], STDERR_FILENO);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  const int failed = ::posix_spawn(&pid, arguments.front().c_str(), &files, &attributes,
                                   pointers(arguments).data(), pointers(variables).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failed;
}

// Reads both until they end. A pipe that somebody else keeps open counts until the deadline only.
class Listener {
public:
  Listener(int out, int err, std::size_t output_max) : out_(out), err_(err), output_max_(output_max) {}

  std::optional<Error> listen(Clock::time_point deadline) {
    std::array<pollfd, 2> both{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
    while (both[0].fd >= 0 || both[1].fd >= 0) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
      if (left <= 0) {
        return Error{Errc::timed_out, "took too long"};
      }
      if (::poll(both.data(), both.size(), static_cast<int>(std::min<std::int64_t>(left, 1000))) < 0 &&
          errno != EINTR) {
        return Error{Errc::transport, "cannot be listened to"};
      }
      for (pollfd& one : both) {
        if (one.fd >= 0 && one.revents != 0 && !take(one.fd, one.fd == out_ ? output : complaint)) {
          one.fd = -1;
        }
      }
      if (output.size() > output_max_) {
        return Error{Errc::over_limit, fmt::format("wrote more than {} bytes", output_max_)};
      }
    }
    return std::nullopt;
  }

  std::string output;
  std::string complaint;

private:
  bool take(int from, std::string& into) {
    std::array<char, kReadSize> buffer{};
    const ssize_t got = ::read(from, buffer.data(), buffer.size());
    if (got > 0) {
      const std::size_t size =
          from == err_ ? std::min<std::size_t>(static_cast<std::size_t>(got),
                                               kComplaintMax - std::min(kComplaintMax, into.size()))
                       : static_cast<std::size_t>(got);
      into.append(buffer.data(), size);
    }
    return got > 0 || (got < 0 && errno == EINTR);
  }

  int out_;
  int err_;
  std::size_t output_max_;
};

std::string printable_line(std::string text) {
  text = text.substr(0, text.find('\n'));
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
  return text;
}

int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

} // namespace

Result<ProgramEnd> run_program(const ProgramCall& call) {
  if (call.command.empty()) {
    return Error{Errc::malformed, "no program"};
  }
  const std::string& name = call.command.front();
  Pipe out;
  Pipe err;
  pid_t pid = -1;
  if (out.failed || err.failed) {
    return Error{Errc::storage, "no pipe: " + std::generic_category().message(errno)};
  }
  if (const int failed = spawn(call, out, err, pid); failed != 0) {
    return Error{Errc::unsupported, fmt::format("{}: {}", name, std::generic_category().message(failed))};
  }
  out.close_end(1);
  err.close_end(1);
  Listener listener(out.ends[0], err.ends[0], call.output_max);
  if (auto wrong = listener.listen(Clock::now() + call.limit)) {
    ::kill(-pid, SIGKILL);
    reap(pid);
    return std::move(*wrong).within(name);
  }
  return ProgramEnd{reap(pid), std::move(listener.output), printable_line(std::move(listener.complaint))};
}

} // namespace migstorm::gather
