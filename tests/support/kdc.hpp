// A real key distribution centre on loopback, with a realm of its own in a test's folder.
#pragma once

#include "tests/support/process.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace migstorm::test {

class Kdc {
public:
  // Serves when the constructor returns; throws where krb5-kdc and krb5-admin-server are not installed.
  Kdc();
  ~Kdc();
  Kdc(const Kdc&) = delete;
  Kdc& operator=(const Kdc&) = delete;

  static std::string realm() { return "TEST.INVALID"; }
  // Clients and servers are to have it as KRB5_CONFIG.
  std::string configuration() const { return folder_.file("krb5.conf"); }
  std::string keytab() const { return folder_.file("keytab"); }
  void add_user(const std::string& name, const std::string& password);
  void add_service(const std::string& principal); // "cifs/host", into the keytab
  // A file with a ticket for the user.
  std::string tickets(const std::string& user, const std::string& password);
  // How often a password was wrong.
  std::size_t refusals() const;

private:
  void administrate(const std::string& query);
  void call(const std::vector<std::string>& argv, const std::string& input = {});

  Folder folder_;
  std::unique_ptr<Process> server_;
};

// A name of this machine that leads to loopback and is not localhost, for which no client asks for a ticket.
std::string loopback_name();

} // namespace migstorm::test
