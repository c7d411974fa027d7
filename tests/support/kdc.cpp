#include "tests/support/kdc.hpp"

#include "tests/support/samba.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <netdb.h>
#include <netinet/in.h>
#include <sstream>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>

namespace migstorm::test {
namespace {

using namespace std::chrono_literals;

constexpr const char* kRefusal = "PREAUTH_FAILED";

std::string client_configuration(const std::string& realm, std::uint16_t port) {
  return "[libdefaults]\n  default_realm = " + realm +
         "\n  dns_lookup_kdc = false\n  dns_lookup_realm = false\n  dns_canonicalize_hostname = false\n"
         "  rdns = false\n  udp_preference_limit = 1\n[realms]\n  " +
         realm + " = {\n    kdc = 127.0.0.1:" + std::to_string(port) + "\n  }\n[domain_realm]\n  " +
         loopback_name() + " = " + realm + "\n";
}

// Without the part for Windows in its tickets, which a server outside of a domain refuses.
std::string server_configuration(const std::string& realm, std::uint16_t port, const Folder& folder) {
  const std::string listen = "127.0.0.1:" + std::to_string(port);
  return "[kdcdefaults]\n  kdc_listen = " + listen + "\n  kdc_tcp_listen = " + listen + "\n[realms]\n  " +
         realm + " = {\n    database_module = here\n    disable_pac = true\n    key_stash_file = " +
         folder.file("stash") + "\n  }\n[dbmodules]\n  here = {\n    db_library = db2\n    database_name = " +
         folder.file("principal") + "\n  }\n[logging]\n  kdc = FILE:" + folder.file("kdc.log") + "\n";
}

bool is_loopback(const std::string& name) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  addrinfo* found = nullptr;
  if (::getaddrinfo(name.c_str(), nullptr, &hints, &found) != 0) {
    return false;
  }
  const in_addr address = reinterpret_cast<const sockaddr_in*>(found->ai_addr)->sin_addr;
  ::freeaddrinfo(found);
  return ntohl(address.s_addr) == INADDR_LOOPBACK;
}

} // namespace

std::string loopback_name() {
  std::ifstream hosts("/etc/hosts");
  for (std::string line; std::getline(hosts, line);) {
    std::istringstream words(line.substr(0, line.find('#')));
    std::string name;
    words >> name; // the address
    while (words >> name) {
      if (name.find("localhost") == std::string::npos && is_loopback(name)) {
        return name;
      }
    }
  }
  return {};
}

Kdc::Kdc() {
  const std::uint16_t port = free_port();
  write_file(configuration(), client_configuration(realm(), port));
  write_file(folder_.file("kdc.conf"), server_configuration(realm(), port, folder_));
  call({"/usr/sbin/kdb5_util", "create", "-s", "-W", "-r", realm(), "-P", "master"});
  server_ = std::make_unique<Process>(
      std::vector<std::string>{"/usr/bin/env", "KRB5_CONFIG=" + configuration(),
                               "KRB5_KDC_PROFILE=" + folder_.file("kdc.conf"), "/usr/sbin/krb5kdc", "-n",
                               "-P", folder_.file("kdc.pid")},
      folder_.file("kdc.out"), folder_.file("kdc.err"));
  const auto give_up = std::chrono::steady_clock::now() + 20s;
  while (!answers(port)) {
    if (!server_->running() || std::chrono::steady_clock::now() > give_up) {
      throw std::runtime_error("krb5kdc does not serve: " + read_file(folder_.file("kdc.err")));
    }
    std::this_thread::sleep_for(20ms);
  }
}

Kdc::~Kdc() {
  server_->signal(SIGTERM);
  server_->wait(10s);
}

void Kdc::add_user(const std::string& name, const std::string& password) {
  administrate("addprinc +requires_preauth -pw " + password + " " + name);
}

void Kdc::add_service(const std::string& principal) {
  administrate("addprinc -randkey " + principal);
  administrate("ktadd -k " + keytab() + " " + principal);
}

std::string Kdc::tickets(const std::string& user, const std::string& password) {
  std::string file = folder_.file("tickets-" + user);
  call({"kinit", "-c", file, user}, password + "\n");
  return file;
}

std::size_t Kdc::refusals() const {
  const std::string log = read_file(folder_.file("kdc.log"));
  std::size_t count = 0;
  for (std::size_t at = log.find(kRefusal); at != std::string::npos; at = log.find(kRefusal, at + 1)) {
    ++count;
  }
  return count;
}

void Kdc::administrate(const std::string& query) { call({"/usr/sbin/kadmin.local", "-q", query}); }

void Kdc::call(const std::vector<std::string>& argv, const std::string& input) {
  std::string command =
      "KRB5_CONFIG='" + configuration() + "' KRB5_KDC_PROFILE='" + folder_.file("kdc.conf") + "'";
  for (const std::string& word : argv) {
    command += " '" + word + "'";
  }
  command += " >>'" + folder_.file("calls") + "' 2>&1";
  FILE* in = ::popen(command.c_str(), "w"); // NOLINT(cert-env33-c): nothing in it comes from outside
  if (in == nullptr) {
    throw std::runtime_error(argv.front() + " does not start");
  }
  const bool written = std::fwrite(input.data(), 1, input.size(), in) == input.size();
  if (::pclose(in) != 0 || !written) {
    throw std::runtime_error(argv.front() +
                             " failed: are krb5-kdc, krb5-admin-server and krb5-user installed? " +
                             read_file(folder_.file("calls")));
  }
}

} // namespace migstorm::test
