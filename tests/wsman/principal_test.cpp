#include "harness/wsman/principal.hpp"

#include "harness/runtime/sim_runtime.hpp"
#include "harness/wsman/authenticator.hpp"
#include "tests/support/catch.hpp"

#include <migstorm/scope.hpp>

using namespace migstorm;
using namespace migstorm::wsman;

namespace {

struct Contacts {
  int trying = 0;
  int most = 0;
  int allowed = 0;
  int refused = 0;
};

Task<Unit> contact(Runtime& runtime, Principal& principal, Contacts& contacts, Principal::Outcome outcome) {
  const Status entered = co_await principal.enter();
  if (!entered) {
    ++contacts.refused;
    co_return Unit{};
  }
  ++contacts.allowed;
  contacts.most = std::max(contacts.most, ++contacts.trying);
  co_await runtime.sleep_for(std::chrono::seconds(1));
  --contacts.trying;
  principal.settle(outcome);
  co_return Unit{};
}

Contacts contact_all(int count, Principal::Outcome outcome) {
  SimRuntime runtime;
  Principal principal(runtime, "user", "secret");
  Contacts contacts;
  Scope scope(runtime);
  for (int i = 0; i < count; ++i) {
    scope.spawn(contact(runtime, principal, contacts, outcome));
  }
  run(runtime, scope.join());
  return contacts;
}

} // namespace

TEST_CASE("the first contact is made alone, the others follow together", "[principal]") {
  const Contacts contacts = contact_all(5, Principal::Outcome::accepted);
  CHECK(contacts.allowed == 5);
  CHECK(contacts.most == 4);
}

TEST_CASE("one rejection stops all that wait", "[principal]") {
  const Contacts contacts = contact_all(5, Principal::Outcome::rejected);
  CHECK(contacts.allowed == 1);
  CHECK(contacts.refused == 4);
}

TEST_CASE("after a contact that says nothing the next one tries, alone as well", "[principal]") {
  const Contacts contacts = contact_all(5, Principal::Outcome::unknown);
  CHECK(contacts.allowed == 5);
  CHECK(contacts.most == 1);
}

TEST_CASE("a rejection does not say the password", "[principal]") {
  SimRuntime runtime;
  Principal principal(runtime, "LAB\\user", "secret");
  principal.settle(Principal::Outcome::rejected);
  CHECK(principal.rejected());
  CHECK(principal.rejection().code == Errc::denied);
  CHECK(principal.rejection().detail == "the credentials of \"LAB\\user\" were rejected before");
}

TEST_CASE("basic authentication sends user and password, and takes no for no", "[principal]") {
  SimRuntime runtime;
  const Principal principal(runtime, "Aladdin", "open sesame");
  const auto authenticator = make_basic_authenticator(principal);
  CHECK(*run(runtime, authenticator->authorization()) == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
  CHECK(authenticator->inspect({"Basic realm=\"WSMAN\""}) == Authenticator::Verdict::rejected);
}
