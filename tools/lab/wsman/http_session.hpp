// One connection of the simulated cluster's HTTP server: requests in turn, each answered before the next is
// read. Included by server.cpp only: Beast is slow to compile.
#pragma once

#include "tools/lab/wsman/server.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <utility> // before Asio: Boost 1.74 uses std::exchange without including it

namespace migstorm::lab::wsman {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using ErrorCode = boost::system::error_code;
using PlainStream = beast::tcp_stream;
using TlsStream = beast::ssl_stream<beast::tcp_stream>;

// Counts itself among a front's connections while it lives.
class ConnectionSlot {
public:
  explicit ConnectionSlot(std::atomic<std::size_t>& count) noexcept : count_(&count) { ++count; }
  ConnectionSlot(ConnectionSlot&& other) noexcept : count_(std::exchange(other.count_, nullptr)) {}
  ConnectionSlot& operator=(ConnectionSlot&&) = delete;
  ~ConnectionSlot() {
    if (count_ != nullptr) {
      --*count_;
    }
  }

private:
  std::atomic<std::size_t>* count_;
};

struct SessionContext {
  Endpoint& endpoint;
  const ServerOptions& options;
  std::size_t front;
};

http::response<http::string_body> to_response(HttpReply reply, bool keep_alive);
HttpRequest to_request(http::request<http::string_body> message);

template <class Stream>
class HttpSession : public std::enable_shared_from_this<HttpSession<Stream>> {
public:
  HttpSession(Stream stream, SessionContext context, ConnectionSlot slot)
      : stream_(std::move(stream)), context_(context), slot_(std::move(slot)) {}

  void start() {
    if constexpr (std::is_same_v<Stream, TlsStream>) {
      socket().expires_after(context_.options.idle);
      stream_.async_handshake(asio::ssl::stream_base::server, then(&HttpSession::on_handshake));
    } else {
      read();
    }
  }

private:
  using Parser = http::request_parser<http::string_body>;

  beast::tcp_stream& socket() { return beast::get_lowest_layer(stream_); }

  template <class Member>
  auto then(Member member) {
    return beast::bind_front_handler(member, this->shared_from_this());
  }

  void on_handshake(ErrorCode error) {
    if (!error) {
      read();
    }
  }

  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(context_.options.header_bytes_max));
    parser_->body_limit(context_.options.body_bytes_max);
    socket().expires_after(context_.options.idle);
    http::async_read_header(stream_, buffer_, *parser_, then(&HttpSession::on_header));
  }

  void on_header(ErrorCode error, std::size_t /*bytes*/) {
    if (error) {
      fail(error);
    } else if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
      go_on_ = http::response<http::empty_body>(http::status::continue_, 11);
      http::async_write(stream_, go_on_, then(&HttpSession::on_continue));
    } else {
      read_body();
    }
  }

  void on_continue(ErrorCode error, std::size_t /*bytes*/) {
    if (!error) {
      read_body();
    }
  }

  void read_body() { http::async_read(stream_, buffer_, *parser_, then(&HttpSession::on_request)); }

  void on_request(ErrorCode error, std::size_t /*bytes*/) {
    if (error) {
      fail(error);
      return;
    }
    auto message = parser_->release();
    const bool keep_alive = message.keep_alive();
    auto reply = context_.endpoint.answer(context_.front, to_request(std::move(message)));
    if (reply.lost()) {
      drop(reply.fate);
      return;
    }
    write(std::move(reply), keep_alive);
  }

  // Requests that are too large still get an answer; what else is wrong with them ends the connection.
  void fail(ErrorCode error) {
    HttpReply reply;
    if (error == http::error::body_limit) {
      reply.status = 413;
    } else if (error == http::error::header_limit) {
      reply.status = 431;
    } else if (error.category() == make_error_code(http::error::bad_method).category() &&
               error != http::error::end_of_stream && error != http::error::partial_message) {
      reply.status = 400;
    } else {
      return;
    }
    write(std::move(reply), false);
  }

  void write(HttpReply reply, bool keep_alive) {
    response_ = to_response(std::move(reply), keep_alive);
    socket().expires_after(context_.options.idle);
    http::async_write(stream_, response_, then(&HttpSession::on_written));
  }

  void on_written(ErrorCode error, std::size_t /*bytes*/) {
    if (error) {
      return;
    }
    if (response_.keep_alive()) {
      read();
      return;
    }
    ErrorCode ignored; // the peer may be gone already
    socket().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }

  // A lost answer ends like a server that went away between two packets; what was not executed is reset.
  void drop(WireFault fate) {
    ErrorCode ignored;
    if (fate != WireFault::lose_reply) {
      socket().socket().set_option(asio::socket_base::linger(true, 0), ignored);
    }
    socket().socket().close(ignored);
  }

  Stream stream_;
  SessionContext context_;
  ConnectionSlot slot_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  http::response<http::empty_body> go_on_;
  http::response<http::string_body> response_;
};

} // namespace migstorm::lab::wsman
