#include "tools/lab/wsman/server.hpp"

#include "tools/lab/wsman/http_session.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <cassert>
#include <thread>

namespace migstorm::lab::wsman {

namespace {

using asio::ip::tcp;

constexpr auto kAcceptPause = std::chrono::milliseconds(100);

Error bind_error(const Front& front, std::uint16_t port, std::string_view step, std::string_view why) {
  return {Errc::transport, fmt::format("{} on {}:{}: {}: {}", front.name, front.address, port, step, why)};
}

std::string text_of(beast::string_view view) { return {view.data(), view.size()}; }

} // namespace

http::response<http::string_body> to_response(HttpReply reply, bool keep_alive) {
  http::response<http::string_body> response;
  response.version(11);
  response.result(reply.status);
  response.set(http::field::server, "Microsoft-HTTPAPI/2.0");
  if (!reply.content_type.empty()) {
    response.set(http::field::content_type, reply.content_type);
  }
  if (!reply.www_authenticate.empty()) {
    response.set(http::field::www_authenticate, reply.www_authenticate);
  }
  if (reply.status == 405) {
    response.set(http::field::allow, "POST");
  }
  response.keep_alive(keep_alive);
  response.body() = std::move(reply.body);
  response.prepare_payload();
  return response;
}

HttpRequest to_request(http::request<http::string_body> message) {
  HttpRequest request;
  request.method = text_of(message.method_string());
  request.target = text_of(message.target());
  request.content_type = text_of(message[http::field::content_type]);
  request.authorization = text_of(message[http::field::authorization]);
  request.identify = text_of(message["WSMANIDENTIFY"]);
  request.body = std::move(message.body());
  return request;
}

struct Server::Impl {
  struct Listener {
    Listener(asio::io_context& context, std::size_t index) : front(index) {
      acceptor.emplace(context);
      pause.emplace(context);
    }
    void close() {
      acceptor.reset();
      pause.reset();
    }
    std::optional<tcp::acceptor> acceptor;
    std::optional<asio::steady_timer> pause; // after an accept that failed: no descriptors left
    std::size_t front;
    std::atomic<std::size_t> connections = 0;
    std::uint16_t port = 0;
  };

  Impl(Endpoint& served, ServerOptions wanted) : endpoint(served), options(std::move(wanted)) {}

  Status bind(std::size_t index);
  Status load_tls();
  void accept(Listener& listener);
  void serve(Listener& listener, tcp::socket socket);

  Endpoint& endpoint;
  ServerOptions options;
  std::vector<std::unique_ptr<Listener>> listeners; // outlive the sessions that the context still holds
  std::optional<asio::ssl::context> tls;
  std::unique_ptr<asio::io_context> context;
  std::thread thread;
};

Status Server::Impl::load_tls() {
  if (!options.tls) {
    return Unit{};
  }
  tls.emplace(asio::ssl::context::tls_server);
  ErrorCode error;
  tls->use_certificate_chain_file(options.tls->certificate, error);
  if (error) {
    return Error{Errc::transport, "certificate " + options.tls->certificate + ": " + error.message()};
  }
  tls->use_private_key_file(options.tls->key, asio::ssl::context::pem, error);
  if (error) {
    return Error{Errc::transport, "private key " + options.tls->key + ": " + error.message()};
  }
  return Unit{};
}

Status Server::Impl::bind(std::size_t index) {
  const auto& front = endpoint.fronts()[index];
  const auto port = options.port.value_or(front.port);
  ErrorCode error;
  const auto address = asio::ip::make_address_v4(front.address, error);
  if (error) {
    return bind_error(front, port, "address", error.message());
  }
  if (options.loopback_only && !address.is_loopback()) {
    return bind_error(front, port, "address", "not a loopback address");
  }
  auto listener = std::make_unique<Listener>(*context, index);
  auto& acceptor = *listener->acceptor;
  acceptor.open(tcp::v4(), error);
  if (!error) {
    acceptor.set_option(tcp::acceptor::reuse_address(true), error);
  }
  if (!error) {
    acceptor.bind({address, port}, error);
  }
  if (!error) {
    acceptor.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    return bind_error(front, port, "listen", error.message());
  }
  listener->port = acceptor.local_endpoint(error).port();
  listeners.push_back(std::move(listener));
  return Unit{};
}

void Server::Impl::accept(Listener& listener) {
  listener.acceptor->async_accept([this, &listener](ErrorCode error, tcp::socket socket) {
    if (!error) {
      serve(listener, std::move(socket));
      accept(listener);
    } else if (error != asio::error::operation_aborted) {
      listener.pause->expires_after(kAcceptPause);
      listener.pause->async_wait([this, &listener](ErrorCode stopped) {
        if (!stopped) {
          accept(listener);
        }
      });
    }
  });
}

void Server::Impl::serve(Listener& listener, tcp::socket socket) {
  const auto& limits = endpoint.fronts()[listener.front].machine->limits();
  if (listener.connections >= limits.max_connections) {
    return; // closes it
  }
  ErrorCode ignored; // a socket without the option still works
  socket.set_option(tcp::no_delay(true), ignored);
  ConnectionSlot slot(listener.connections);
  const SessionContext session{endpoint, options, listener.front};
  if (tls) {
    std::make_shared<HttpSession<TlsStream>>(TlsStream(std::move(socket), *tls), session, std::move(slot))
        ->start();
  } else {
    std::make_shared<HttpSession<PlainStream>>(PlainStream(std::move(socket)), session, std::move(slot))
        ->start();
  }
}

Server::Server(Endpoint& endpoint, ServerOptions options)
    : impl_(std::make_unique<Impl>(endpoint, std::move(options))) {}

Server::~Server() { stop(); }

Status Server::start() {
  assert(!impl_->thread.joinable());
  if (auto loaded = impl_->load_tls(); !loaded) {
    return loaded;
  }
  impl_->listeners.clear();
  impl_->context = std::make_unique<asio::io_context>(1);
  for (std::size_t front = 0; front < impl_->endpoint.fronts().size(); ++front) {
    if (auto bound = impl_->bind(front); !bound) {
      impl_->listeners.clear();
      return bound;
    }
  }
  for (const auto& listener : impl_->listeners) {
    impl_->accept(*listener);
  }
  impl_->thread = std::thread([context = &*impl_->context] { context->run(); });
  return Unit{};
}

void Server::stop() noexcept {
  if (!impl_->thread.joinable()) {
    return;
  }
  impl_->context->stop();
  impl_->thread.join();
  for (const auto& listener : impl_->listeners) {
    listener->close(); // before the context that serves it
  }
  impl_->context.reset(); // ends the sessions
}

std::uint16_t Server::port(std::size_t front) const { return impl_->listeners.at(front)->port; }

std::size_t Server::connections() const noexcept {
  std::size_t total = 0;
  for (const auto& listener : impl_->listeners) {
    total += listener->connections;
  }
  return total;
}

} // namespace migstorm::lab::wsman
