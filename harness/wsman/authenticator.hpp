// How one connection authenticates. A lane has one per connection and asks it before every request.
#pragma once

#include "harness/wsman/principal.hpp"

#include <migstorm/result.hpp>
#include <migstorm/task.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace migstorm::wsman {

class Authenticator {
public:
  virtual ~Authenticator() = default;

  // Value of the Authorization header of the next request; empty if the connection needs none (any more).
  virtual Task<Result<std::string>> authorization() = 0;

  enum class Verdict : std::uint8_t {
    go_on,    // send the request again with the next header: a 401 means that it was not carried out
    rejected, // the credentials are wrong
  };
  // Looks at the WWW-Authenticate headers of a 401.
  virtual Verdict inspect(const std::vector<std::string>& challenges) = 0;
};

// Sends user and password with every request: only for encrypted connections and loopback.
std::unique_ptr<Authenticator> make_basic_authenticator(const Principal& principal);

} // namespace migstorm::wsman
