#include "harness/scenario/credential.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace migstorm {
namespace {

constexpr std::size_t kPasswordMax = 512;

Result<std::string> checked(const Credential& credential, std::string_view source, std::string password) {
  const auto refuse = [&](Errc code, std::string_view why) {
    return Error{code, fmt::format("credential {}: {} {}", credential.name, source, why)};
  };
  if (password.empty()) {
    return refuse(Errc::malformed, "is empty");
  }
  if (password.size() > kPasswordMax) {
    return refuse(Errc::over_limit, fmt::format("is longer than {} bytes", kPasswordMax));
  }
  if (std::any_of(password.begin(), password.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
    return refuse(Errc::malformed, "has a control character in it");
  }
  return password;
}

Result<std::string> read_from_environment(const Credential& credential) {
  const std::string source = fmt::format("environment variable {}", credential.password_env);
  const char* const value = std::getenv(credential.password_env.c_str());
  if (value == nullptr) {
    return Error{Errc::not_found, fmt::format("credential {}: {} is not set", credential.name, source)};
  }
  return checked(credential, source, value);
}

Result<std::string> read_from_file(const Credential& credential) {
  const std::string source = fmt::format("password file {}", credential.password_file);
  std::error_code failed;
  if (std::filesystem::is_directory(credential.password_file, failed)) {
    return Error{Errc::malformed, fmt::format("credential {}: {} is a folder", credential.name, source)};
  }
  std::ifstream in(credential.password_file, std::ios::binary);
  if (!in) {
    return Error{Errc::not_found, fmt::format("credential {}: {} cannot be opened", credential.name, source)};
  }
  std::array<char, kPasswordMax + 2> buffer{}; // one too many, and a line end
  in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
  std::string password(buffer.data(), static_cast<std::size_t>(in.gcount()));
  password = password.substr(0, password.find('\n'));
  if (password.ends_with('\r')) {
    password.pop_back();
  }
  return checked(credential, source, std::move(password));
}

} // namespace

Result<std::string> read_password(const Credential& credential) {
  if (!credential.password_env.empty()) {
    return read_from_environment(credential);
  }
  if (!credential.password_file.empty()) {
    return read_from_file(credential);
  }
  return checked(credential, "password", credential.password);
}

std::optional<std::string> password_warning(const Credential& credential) {
  using std::filesystem::perms;
  if (credential.password_file.empty()) {
    return std::nullopt;
  }
  std::error_code failed;
  const auto status = std::filesystem::status(credential.password_file, failed);
  if (failed || (status.permissions() & (perms::group_read | perms::others_read)) == perms::none) {
    return std::nullopt;
  }
  return fmt::format("credential {}: password file {} can be read by others on this machine, use chmod 600",
                     credential.name, credential.password_file);
}

} // namespace migstorm
