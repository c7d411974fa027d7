// SPDX-License-Identifier: GPL-3.0-or-later
// migstorm-smb: reads requests from stdin, writes replies to stdout, ends with its stdin.
// harness/gather/smb_wire says what is said. One login per process: what libsmbclient keeps is global.
#include "tools/smb/reply_writer.hpp"
#include "tools/smb/share.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <sys/prctl.h>
#include <unistd.h>

namespace {

using namespace migstorm;
using namespace migstorm::smb;

// false at the end of the input.
bool read_all(std::span<std::byte> out) {
  while (!out.empty()) {
    const ssize_t got = ::read(STDIN_FILENO, out.data(), out.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return false;
    }
    out = out.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

int fail(const Error& error) {
  static_cast<void>(std::fprintf(stderr, "migstorm-smb: %s\n", error.detail.c_str()));
  return 2;
}

int serve() {
  Share share;
  ReplyWriter writer(STDOUT_FILENO);
  std::array<std::byte, kFrameHead> head{};
  std::vector<std::byte> body;
  while (read_all(head) && !writer.broken()) {
    const Result<FrameHead> frame = parse_head(head, kRequestMax);
    if (!frame) {
      return fail(frame.error());
    }
    body.resize(frame->body_size);
    if (!read_all(body)) {
      break;
    }
    const Result<Request> request = parse_request(frame->kind, body);
    std::fill(body.begin(), body.end(), std::byte{}); // it may hold a password
    if (!request) {
      return fail(request.error());
    }
    if (std::holds_alternative<ReadFile>(*request)) {
      share.read_into(writer.buffer());
    }
    writer.give(std::visit([&share](const auto& one) { return share.handle(one); }, *request));
  }
  return 0;
}

} // namespace

int main(int argc, char**) {
  if (argc > 1 || ::isatty(STDIN_FILENO) != 0) {
    static_cast<void>(
        std::fputs("migstorm-smb is started by migstorm, which talks to it over a pipe.\n", stderr));
    return 2;
  }
  static_cast<void>(::signal(SIGPIPE, SIG_IGN));
  static_cast<void>(::prctl(PR_SET_DUMPABLE, 0)); // a core would hold a password
  return serve();
}
