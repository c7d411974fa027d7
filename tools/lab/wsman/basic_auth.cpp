#include "tools/lab/wsman/basic_auth.hpp"

#include "tools/lab/cim/text.hpp"

#include <cstdint>
#include <utility>

namespace migstorm::lab::wsman {

namespace {

constexpr std::size_t kEncodedMax = 1024;

int digit_of(char c) noexcept {
  if (c >= 'A' && c <= 'Z') {
    return c - 'A';
  }
  if (c >= 'a' && c <= 'z') {
    return c - 'a' + 26;
  }
  if (c >= '0' && c <= '9') {
    return c - '0' + 52;
  }
  return c == '+' ? 62 : (c == '/' ? 63 : -1);
}

std::optional<std::string> decode_base64(std::string_view text) {
  while (text.ends_with('=')) {
    text.remove_suffix(1);
  }
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int digit = digit_of(c);
    if (digit < 0) {
      return std::nullopt;
    }
    bits = (bits << 6 | static_cast<std::uint32_t>(digit)) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xff);
    }
  }
  return out;
}

// Domain and account; the domain may be empty.
std::pair<std::string_view, std::string_view> split_account(std::string_view user) noexcept {
  if (const auto slash = user.find('\\'); slash != user.npos) {
    return {user.substr(0, slash), user.substr(slash + 1)};
  }
  if (const auto at = user.rfind('@'); at != user.npos) {
    return {user.substr(at + 1), user.substr(0, at)};
  }
  return {{}, user};
}

} // namespace

std::optional<Credentials> parse_basic(std::string_view authorization) {
  constexpr std::string_view kScheme = "Basic ";
  if (!cim::istarts_with(authorization, kScheme) || authorization.size() > kEncodedMax) {
    return std::nullopt;
  }
  const auto decoded = decode_base64(cim::trim(authorization.substr(kScheme.size())));
  const auto colon = decoded ? decoded->find(':') : std::string::npos;
  if (colon == std::string::npos) {
    return std::nullopt;
  }
  return Credentials{decoded->substr(0, colon), decoded->substr(colon + 1)};
}

bool accepts(const Credentials& wanted, const Credentials& given) noexcept {
  const auto [wanted_domain, wanted_user] = split_account(wanted.user);
  const auto [domain, user] = split_account(given.user);
  return cim::iequals(wanted_domain, domain) && cim::iequals(wanted_user, user) &&
         wanted.password == given.password;
}

} // namespace migstorm::lab::wsman
