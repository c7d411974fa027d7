#include "tests/support/samba.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <cstdio>
#include <netinet/in.h>
#include <pwd.h>
#include <stdexcept>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace migstorm::test {
namespace {

using namespace std::chrono_literals;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

void add_user(const std::string& configuration, const std::string& user, const std::string& password) {
  const std::string command = "smbpasswd -c '" + configuration + "' -s -a '" + user + "' >/dev/null 2>&1";
  FILE* in = ::popen(command.c_str(), "w"); // NOLINT(cert-env33-c): nothing in it comes from outside
  if (in == nullptr) {
    throw std::runtime_error("smbpasswd does not start");
  }
  const std::string twice = password + "\n" + password + "\n";
  const bool written = std::fwrite(twice.data(), 1, twice.size(), in) == twice.size();
  if (::pclose(in) != 0 || !written) {
    throw std::runtime_error("smbpasswd failed: is samba installed? tools/setup --tests does it");
  }
}

} // namespace

bool answers(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool open = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return open;
}

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no free port");
  }
  ::close(socket);
  return ntohs(address.sin_port);
}

SambaServer::SambaServer(const SambaOptions& options)
    : share_(options.path.empty() ? folder_.file("share") : options.path), port_(free_port()) {
  const passwd* me = ::getpwuid(::getuid());
  user_ = me != nullptr ? me->pw_name : "nobody";
  for (const char* name : {"lock", "state", "cache", "private", "pid", "ncalrpc", "log", "share"}) {
    std::filesystem::create_directory(folder_.file(name));
  }
  write_file(folder_.file("smb.conf"), configuration(options));
  add_user(folder_.file("smb.conf"), user_, password());
  start();
}

SambaServer::~SambaServer() { stop(); }

std::string SambaServer::configuration(const SambaOptions& options) const {
  std::string text = "[global]\nworkgroup = TEST\nnetbios name = GUEST\nserver role = standalone server\n"
                     "interfaces = 127.0.0.1\nbind interfaces only = yes\ndisable netbios = yes\n"
                     "load printers = no\ndisable spoolss = yes\nprintcap name = /dev/null\n"
                     "usershare max shares = 0\nlog level = 1 auth:3\n";
  text += "smb ports = " + std::to_string(port_) + "\nserver max protocol = " + options.max_protocol + "\n";
  for (const char* name : {"lock", "state", "cache", "pid"}) {
    text += std::string(name) + " directory = " + folder_.file(name) + "\n";
  }
  text += "private dir = " + folder_.file("private") + "\nncalrpc dir = " + folder_.file("ncalrpc") + "\n";
  text += "log file = " + folder_.file("log/log.smbd") + "\n";
  text += "passdb backend = smbpasswd:" + folder_.file("private/smbpasswd") + "\n";
  if (!options.realm.empty()) {
    text += "realm = " + options.realm +
            "\nkerberos method = dedicated keytab\ndedicated keytab file = FILE:" + options.keytab +
            "\ngensec:require_pac = no\n";
  }
  return text + "[dumps]\npath = " + share() + "\nread only = no\n" + options.share_options + "\n";
}

void SambaServer::start() {
  server_ = std::make_unique<Process>(std::vector<std::string>{"/usr/sbin/smbd", "--foreground",
                                                               "--configfile=" + folder_.file("smb.conf"),
                                                               "--log-basename=" + folder_.file("log")},
                                      folder_.file("smbd.out"), folder_.file("smbd.err"));
  const auto give_up = std::chrono::steady_clock::now() + 20s;
  while (!answers(port_)) {
    if (!server_->running() || std::chrono::steady_clock::now() > give_up) {
      throw std::runtime_error("smbd does not serve: " + read_file(folder_.file("smbd.err")) + log());
    }
    std::this_thread::sleep_for(20ms);
  }
}

void SambaServer::stop() {
  if (server_) {
    server_->signal(SIGTERM); // it leads a process group and takes its children along
    server_->wait(10s);
    server_.reset();
  }
}

} // namespace migstorm::test
