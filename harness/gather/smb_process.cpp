#include "harness/gather/smb_process.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace migstorm::smb {
namespace {

constexpr const char* kProgram = "migstorm-smb";
constexpr int kPipeSize = 1 << 20;
constexpr auto kGrace = std::chrono::milliseconds(500);
constexpr auto kLookEvery = std::chrono::milliseconds(5);

bool can_run(const std::filesystem::path& path) { return ::access(path.c_str(), X_OK) == 0; }

std::string message(int error) { return std::generic_category().message(error); }

class Pipe {
public:
  Pipe() { failed_ = ::pipe2(ends_.data(), O_CLOEXEC) != 0; }
  // Writing to one whose other end is gone is an error, where writing to a pipe would be a signal.
  struct Socket {};
  explicit Pipe(Socket) { failed_ = ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_.data()) != 0; }
  ~Pipe() {
    for (const int end : ends_) {
      if (end >= 0) {
        ::close(end);
      }
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  bool failed() const noexcept { return failed_; }
  int at(std::size_t end) const noexcept { return ends_.at(end); }
  int take(std::size_t end) noexcept { return std::exchange(ends_.at(end), -1); }

private:
  std::array<int, 2> ends_{-1, -1};
  bool failed_ = false;
};

// In a process group of its own: an interrupt at the terminal is for migstorm, which then ends this too.
int spawn(const std::string& program, int in, int out, pid_t& pid) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);
  std::string name = program;
  const std::array<char*, 2> argv = {name.data(), nullptr};
  const int failed = ::posix_spawn(&pid, program.c_str(), &files, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failed;
}

} // namespace

Result<std::string> find_program() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) {
    for (const auto& place : {self.parent_path() / kProgram,
                              self.parent_path().parent_path() / "libexec" / "migstorm" / kProgram}) {
      if (can_run(place)) {
        return place.string();
      }
    }
  }
  const char* path = std::getenv("PATH");
  std::string_view rest = path != nullptr ? path : "";
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(':'), rest.size());
    const std::filesystem::path place = std::filesystem::path(rest.substr(0, end)) / kProgram;
    if (end > 0 && can_run(place)) {
      return place.string();
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return Error{Errc::unsupported,
               "migstorm-smb is neither beside migstorm, nor in its libexec folder, nor on "
               "the PATH"};
}

Result<std::unique_ptr<SmbProcess>> SmbProcess::start(const std::string& program) {
  Pipe requests{Pipe::Socket{}};
  Pipe replies;
  if (requests.failed() || replies.failed()) {
    return Error{Errc::storage, "no pipe: " + message(errno)};
  }
  static_cast<void>(::fcntl(replies.at(1), F_SETPIPE_SZ, kPipeSize)); // a smaller one does, too
  pid_t pid = -1;
  if (const int failed = spawn(program, requests.at(0), replies.at(1), pid); failed != 0) {
    return Error{Errc::unsupported, fmt::format("{} does not start: {}", program, message(failed))};
  }
  return std::unique_ptr<SmbProcess>(new SmbProcess(pid, requests.take(1), replies.take(0)));
}

SmbProcess::~SmbProcess() {
  ::close(to_);
  ::close(from_);
  int status = 0;
  const auto give_up = std::chrono::steady_clock::now() + kGrace;
  while (::waitpid(pid_, &status, WNOHANG) == 0) {
    if (broken_ || std::chrono::steady_clock::now() > give_up) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, &status, 0);
      return;
    }
    std::this_thread::sleep_for(kLookEvery);
  }
}

Error SmbProcess::end(Error error) {
  broken_ = true;
  return error;
}

Status SmbProcess::send(const Request& request) {
  if (broken_) {
    return Error{Errc::transport, "migstorm-smb has ended"};
  }
  const std::vector<std::byte> frame = format(request);
  Bytes rest = frame;
  while (!rest.empty()) {
    const ssize_t put = ::send(to_, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return end({Errc::transport, "migstorm-smb has ended: " + message(errno)});
    }
    rest = rest.subspan(static_cast<std::size_t>(put));
  }
  return Unit{};
}

Status SmbProcess::read_all(std::span<std::byte> out, Deadline deadline) {
  while (!out.empty()) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd one{from_, POLLIN, 0};
    const int ready = left.count() > 0 ? ::poll(&one, 1, static_cast<int>(left.count())) : 0;
    if (ready == 0) {
      return end({Errc::timed_out, "no answer from the share"});
    }
    const ssize_t got = ready > 0 ? ::read(from_, out.data(), out.size()) : -1;
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return end({Errc::transport, "migstorm-smb has ended"});
    }
    out = out.subspan(static_cast<std::size_t>(got));
  }
  return Unit{};
}

Result<Reply> SmbProcess::receive(std::span<std::byte> out, std::chrono::milliseconds limit) {
  if (broken_) {
    return Error{Errc::transport, "migstorm-smb has ended"};
  }
  const Deadline deadline = std::chrono::steady_clock::now() + limit;
  std::array<std::byte, kFrameHead> head{};
  if (Status got = read_all(head, deadline); !got) {
    return std::move(got).error();
  }
  const Result<FrameHead> frame = parse_head(head, kReplyMax);
  if (!frame) {
    return end(frame.error());
  }
  if (frame->kind == data_kind() && frame->body_size <= out.size()) {
    const auto taken = out.first(frame->body_size);
    if (Status got = read_all(taken, deadline); !got) {
      return std::move(got).error();
    }
    return Reply(Data{taken});
  }
  if (frame->kind == data_kind()) {
    return end({Errc::malformed, "migstorm-smb answered with bytes that nobody asked for"});
  }
  body_.resize(frame->body_size);
  if (Status got = read_all(body_, deadline); !got) {
    return std::move(got).error();
  }
  Result<Reply> reply = parse_reply(frame->kind, body_);
  if (!reply) {
    return end(std::move(reply).error());
  }
  return reply;
}

} // namespace migstorm::smb
