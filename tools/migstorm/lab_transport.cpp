#include "tools/migstorm/lab_transport.hpp"

#include "harness/wsman/authenticator.hpp"
#include "harness/wsman/principal.hpp"
#include "harness/wsman/transport.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

namespace migstorm {

namespace {

constexpr Span kHalfWay = std::chrono::microseconds(500); // from one machine to the other on a quiet network

class LabTransport final : public wsman::Transport {
public:
  LabTransport(Runtime& runtime, lab::wsman::Endpoint& endpoint, std::size_t front,
               const Credential& credential)
      : runtime_(runtime), endpoint_(endpoint), front_(front),
        authenticator_(wsman::make_basic_authenticator(
            wsman::Principal(runtime, credential.user, credential.password))) {}

  Task<Result<wsman::Reply>> post(std::string body, Span /*timeout*/) override {
    Result<std::string> authorization = co_await authenticator_->authorization();
    if (!authorization) {
      co_return std::move(authorization).error();
    }
    co_await runtime_.sleep_for(kHalfWay);
    lab::wsman::HttpRequest request;
    request.authorization = *std::move(authorization);
    request.body = std::move(body);
    lab::wsman::HttpReply reply = endpoint_.answer(front_, std::move(request));
    co_await runtime_.sleep_for(kHalfWay);
    if (reply.fate == lab::WireFault::refuse) {
      co_return Error{Errc::transport, "connection refused"};
    }
    if (reply.lost()) {
      co_return Error{Errc::unknown_outcome, "the connection was closed before the answer"};
    }
    if (reply.status == 401 || reply.status == 403) {
      co_return Error{Errc::denied, fmt::format("HTTP {}", reply.status)};
    }
    wsman::Reply answer;
    answer.http_status = static_cast<int>(reply.status);
    answer.body = std::move(reply.body);
    co_return answer;
  }
  wsman::TransportCounters counters() const override { return {1, 1}; }

private:
  Runtime& runtime_;
  lab::wsman::Endpoint& endpoint_;
  std::size_t front_;
  std::unique_ptr<wsman::Authenticator> authenticator_;
};

} // namespace

hyperv::TransportFactory make_lab_factory(Runtime& runtime, lab::wsman::Endpoint& endpoint,
                                          const LabFile& lab) {
  return [&runtime, &endpoint, lab](const Endpoint& machine) -> Result<std::unique_ptr<wsman::Transport>> {
    const auto front = endpoint.find_front(machine.name);
    const auto credential =
        std::find_if(lab.credentials.begin(), lab.credentials.end(),
                     [&machine](const Credential& c) { return c.name == machine.credential; });
    if (!front || credential == lab.credentials.end()) {
      return Error{Errc::not_found, fmt::format("the simulated cluster has no machine {}", machine.name)};
    }
    return std::unique_ptr<wsman::Transport>(
        std::make_unique<LabTransport>(runtime, endpoint, *front, *credential));
  };
}

} // namespace migstorm
