#include "harness/gather/smb_session.hpp"

#include <algorithm>

namespace migstorm::smb {
namespace {

constexpr std::size_t kAskedMax = 3; // pieces under way
// libsmbclient's own time-out is per packet; a whole piece may take several.
constexpr auto kMargin = std::chrono::seconds(40);

bool too_long(const std::string& text) { return text.size() > kTextMax; }

Failed failed_start(const Error& error) {
  return {error.code == Errc::unsupported ? Failure::other : Failure::lost, error.detail};
}

} // namespace

Error to_error(const Failed& failed) {
  switch (failed.why) {
  case Failure::rejected:
  case Failure::denied:
    return {Errc::denied, failed.text};
  case Failure::no_share:
  case Failure::not_found:
    return {Errc::not_found, failed.text};
  case Failure::unreachable:
  case Failure::lost:
    return {Errc::transport, failed.text};
  case Failure::busy:
    return {Errc::busy, failed.text};
  case Failure::insecure:
    return {Errc::unsupported, failed.text};
  case Failure::refused:
    return {Errc::malformed, failed.text};
  case Failure::other:
    break;
  }
  return {Errc::remote_fault, failed.text};
}

LoginOutcome SmbSession::start(const std::string& program, const Login& login) {
  Login encrypted = login;
  encrypted.unencrypted = false;
  LoginOutcome outcome = start_once(program, encrypted);
  if (!outcome.session && outcome.failed.why == Failure::insecure && login.unencrypted) {
    outcome = start_once(program, login);
    outcome.encrypted = false;
  }
  return outcome;
}

LoginOutcome SmbSession::start_once(const std::string& program, const Login& login) {
  for (const std::string* text : {&login.server, &login.share, &login.domain, &login.user, &login.password}) {
    if (too_long(*text)) {
      return {nullptr, {Failure::refused, "a name or password too long for SMB"}, true};
    }
  }
  Result<std::unique_ptr<SmbProcess>> process = SmbProcess::start(program);
  if (!process) {
    return {nullptr, failed_start(process.error()), true};
  }
  const auto limit = std::chrono::milliseconds(login.timeout_ms) + kMargin;
  std::unique_ptr<SmbSession> session(new SmbSession(*std::move(process), limit));
  const Result<Reply> reply = session->ask(login);
  if (!reply) {
    return {nullptr, failed_start(reply.error()), true};
  }
  if (const auto* failed = std::get_if<Failed>(&*reply)) {
    return {nullptr, *failed, true};
  }
  return {std::move(session), {}, true};
}

Result<Reply> SmbSession::ask(const Request& request) {
  if (Status forgotten = forget_pieces(); !forgotten) {
    return std::move(forgotten).error();
  }
  if (Status sent = process_->send(request); !sent) {
    return std::move(sent).error();
  }
  return process_->receive({}, limit_);
}

template <class T>
Result<T> SmbSession::ask_for(const Request& request) {
  Result<Reply> reply = ask(request);
  if (!reply) {
    return std::move(reply).error();
  }
  if (const auto* failed = std::get_if<Failed>(&*reply)) {
    return to_error(*failed);
  }
  if (T* answer = std::get_if<T>(&*reply)) {
    return std::move(*answer);
  }
  return Error{Errc::malformed, "migstorm-smb answered something else than was asked"};
}

Result<FileFacts> SmbSession::stat(const std::string& path) {
  return too_long(path) ? Error{Errc::malformed, "a path over the limit"}
                        : ask_for<FileFacts>(StatFile{path});
}

Result<Opened> SmbSession::open(const std::string& path) {
  return too_long(path) ? Error{Errc::malformed, "a path over the limit"} : ask_for<Opened>(OpenFile{path});
}

Result<Entries> SmbSession::list(const std::string& path) {
  return too_long(path) ? Error{Errc::malformed, "a path over the limit"}
                        : ask_for<Entries>(ListFolder{path});
}

Status SmbSession::rename(const std::string& from, const std::string& to) {
  if (too_long(from) || too_long(to)) {
    return Error{Errc::malformed, "a path over the limit"};
  }
  const Result<Done> done = ask_for<Done>(RenameFile{from, to});
  return done ? Status(Unit{}) : Status(done.error());
}

Status SmbSession::close(std::uint32_t handle) {
  const Result<Done> done = ask_for<Done>(CloseFile{handle});
  return done ? Status(Unit{}) : Status(done.error());
}

Status SmbSession::ask_for_piece(const Piece& piece) {
  if (Status sent =
          process_->send(ReadFile{piece.handle, piece.offset, static_cast<std::uint32_t>(piece.size)});
      !sent) {
    return sent;
  }
  asked_.push_back(piece);
  return Unit{};
}

Result<std::size_t> SmbSession::receive_piece(std::span<std::byte> out) {
  const Piece piece = asked_.front();
  asked_.pop_front();
  const Result<Reply> reply = process_->receive(out.first(std::min(out.size(), piece.size)), limit_);
  if (!reply) {
    return reply.error();
  }
  if (const auto* failed = std::get_if<Failed>(&*reply)) {
    return to_error(*failed);
  }
  if (const auto* data = std::get_if<Data>(&*reply)) {
    return data->bytes.size();
  }
  return Error{Errc::malformed, "migstorm-smb answered something else than was asked"};
}

Status SmbSession::forget_pieces() {
  std::vector<std::byte> unwanted;
  while (!asked_.empty()) {
    unwanted.resize(asked_.front().size);
    const Result<std::size_t> got = receive_piece(unwanted);
    if (!got && (got.error().code == Errc::transport || got.error().code == Errc::timed_out)) {
      asked_.clear();
      return got.error();
    }
  }
  return Unit{};
}

Result<std::size_t> SmbSession::read(std::uint32_t handle, std::uint64_t offset, std::span<std::byte> out,
                                     std::uint64_t ahead_until) {
  std::size_t done = 0;
  while (done < out.size()) {
    const Piece piece{handle, offset + done, std::min<std::size_t>(out.size() - done, kReadMax)};
    if (asked_.empty() || asked_.front() != piece) {
      if (Status forgotten = forget_pieces(); !forgotten) {
        return std::move(forgotten).error();
      }
      if (Status sent = ask_for_piece(piece); !sent) {
        return std::move(sent).error();
      }
    }
    std::uint64_t next = asked_.back().offset + asked_.back().size;
    while (asked_.size() < kAskedMax && next < ahead_until) {
      const Piece ahead{handle, next,
                        static_cast<std::size_t>(std::min<std::uint64_t>(piece.size, ahead_until - next))};
      if (Status sent = ask_for_piece(ahead); !sent) {
        return std::move(sent).error();
      }
      next += ahead.size;
    }
    const Result<std::size_t> got = receive_piece(out.subspan(done));
    if (!got) {
      return got.error();
    }
    done += *got;
    if (*got < piece.size) {
      break;
    }
  }
  return done;
}

} // namespace migstorm::smb
