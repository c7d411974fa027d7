// Logins with tickets of a real KDC at a real Samba server.
#include "harness/gather/smb_session.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/kdc.hpp"
#include "tests/support/samba.hpp"

#include <cstdlib>

using namespace migstorm;
using namespace migstorm::smb;
using namespace migstorm::test;

namespace {

class Setting {
public:
  Setting(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  ~Setting() { ::unsetenv(name_); }
  Setting(const Setting&) = delete;
  Setting& operator=(const Setting&) = delete;

private:
  const char* name_;
};

struct Realm {
  Realm() {
    kdc.add_service("cifs/" + name);
    SambaOptions options;
    options.realm = Kdc::realm();
    options.keytab = kdc.keytab();
    server = std::make_unique<SambaServer>(options);
    kdc.add_user(server->user(), "of-the-realm");
    write_file(server->file("MEMORY.DMP"), "PAGEDU64");
  }
  Login login() const {
    Login login;
    login.server = name;
    login.port = server->port();
    login.share = "dumps";
    login.domain = Kdc::realm();
    login.user = server->user();
    login.password = "of-the-realm";
    login.kerberos = true;
    return login;
  }
  bool sent_ntlm() const { return server->log().find("check_ntlm_password") != std::string::npos; }

  std::string name = loopback_name();
  Kdc kdc;
  Setting configuration{"KRB5_CONFIG", kdc.configuration()};
  std::unique_ptr<SambaServer> server;
};

// Names are the machine's to give.
bool possible() {
  const bool named = !loopback_name().empty();
  if (!named) {
    WARN("no name in /etc/hosts but localhost leads to loopback: Kerberos is not tested on this machine");
  }
  return named;
}

} // namespace

TEST_CASE("a share is entered with Kerberos, by a password or by the tickets that are there",
          "[smb][kerberos]") {
  if (!possible()) {
    return;
  }
  Realm realm;
  Login login = realm.login();
  std::optional<Setting> tickets;
  SECTION("password") {}
  SECTION("tickets") {
    tickets.emplace("KRB5CCNAME", realm.kdc.tickets(realm.server->user(), "of-the-realm"));
    login.password.clear();
  }
  const LoginOutcome outcome = SmbSession::start(MIGSTORM_SMB_PROGRAM, login);
  INFO(outcome.failed.text);
  REQUIRE(outcome.session);
  CHECK(outcome.encrypted);
  const auto facts = outcome.session->stat("MEMORY.DMP");
  REQUIRE(facts);
  CHECK(facts->size == 8);
  CHECK_FALSE(realm.sent_ntlm());
}

TEST_CASE("where Kerberos is asked for, nothing else is tried", "[smb][kerberos]") {
  if (!possible()) {
    return;
  }
  const Realm realm;
  Login login = realm.login();
  Failure why = Failure::refused;
  std::string words;
  std::size_t refused_by_kdc = 0;
  SECTION("a wrong password, which is shown to the KDC once") {
    login.password = "wrong";
    why = Failure::rejected;
    words = "login";
    refused_by_kdc = 1;
  }
  SECTION("the password that the server would take by NTLM") {
    login.password = SambaServer::password();
    why = Failure::rejected;
    words = "login";
    refused_by_kdc = 1;
  }
  SECTION("an address, for which there are no tickets") {
    login.server = "127.0.0.1";
    words = "give the guest's as its address";
  }
  SECTION("no tickets") {
    login.password.clear();
    words = "no Kerberos ticket for cifs/" + realm.name;
  }
  const LoginOutcome outcome = SmbSession::start(MIGSTORM_SMB_PROGRAM, login);
  REQUIRE_FALSE(outcome.session);
  CHECK(outcome.failed.why == why);
  CHECK_THAT(outcome.failed.text, Catch::Matchers::Contains(words));
  CHECK_FALSE(realm.sent_ntlm());
  CHECK(realm.kdc.refusals() == refused_by_kdc);
}
