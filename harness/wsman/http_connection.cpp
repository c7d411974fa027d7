#include "harness/wsman/http_connection.hpp"

#include "harness/runtime/asio_await.hpp"
#include "harness/runtime/asio_runtime.hpp"
#include "harness/wsman/text.hpp"

#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cerrno>
#include <sys/socket.h>

namespace migstorm::wsman {

namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;
using Tcp = net::ip::tcp;

constexpr std::uint32_t kHeaderMax = 16'384;
constexpr int kInterimMax = 4; // 1xx responses before the real one

std::string reason(const error_code& error) {
  return error == boost::beast::error::timeout ? std::string("no answer in time")
                                               : printable(error.message(), 200);
}

bool is_loopback(const net::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return net::ip::make_address_v4(net::ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

std::vector<Tcp::endpoint> look_up(const HttpOptions& options, error_code& error) {
  net::io_context scratch; // a blocking look-up of its own, off the deciding thread
  Tcp::resolver resolver(scratch);
  std::vector<Tcp::endpoint> endpoints;
  for (const auto& entry : resolver.resolve(options.host, std::to_string(options.port), error)) {
    endpoints.push_back(entry.endpoint());
  }
  return endpoints;
}

} // namespace

std::string HttpConnection::peer() const {
  return fmt::format("{}:{}", shared_->options.host, shared_->options.port);
}

bool HttpConnection::usable() {
  if ((!plain_ && !secure_) || buffer_.size() > 0) {
    return false;
  }
  char byte = 0;
  const auto seen = ::recv(stream().socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  if (seen > 0) {
    return secure_ && fresh_; // TLS 1.3 sends its session tickets right after the handshake
  }
  return seen < 0 && errno == EAGAIN;
}

void HttpConnection::close() noexcept {
  secure_.reset();
  plain_.reset();
  parser_.reset();
  buffer_.clear();
}

void HttpConnection::set_deadline(Span timeout) { stream().expires_after(timeout); }

Task<Result<std::vector<Tcp::endpoint>>> HttpConnection::resolve() {
  const HttpOptions& options = shared_->options;
  error_code error;
  const net::ip::address literal = net::ip::make_address(options.host, error);
  if (!error) {
    co_return std::vector<Tcp::endpoint>{Tcp::endpoint(literal, options.port)};
  }
  std::vector<Tcp::endpoint> endpoints;
  std::function<void()> work = [&options, &endpoints, &error] { endpoints = look_up(options, error); };
  auto looked_up = shared_->runtime.offload(OffloadLane::network, std::move(work));
  co_await std::move(looked_up);
  if (error || endpoints.empty()) {
    co_return Error{Errc::transport, fmt::format("look up \"{}\": {}", options.host, reason(error))};
  }
  co_return endpoints;
}

Status HttpConnection::check_loopback(const std::vector<Tcp::endpoint>& endpoints) const {
  const auto outside = std::find_if(endpoints.begin(), endpoints.end(),
                                    [](const Tcp::endpoint& e) { return !is_loopback(e.address()); });
  if (shared_->options.https || outside == endpoints.end()) {
    return Unit{};
  }
  return Error{Errc::unsupported,
               fmt::format("plain http to {} ({}) is refused: only loopback addresses may be "
                           "reached without encryption, use https",
                           peer(), outside->address().to_string())};
}

Task<Status> HttpConnection::connect() {
  close();
  Result<std::vector<Tcp::endpoint>> endpoints = co_await resolve();
  if (!endpoints) {
    co_return std::move(endpoints).error();
  }
  if (Status allowed = check_loopback(*endpoints); !allowed) {
    co_return allowed;
  }
  if (shared_->options.https) {
    secure_.emplace(shared_->runtime.io(), shared_->tls->context);
  } else {
    plain_.emplace(shared_->runtime.io());
  }
  fresh_ = true;
  set_deadline(shared_->options.connect_timeout);
  auto start = [this, &endpoints](auto handler) { stream().async_connect(*endpoints, std::move(handler)); };
  const auto connected = co_await from_asio<Tcp::endpoint>(shared_->runtime, std::move(start));
  if (connected.first) {
    close();
    co_return Error{Errc::transport, fmt::format("connect to {}: {}", peer(), reason(connected.first))};
  }
  ++shared_->counters.connections;
  error_code ignored;
  stream().socket().set_option(Tcp::no_delay(true), ignored);
  if (!secure_) {
    co_return Unit{};
  }
  Status secured = co_await handshake();
  if (!secured) {
    close();
  }
  co_return secured;
}

// Which name or address the peer's certificate must have, and the name for hosts that serve several.
Status HttpConnection::name_peer() {
  const HttpOptions& options = shared_->options;
  SSL* ssl = secure_->native_handle();
  error_code not_an_address;
  net::ip::make_address(options.host, not_an_address);
  const bool named = static_cast<bool>(not_an_address);
  auto* name =
      const_cast<char*>(options.host.c_str()); // copied by OpenSSL; what SSL_set_tlsext_host_name does
  if (named && SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, name) != 1) {
    return Error{Errc::transport, fmt::format("TLS with {}: the name cannot be sent", peer())};
  }
  if (!options.verify_tls) {
    return Unit{};
  }
  const int set = named ? SSL_set1_host(ssl, options.host.c_str())
                        : X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), options.host.c_str());
  return set == 1
             ? Status(Unit{})
             : Status(Error{Errc::transport, fmt::format("TLS with {}: the name cannot be checked", peer())});
}

Task<Status> HttpConnection::handshake() {
  if (Status named = name_peer(); !named) {
    co_return named;
  }
  auto start = [this](auto handler) {
    secure_->async_handshake(net::ssl::stream_base::client, std::move(handler));
  };
  const auto shaken = co_await from_asio<std::monostate>(shared_->runtime, std::move(start));
  if (!shaken.first) {
    co_return Unit{};
  }
  const long verdict = SSL_get_verify_result(secure_->native_handle());
  if (verdict != X509_V_OK) { // asking again would not change it
    co_return Error{Errc::unsupported,
                    fmt::format("TLS with {}: its certificate is not accepted: {}; if that is "
                                "the host's own authority, name its file in ca_file",
                                peer(), X509_verify_cert_error_string(verdict))};
  }
  co_return Error{Errc::transport, fmt::format("TLS with {}: {}", peer(), reason(shaken.first))};
}

Task<Status> HttpConnection::write(const std::string& request) {
  auto start = [this, &request](auto handler) {
    if (secure_) {
      net::async_write(*secure_, net::buffer(request), std::move(handler));
    } else {
      net::async_write(*plain_, net::buffer(request), std::move(handler));
    }
  };
  const auto written = co_await from_asio<std::size_t>(shared_->runtime, std::move(start));
  if (!written.first) {
    co_return Unit{};
  }
  // Under TLS, Asio reports 0 bytes on any error, even if records went out.
  const Errc code = written.second == 0 && !secure_ ? Errc::transport : Errc::unknown_outcome;
  co_return Error{code, fmt::format("write to {}: {}", peer(), reason(written.first))};
}

Task<Status> HttpConnection::read_message() {
  parser_.emplace();
  parser_->header_limit(kHeaderMax);
  parser_->body_limit(boost::none);
  parser_->get().body().bytes_max = shared_->options.max_body;
  auto start = [this](auto handler) {
    if (secure_) {
      http::async_read(*secure_, buffer_, *parser_, std::move(handler));
    } else {
      http::async_read(*plain_, buffer_, *parser_, std::move(handler));
    }
  };
  const auto done = co_await from_asio<std::size_t>(shared_->runtime, std::move(start));
  if (!done.first) {
    co_return Unit{};
  }
  if (done.first == http::error::body_limit) {
    co_return Error{Errc::over_limit, fmt::format("{} sends an answer of more than {} bytes", peer(),
                                                  shared_->options.max_body)};
  }
  co_return Error{Errc::unknown_outcome,
                  fmt::format("no whole answer from {}: {}", peer(), reason(done.first))};
}

Task<Result<HttpConnection::Response>> HttpConnection::read() {
  for (int interim = 0; interim <= kInterimMax; ++interim) {
    Status got = co_await read_message();
    if (!got) {
      co_return std::move(got).error();
    }
    if (parser_->get().result_int() >= 200) {
      fresh_ = false;
      co_return parser_->release();
    }
  }
  co_return Error{Errc::unknown_outcome, fmt::format("{} sends interim answers only", peer())};
}

} // namespace migstorm::wsman
