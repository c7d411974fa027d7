// Basic authentication: what a client says against what a front accepts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace migstorm::lab::wsman {

struct Credentials {
  std::string user;
  std::string password;
};

// "Basic <base64 of user:password>"; nothing if it is not that.
std::optional<Credentials> parse_basic(std::string_view authorization);

// DOMAIN\user, user@DOMAIN and the other case are the same account; passwords are not that lenient.
bool accepts(const Credentials& wanted, const Credentials& given) noexcept;

} // namespace migstorm::lab::wsman
