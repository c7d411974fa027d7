// A real file server on loopback, with a configuration and a user of its own in a test's folder.
#pragma once

#include "tests/support/process.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace migstorm::test {

std::uint16_t free_port();
bool answers(std::uint16_t port); // somebody listens there on loopback

struct SambaOptions {
  std::string max_protocol = "SMB3_11";
  std::string share_options = {}; // further lines of the share's section
  std::string path = {};          // of what is shared; empty: an empty folder
  std::string realm = {};         // of the keytab; empty: it knows nothing of Kerberos
  std::string keytab = {};
};

class SambaServer {
public:
  // Serves `share()` as //127.0.0.1/dumps when the constructor returns; throws where smbd is not installed.
  explicit SambaServer(const SambaOptions& options = {});
  SambaServer(const SambaServer&) = delete;
  SambaServer& operator=(const SambaServer&) = delete;
  ~SambaServer();

  std::uint16_t port() const noexcept { return port_; }
  const std::string& share() const noexcept { return share_; }
  std::string file(const std::string& name) const { return share() + "/" + name; }
  const std::string& user() const noexcept { return user_; }
  static std::string password() { return "correct-horse"; }
  std::string log() const { return read_file(folder_.file("log/log.smbd")); }
  const Folder& folder() const noexcept { return folder_; }

  void stop();  // with every connection
  void start(); // at the same port
private:
  std::string configuration(const SambaOptions& options) const;

  Folder folder_;
  std::string share_;
  std::uint16_t port_;
  std::string user_;
  std::unique_ptr<Process> server_;
};

} // namespace migstorm::test
