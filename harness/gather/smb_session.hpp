// One share of one server, asked through migstorm-smb. Everything here blocks, and belongs to one thread at a
// time.
#pragma once

#include "harness/gather/smb_process.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace migstorm::smb {

Error to_error(const Failed& failed);

class SmbSession;
struct LoginOutcome {
  std::unique_ptr<SmbSession> session; // or
  Failed failed;
  bool encrypted = true;
};

class SmbSession {
public:
  // Starts the program and logs in, encrypted. With `login.unencrypted`, a server that has no encryption is
  // then asked without it.
  static LoginOutcome start(const std::string& program, const Login& login);

  Result<FileFacts> stat(const std::string& path);
  Result<Opened> open(const std::string& path);
  Result<Entries> list(const std::string& path);
  Status rename(const std::string& from, const std::string& to);
  Status close(std::uint32_t handle);

  // Fewer bytes than `out` takes only at the end of the file. Where the file will be read on up to
  // `ahead_until`, in pieces of the same size, the next pieces are asked for already.
  Result<std::size_t> read(std::uint32_t handle, std::uint64_t offset, std::span<std::byte> out,
                           std::uint64_t ahead_until = 0);

private:
  struct Piece {
    std::uint32_t handle = 0;
    std::uint64_t offset = 0;
    std::size_t size = 0;
    friend bool operator==(const Piece&, const Piece&) = default;
  };
  explicit SmbSession(std::unique_ptr<SmbProcess> process, std::chrono::milliseconds limit)
      : process_(std::move(process)), limit_(limit) {}

  static LoginOutcome start_once(const std::string& program, const Login& login);
  Result<Reply> ask(const Request& request);
  template <class T>
  Result<T> ask_for(const Request& request);
  Status ask_for_piece(const Piece& piece);
  Result<std::size_t> receive_piece(std::span<std::byte> out);
  Status forget_pieces();

  std::unique_ptr<SmbProcess> process_;
  std::chrono::milliseconds limit_;
  std::deque<Piece> asked_; // in the order of their answers
};

} // namespace migstorm::smb
