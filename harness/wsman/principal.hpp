// One set of credentials and what is known about it. Transports that use the same credentials share it: the
// first request with a password goes out alone, and one rejection stops the password everywhere.
#pragma once

#include <migstorm/notify.hpp>
#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>
#include <migstorm/task.hpp>

#include <cstdint>
#include <string>
#include <utility>

namespace migstorm::wsman {

class Principal {
public:
  Principal(Runtime& runtime, std::string user, std::string password)
      : changed_(runtime), user_(std::move(user)), password_(std::move(password)) {}

  const std::string& user() const noexcept { return user_; }
  const std::string& password() const noexcept { return password_; } // for authenticators only

  bool accepted() const noexcept { return standing_ == Standing::accepted; }
  bool rejected() const noexcept { return standing_ == Standing::rejected; }
  const std::string& rejected_by() const noexcept { return rejected_by_; } // the host that said no
  Error rejection() const {
    return {Errc::denied, "the credentials of \"" + user_ + "\" were rejected before"};
  }

  // Before a request while not accepted(): waits until no other first contact is under way. The caller then
  // says how its request ended by settle().
  Task<Status> enter() {
    while (standing_ == Standing::trying) {
      co_await changed_.wait();
    }
    if (rejected()) {
      co_return rejection();
    }
    if (standing_ == Standing::untried) {
      standing_ = Standing::trying;
    }
    co_return Unit{};
  }

  enum class Outcome : std::uint8_t { accepted, rejected, unknown };
  void settle(Outcome outcome, const std::string& host = {}) {
    if (outcome == Outcome::rejected) {
      rejected_by_ = rejected() ? rejected_by_ : host;
      standing_ = Standing::rejected;
    } else if (standing_ == Standing::trying) {
      standing_ = outcome == Outcome::accepted ? Standing::accepted : Standing::untried;
    }
    changed_.notify_all();
  }

private:
  enum class Standing : std::uint8_t { untried, trying, accepted, rejected };
  Notify changed_;
  Standing standing_ = Standing::untried;
  std::string user_;
  std::string password_;
  std::string rejected_by_;
};

} // namespace migstorm::wsman
