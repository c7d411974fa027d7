// Where passwords come from: an environment variable, the first line of a file, or (simulated clusters only)
// the lab file.
#pragma once

#include <migstorm/lab_file.hpp>
#include <migstorm/result.hpp>

#include <optional>
#include <string>

namespace migstorm {

// Reads files and the environment, so it may block. Errors never hold any part of a password.
Result<std::string> read_password(const Credential& credential);

// A sentence when others on this machine could read the credential's password file.
std::optional<std::string> password_warning(const Credential& credential);

} // namespace migstorm
