// SPDX-License-Identifier: GPL-3.0-or-later
// One share of one server, through libsmbclient. Everything here blocks, and belongs to one thread.
#pragma once

#include "harness/gather/smb_wire.hpp"

#include <libsmbclient.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace migstorm::smb {

class Share {
public:
  Share() = default;
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;
  ~Share();

  // Signing always; encryption unless the login says without. A wrong password is sent once.
  Reply handle(const Login& login);
  Reply handle(const StatFile& stat);
  Reply handle(const OpenFile& open);
  Reply handle(const ReadFile& read); // the bytes are valid until the next read but two
  Reply handle(const ListFolder& list);
  Reply handle(const RenameFile& rename);
  Reply handle(const CloseFile& close);

  // Where the bytes of the next read shall go; as long as kReadMax.
  void read_into(std::byte* buffer) noexcept { buffer_ = buffer; }

private:
  std::optional<Failed> set_up(const Login& login);
  std::string url(const std::string& share, const std::string& path) const;
  std::string url(const std::string& path) const { return url(login_.share, path); }
  static void authenticate(SMBCCTX* context, const char* server, const char* share, char* domain,
                           int domain_size, char* user, int user_size, char* password, int password_size);

  Login login_;
  SMBCCTX* context_ = nullptr;
  bool logged_in_ = false;
  std::map<std::uint32_t, SMBCFILE*> files_;
  std::uint32_t next_handle_ = 1;
  std::byte* buffer_ = nullptr;
};

} // namespace migstorm::smb
