// A child process that writes to a pipe, for tests of what survives it.
#pragma once

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace migstorm::test {

class Child {
public:
  // `body` runs in the child, with the pipe to write to; the child ends when it returns.
  explicit Child(const std::function<void(int pipe)>& body) {
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0) {
      throw std::runtime_error("no pipe");
    }
    pid_ = ::fork();
    if (pid_ == 0) {
      ::close(ends[0]);
      body(ends[1]);
      ::_exit(0); // without the test program's own clean-up
    }
    ::close(ends[1]);
    pipe_ = ends[0];
  }
  ~Child() {
    wait();
    ::close(pipe_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  void kill(int signal) const { ::kill(pid_, signal); }
  void wait() {
    if (pid_ > 0) {
      ::waitpid(pid_, nullptr, 0);
      pid_ = -1;
    }
  }
  // Everything that the child wrote before it ended, or `size` bytes if it wrote more.
  std::string read(std::size_t size = SIZE_MAX) const {
    std::string text;
    char buffer[4096];
    while (text.size() < size) {
      const ssize_t got = ::read(pipe_, buffer, std::min(sizeof buffer, size - text.size()));
      if (got <= 0) {
        break;
      }
      text.append(buffer, static_cast<std::size_t>(got));
    }
    return text;
  }

private:
  pid_t pid_ = -1;
  int pipe_ = -1;
};

inline void tell(int pipe, const std::string& text) {
  if (::write(pipe, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    ::_exit(1);
  }
}

} // namespace migstorm::test
