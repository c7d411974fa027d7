// A dump on a share of the guest itself, read through migstorm-smb.
#pragma once

#include "harness/gather/smb_session.hpp"
#include "harness/gather/way.hpp"

#include <functional>
#include <mutex>
#include <string>

namespace migstorm::gather {

// Who asks. One for all ways and guests of one credential: what one server rejects is not shown to another.
class SmbAccount {
public:
  std::string credential; // its name in the lab file
  std::string domain;
  std::string user;
  std::string password;
  bool kerberos = false;
  bool allow_unencrypted = false; // SMB 2.1
  bool may_rename = false;        // dumps that were brought home
  std::uint32_t timeout_ms = 20'000;

  // From any thread. `server`: that said no; the first one stays. Empty: none did.
  void reject(const std::string& server);
  std::string rejected_by() const;

private:
  mutable std::mutex mutex_;
  std::string rejected_by_;
};

struct SmbPlace {
  std::string server;
  std::uint16_t port = 445;
  std::string share;
  std::string path; // within the share, never empty
};
// "smb://sql-1.example.com:445/c$/Windows/MEMORY.DMP".
Result<SmbPlace> parse_smb_url(const std::string& url);

// "DOMAIN\user" and "user@REALM" to domain and user; a local account keeps no domain.
void set_user(SmbAccount& account, const std::string& name);

// Who asks this guest; null: nobody can. What it points to outlives the way.
using AccountOf = std::function<SmbAccount*(const std::string& guest)>;
// `url` may hold {guest} and {address}.
std::unique_ptr<Way> make_smb_way(std::string url, AccountOf account_of, std::string program);

} // namespace migstorm::gather
