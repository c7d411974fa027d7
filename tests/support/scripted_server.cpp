#include "tests/support/scripted_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <sys/socket.h>
#include <thread>

namespace migstorm::test {

namespace {

namespace net = boost::asio;
namespace http = boost::beast::http;
using Tcp = net::ip::tcp;
using boost::system::error_code;

constexpr std::uint64_t kRequestMax = 8u << 20;

std::string chunks_of(const std::string& body) {
  std::string out;
  for (std::size_t at = 0; at < body.size(); at += 7) {
    const std::string piece = body.substr(at, 7);
    out += fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
  }
  return out + "0\r\n\r\n";
}

std::string wire_form(const Reaction& reaction, const std::string& body) {
  std::string out = reaction.preface;
  out += fmt::format("HTTP/1.1 {} Scripted\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n",
                     reaction.status);
  for (const auto& [name, value] : reaction.fields) {
    out += fmt::format("{}: {}\r\n", name, value);
  }
  if (reaction.announce) {
    out += "Connection: close\r\n";
  }
  if (reaction.chunked) {
    return out + "Transfer-Encoding: chunked\r\n\r\n" + chunks_of(body);
  }
  return out + fmt::format("Content-Length: {}\r\n\r\n", body.size()) + body;
}

} // namespace

struct ScriptedServer::Impl {
  explicit Impl(ServerOptions o) : options(std::move(o)), acceptor(io, {net::ip::address_v4::loopback(), 0}) {
    if (!options.certificate.empty()) {
      tls.emplace(net::ssl::context::tls_server);
      tls->use_certificate(net::buffer(options.certificate), net::ssl::context::pem);
      tls->use_private_key(net::buffer(options.key), net::ssl::context::pem);
    }
    port = acceptor.local_endpoint().port();
    accepting = std::thread([this] { accept(); });
  }

  ~Impl() {
    ::shutdown(acceptor.native_handle(), SHUT_RDWR); // wakes accept()
    accepting.join();
    {
      const std::lock_guard lock(mutex);
      for (const int socket : open) {
        ::shutdown(socket, SHUT_RDWR);
      }
    }
    for (std::thread& thread : serving) {
      thread.join();
    }
  }

  void accept() {
    for (;;) {
      error_code error;
      Tcp::socket socket = acceptor.accept(error);
      if (error) {
        return;
      }
      const std::lock_guard lock(mutex);
      const std::size_t number = ++connections;
      open.insert(socket.native_handle());
      serving.emplace_back([this, number, s = std::move(socket)]() mutable { serve(std::move(s), number); });
    }
  }

  void serve(Tcp::socket socket, std::size_t number) {
    const int descriptor = socket.native_handle();
    error_code error;
    socket.set_option(Tcp::no_delay(true), error);
    if (tls) {
      net::ssl::stream<Tcp::socket&> stream(socket, *tls);
      stream.handshake(net::ssl::stream_base::server, error);
      if (!error) {
        converse(stream, number);
      }
    } else {
      converse(socket, number);
    }
    const std::lock_guard lock(mutex); // the descriptor must not be shut down once it is somebody else's
    open.erase(descriptor);
    socket.close(error);
  }

  template <class Stream>
  void converse(Stream& stream, std::size_t number) {
    boost::beast::flat_buffer buffer;
    for (;;) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(kRequestMax);
      error_code error;
      http::read(stream, buffer, parser, error);
      if (error) {
        return;
      }
      const Reaction reaction = react(parser.get(), number);
      std::this_thread::sleep_for(reaction.delay);
      if (reaction.reply) {
        const std::string body = reaction.body.empty() ? options.respond(parser.get().body()) : reaction.body;
        const std::string bytes = wire_form(reaction, body);
        net::write(stream, net::buffer(bytes.data(), std::min(bytes.size(), reaction.bytes_max)), error);
      }
      if (error || reaction.close || reaction.announce) {
        std::this_thread::sleep_for(reaction.close_delay);
        return;
      }
    }
  }

  Reaction react(const http::request<http::string_body>& request, std::size_t number) {
    const auto text = [&](http::field field) { return std::string(request[field]); };
    const std::lock_guard lock(mutex);
    seen.push_back({number, std::string(request.target()), text(http::field::host),
                    text(http::field::content_type), text(http::field::authorization), request.body()});
    if (!options.authorization.empty() && seen.back().authorization != options.authorization) {
      rejections += seen.back().authorization.empty() ? 0u : 1u;
      Reaction refusal;
      refusal.status = 401;
      refusal.fields = {{"WWW-Authenticate", "Basic realm=\"WSMAN\""}};
      refusal.body = "no";
      return refusal;
    }
    Reaction reaction;
    if (!script.empty()) {
      reaction = std::move(script.front());
      script.pop_front();
    }
    executions += reaction.execute ? 1u : 0u;
    return reaction;
  }

  ServerOptions options;
  net::io_context io;
  Tcp::acceptor acceptor;
  std::optional<net::ssl::context> tls;
  std::uint16_t port = 0;

  mutable std::mutex mutex; // guards what follows
  std::deque<Reaction> script;
  std::vector<SeenRequest> seen;
  std::set<int> open;
  std::vector<std::thread> serving;
  std::size_t connections = 0;
  std::size_t executions = 0;
  std::size_t rejections = 0;

  std::thread accepting;
};

ScriptedServer::ScriptedServer(ServerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
ScriptedServer::~ScriptedServer() = default;

std::uint16_t ScriptedServer::port() const noexcept { return impl_->port; }

void ScriptedServer::then(Reaction reaction) {
  const std::lock_guard lock(impl_->mutex);
  impl_->script.push_back(std::move(reaction));
}

std::vector<SeenRequest> ScriptedServer::requests() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->seen;
}

std::size_t ScriptedServer::connections() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->connections;
}

std::size_t ScriptedServer::executions() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->executions;
}

std::size_t ScriptedServer::rejections() const {
  const std::lock_guard lock(impl_->mutex);
  return impl_->rejections;
}

} // namespace migstorm::test
