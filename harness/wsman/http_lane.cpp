#include "harness/wsman/http_lane.hpp"

#include "harness/wsman/http_connection.hpp"
#include "harness/wsman/text.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <iterator>

namespace migstorm::wsman {

namespace {

namespace http = boost::beast::http;

constexpr int kLegsMax = 4; // of an authentication: Negotiate needs two or three

Status set_up_tls(TlsContext& tls, const HttpOptions& options) {
  SSL_CTX_set_min_proto_version(tls.context.native_handle(), TLS1_2_VERSION);
  if (!options.verify_tls) {
    tls.context.set_verify_mode(boost::asio::ssl::verify_none);
    return Unit{};
  }
  tls.context.set_verify_mode(boost::asio::ssl::verify_peer);
  boost::system::error_code error;
  if (options.ca_file.empty()) {
    tls.context.set_default_verify_paths(error);
  } else {
    tls.context.load_verify_file(options.ca_file, error);
  }
  return error ? Status(Error{Errc::storage,
                              fmt::format("CA file \"{}\": {}", options.ca_file, error.message())})
               : Status(Unit{});
}

std::vector<std::string> challenges_of(const HttpConnection::Response& response) {
  std::vector<std::string> challenges;
  const auto [first, last] = response.equal_range(http::field::www_authenticate);
  for (auto field = first; field != last; ++field) {
    challenges.emplace_back(field->value());
  }
  return challenges;
}

} // namespace

Result<std::shared_ptr<LaneShared>> make_lane_shared(AsioRuntime& runtime, HttpOptions options) {
  std::shared_ptr<TlsContext> tls;
  if (options.https) {
    tls = std::make_shared<TlsContext>();
    if (Status set = set_up_tls(*tls, options); !set) {
      return std::move(set).error();
    }
  }
  return std::make_shared<LaneShared>(LaneShared{runtime, std::move(options), {}, std::move(tls)});
}

struct HttpLane::Impl {
  explicit Impl(std::shared_ptr<LaneShared> s)
      : shared(std::move(s)), connection(shared), options(shared->options) {}

  std::shared_ptr<LaneShared> shared;
  HttpConnection connection;
  const HttpOptions& options;
  std::unique_ptr<Authenticator> authenticator; // of this connection
  bool authenticated = false;
  bool rejected = false; // the credentials, by the last answer; a 403 refuses the request, not the password
  std::string out;       // the request, header and body in one piece: one write, one segment if it is short

  // No wait is needed before a request can be written.
  bool ready() { return connection.usable() && (!options.principal || options.principal->accepted()); }

  Task<Status> connect() {
    authenticated = false;
    authenticator.reset();
    if (options.principal) {
      authenticator = options.make_authenticator ? options.make_authenticator(*options.principal)
                                                 : make_basic_authenticator(*options.principal);
    }
    return connection.connect();
  }

  // Connects first and waits for the principal's first contact then: a dead host holds up nobody else.
  Task<Status> prepare() {
    if (!connection.usable()) {
      Status connected = co_await connect();
      if (!connected) {
        co_return connected;
      }
    }
    if (!options.principal || options.principal->accepted()) {
      co_return Unit{};
    }
    Status entered = co_await options.principal->enter();
    if (!entered || connection.usable()) {
      co_return entered;
    }
    Status again = co_await connect(); // it was closed while we waited
    if (!again) {
      options.principal->settle(Principal::Outcome::unknown);
    }
    co_return again;
  }

  void compose(const std::string& body, const std::string& authorization) {
    const bool v6 = options.host.find(':') != std::string::npos;
    out.clear();
    fmt::format_to(std::back_inserter(out),
                   "POST {} HTTP/1.1\r\nHost: {}{}{}:{}\r\nUser-Agent: migstorm\r\n"
                   "Content-Type: application/soap+xml;charset=UTF-8\r\nContent-Length: {}\r\n",
                   options.path, v6 ? "[" : "", options.host, v6 ? "]" : "", options.port, body.size());
    if (!authorization.empty()) {
      out.append("Authorization: ").append(authorization).append("\r\n");
    }
    out.append("\r\n").append(body);
  }

  Task<Result<HttpConnection::Response>> round_trip() {
    Status written = co_await connection.write(out);
    if (!written) {
      co_return std::move(written).error();
    }
    co_return co_await connection.read();
  }

  Task<Result<Reply>> converse(std::string body, Span timeout) {
    connection.set_deadline(timeout);
    for (int leg = 0; leg < kLegsMax; ++leg) {
      Result<std::string> authorization = std::string();
      if (authenticator) {
        authorization = co_await authenticator->authorization();
      }
      if (!authorization) {
        co_return std::move(authorization).error().within("authentication");
      }
      compose(body, *authorization);
      Result<HttpConnection::Response> response = co_await round_trip();
      if (!response) {
        co_return std::move(response).error();
      }
      if (response->result_int() != 401) {
        co_return answer(std::move(*response));
      }
      if (!authenticator) {
        co_return Error{Errc::denied,
                        fmt::format("{} wants credentials, and there are none (HTTP 401)", options.host)};
      }
      if (authenticator->inspect(challenges_of(*response)) == Authenticator::Verdict::rejected) {
        rejected = true;
        co_return Error{Errc::denied, fmt::format("{} rejects the credentials of \"{}\" (HTTP 401)",
                                                  options.host, options.principal->user())};
      }
      if (!response->keep_alive()) {
        co_return Error{Errc::transport, fmt::format("{} closed during the authentication", options.host)};
      }
    }
    rejected = true;
    co_return Error{Errc::denied, fmt::format("{} asks for credentials again and again ({} times)",
                                              options.host, kLegsMax)};
  }

  Result<Reply> answer(HttpConnection::Response response) {
    const int status = static_cast<int>(response.result_int());
    if (status == 403) {
      return Error{Errc::denied, fmt::format("{} forbids the request (HTTP 403)", options.host)};
    }
    if (authenticator && !authenticated) {
      authenticated = true;
      ++shared->counters.authentications;
    }
    if (!response.keep_alive()) {
      connection.close();
    }
    if (status >= 300 && status < 400) {
      return Error{Errc::remote_fault,
                   fmt::format("{} redirects to \"{}\" (HTTP {}), which is never followed", options.host,
                               printable(std::string(response[http::field::location]), 200), status)};
    }
    return Reply{status, std::move(response.body().text)};
  }

  void settle(const Result<Reply>& reply) {
    if (!reply && reply.error().code != Errc::remote_fault) {
      connection.close();
    }
    if (options.principal) {
      const bool answered = reply || reply.error().code == Errc::remote_fault;
      options.principal->settle(rejected   ? Principal::Outcome::rejected
                                : answered ? Principal::Outcome::accepted
                                           : Principal::Outcome::unknown,
                                options.host);
    }
  }
};

HttpLane::HttpLane(std::shared_ptr<LaneShared> shared) : impl_(std::make_unique<Impl>(std::move(shared))) {}
HttpLane::~HttpLane() = default;

Task<Result<Reply>> HttpLane::exchange(std::string body, Span timeout) {
  if (!impl_->ready()) {
    Status prepared = co_await impl_->prepare();
    if (!prepared) {
      co_return std::move(prepared).error();
    }
  }
  Result<Reply> reply = co_await impl_->converse(std::move(body), timeout);
  impl_->settle(reply);
  co_return reply;
}

} // namespace migstorm::wsman
