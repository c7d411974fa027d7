// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/smb/private_home.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

namespace migstorm::smb {
namespace {

void keep_only_kerberos() {
  constexpr std::array<const char*, 4> kKept = {"KRB5CCNAME", "KRB5_CONFIG", "KRB5_CLIENT_KTNAME", "TMPDIR"};
  std::vector<std::pair<const char*, std::string>> kept;
  for (const char* name : kKept) {
    if (const char* value = std::getenv(name)) {
      kept.emplace_back(name, value);
    }
  }
  ::clearenv();
  for (const auto& [name, value] : kept) {
    ::setenv(name, value.c_str(), 1);
  }
}

// Names are looked up by the resolver alone: no broadcasts, no NetBIOS, no port 139.
std::string configuration(const std::string& home, const std::string& min_protocol, bool encrypted) {
  std::string text = "[global]\n"
                     "client signing = required\n"
                     "client ipc signing = required\n"
                     "client NTLMv2 auth = yes\n"
                     "client lanman auth = no\n"
                     "client plaintext auth = no\n"
                     "client max protocol = SMB3_11\n"
                     "client ipc max protocol = SMB3_11\n"
                     "name resolve order = host\n"
                     "disable netbios = yes\n"
                     "log level = 0\n";
  text += "client min protocol = " + min_protocol + "\nclient ipc min protocol = " + min_protocol + "\n";
  text += std::string("client smb encrypt = ") + (encrypted ? "required" : "if_required") + "\n";
  for (const char* folder : {"lock directory", "state directory", "cache directory", "private dir"}) {
    text += std::string(folder) + " = " + home + "\n";
  }
  return text;
}

} // namespace

Result<PrivateHome> PrivateHome::make(const std::string& min_protocol, bool encrypted) {
  keep_only_kerberos();
  std::error_code error;
  std::string path = (std::filesystem::temp_directory_path(error) / "migstorm-smb-XXXXXX").string();
  if (error || ::mkdtemp(path.data()) == nullptr) {
    return Error{Errc::storage, "no temporary folder: " + std::generic_category().message(errno)};
  }
  PrivateHome home(path);
  std::filesystem::create_directory(path + "/.smb", error);
  std::ofstream out(path + "/.smb/smb.conf");
  out << configuration(path, min_protocol, encrypted);
  out.close();
  if (error || !out) {
    return Error{Errc::storage, "the configuration cannot be written in " + path};
  }
  ::setenv("HOME", path.c_str(), 1);
  return home;
}

PrivateHome::PrivateHome(PrivateHome&& other) noexcept : path_(std::exchange(other.path_, {})) {}

PrivateHome::~PrivateHome() {
  std::error_code ignored;
  if (!path_.empty()) {
    std::filesystem::remove_all(path_, ignored);
  }
}

} // namespace migstorm::smb
