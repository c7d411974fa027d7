#include "harness/wsman/authenticator.hpp"

#include <openssl/evp.h>

namespace migstorm::wsman {

namespace {

std::string base64(const std::string& text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0'); // OpenSSL terminates it
  const auto* from = reinterpret_cast<const unsigned char*>(text.data());
  auto* to = reinterpret_cast<unsigned char*>(out.data());
  out.resize(static_cast<std::size_t>(EVP_EncodeBlock(to, from, static_cast<int>(text.size()))));
  return out;
}

class BasicAuthenticator final : public Authenticator {
public:
  explicit BasicAuthenticator(const Principal& principal)
      : header_("Basic " + base64(principal.user() + ":" + principal.password())) {}

  Task<Result<std::string>> authorization() override { co_return header_; }
  Verdict inspect(const std::vector<std::string>&) override { return Verdict::rejected; }

private:
  std::string header_;
};

} // namespace

std::unique_ptr<Authenticator> make_basic_authenticator(const Principal& principal) {
  return std::make_unique<BasicAuthenticator>(principal);
}

} // namespace migstorm::wsman
