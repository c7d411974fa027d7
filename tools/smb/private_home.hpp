// SPDX-License-Identifier: GPL-3.0-or-later
// An environment in which libsmbclient finds our configuration and none of this machine's.
#pragma once

#include <migstorm/result.hpp>

#include <string>

namespace migstorm::smb {

// libsmbclient takes $HOME/.smb/smb.conf instead of the system's file, and the variables that it heeds (some
// name programs to be run) are many: all go but Kerberos's own. Made once, before anything of libsmbclient
// runs; the folder is gone with this object, of which libsmbclient needs nothing once it is set up.
class PrivateHome {
public:
  // `min_protocol`: "SMB3_00" or "SMB2_10".
  static Result<PrivateHome> make(const std::string& min_protocol, bool encrypted);
  PrivateHome(PrivateHome&& other) noexcept;
  PrivateHome& operator=(PrivateHome&&) = delete;
  PrivateHome(const PrivateHome&) = delete;
  PrivateHome& operator=(const PrivateHome&) = delete;
  ~PrivateHome();

private:
  explicit PrivateHome(std::string path) : path_(std::move(path)) {}
  std::string path_;
};

} // namespace migstorm::smb
