#include "tools/lab/wsman/server.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/lab_requests.hpp"

#include <openssl/ssl.h>

#include <arpa/inet.h>
#include <memory>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <thread>
#include <unistd.h>

using namespace migstorm;
using namespace migstorm::lab;
using namespace migstorm::lab::test;

namespace {

// A plain client: what leaves and what comes back are seen as they are.
class Connection {
public:
  explicit Connection(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{5, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how sockets are connected
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  }
  ~Connection() { ::close(fd_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  bool connected() const noexcept { return connected_; }
  int fd() const noexcept { return fd_; }
  void send(std::string_view text) const { ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }

  // One message with Content-Length (or without content); what came before the connection ended if it ended.
  std::string receive() {
    for (;;) {
      const auto end = pending_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const auto size = end + 4 + content_length(end);
        if (pending_.size() >= size) {
          auto message = pending_.substr(0, size);
          pending_.erase(0, size);
          return message;
        }
      }
      char buffer[4096];
      const auto got = ::recv(fd_, buffer, sizeof buffer, 0);
      if (got <= 0) {
        ended_by_reset = got < 0 && errno == ECONNRESET;
        return std::exchange(pending_, {});
      }
      pending_.append(buffer, static_cast<std::size_t>(got));
    }
  }

  bool ended_by_reset = false;

private:
  std::size_t content_length(std::size_t header_end) const {
    const auto at = pending_.find("Content-Length: ");
    return at < header_end ? std::stoul(pending_.substr(at + 16)) : 0;
  }

  int fd_;
  bool connected_ = false;
  std::string pending_;
};

std::string post(std::string_view body, std::string_view headers = "") {
  return "POST /wsman HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/soap+xml;charset=UTF-8\r\n"
         "Authorization: " +
         kBasic + "\r\n" + std::string(headers) + "Content-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

const std::string kService = kWmi + kVirt + "/Msvm_VirtualSystemMigrationService";
const std::string kInvoke = envelope(kService, kService + "/MigrateVirtualSystemToHost", "", "");
const std::string kQuery = envelope(kWmi + kVirt + "/*", kEnum + "Enumerate", "",
                                    query("SELECT * FROM Msvm_ComputerSystem", "<w:OptimizeEnumeration/>"));

struct Served : Lab {
  explicit Served(wsman::ServerOptions options = {}) : server(endpoint, with_any_port(std::move(options))) {
    const auto started = server.start();
    INFO((started ? std::string() : started.error().detail));
    REQUIRE(started);
  }
  static wsman::ServerOptions with_any_port(wsman::ServerOptions options) {
    options.port = 0;
    return options;
  }
  std::uint16_t port() const { return server.port(0); }
  // The server notices the end of a connection in its own time.
  std::size_t connections_settle_at(std::size_t wanted) const {
    for (int i = 0; i < 200 && server.connections() != wanted; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return server.connections();
  }

  wsman::Server server;
};

bool starts_with(const std::string& text, std::string_view prefix) {
  return text.compare(0, prefix.size(), prefix) == 0;
}

} // namespace

TEST_CASE("a connection is kept for the next request, the challenge included", "[server]") {
  Served lab;
  Connection connection(lab.port());
  REQUIRE(connection.connected());
  connection.send(
      "POST /wsman HTTP/1.1\r\nHost: x\r\nContent-Type: application/soap+xml\r\nContent-Length: 0\r\n\r\n");
  const auto challenge = connection.receive();
  CHECK(starts_with(challenge, "HTTP/1.1 401 "));
  CHECK(challenge.find("WWW-Authenticate: Basic realm=\"WSMAN\"\r\n") != std::string::npos);
  CHECK(challenge.find("Content-Length: 0\r\n") != std::string::npos);
  for (int i = 0; i < 3; ++i) {
    connection.send(post(kQuery));
    const auto answer = connection.receive();
    CHECK(starts_with(answer, "HTTP/1.1 200 OK\r\n"));
    CHECK(answer.find("Content-Type: application/soap+xml;charset=UTF-8\r\n") != std::string::npos);
    CHECK(answer.find("</s:Envelope>") == answer.size() - 13);
  }
  CHECK(lab.endpoint.counts() == RequestCounts{{"query Msvm_ComputerSystem", 3}});
}

TEST_CASE("a client that expects 100-continue gets it before it sends the body", "[server]") {
  Served lab;
  Connection connection(lab.port());
  const auto request = post(kQuery, "Expect: 100-continue\r\n");
  const auto body = request.find("\r\n\r\n") + 4;
  connection.send(request.substr(0, body));
  CHECK(connection.receive() == "HTTP/1.1 100 Continue\r\n\r\n");
  connection.send(request.substr(body));
  CHECK(starts_with(connection.receive(), "HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("a request dropped after execution was executed once", "[server]") {
  Served lab;
  lab.engine.fault = WireFault::lose_reply;
  Connection connection(lab.port());
  connection.send(post(kInvoke));
  CHECK(connection.receive().empty());
  CHECK_FALSE(connection.ended_by_reset);
  lab.endpoint.locked([&] { CHECK(lab.machine.invocations.size() == 1); });
  CHECK(lab.endpoint.counts() == RequestCounts{{"invoke MigrateVirtualSystemToHost", 1}});
}

TEST_CASE("a request reset before execution was not executed", "[server]") {
  Served lab;
  lab.engine.fault = GENERATE(WireFault::reset_before, WireFault::refuse);
  Connection connection(lab.port());
  connection.send(post(kInvoke));
  CHECK(connection.receive().empty());
  CHECK(connection.ended_by_reset);
  lab.endpoint.locked([&] { CHECK(lab.machine.invocations.empty()); });
  Connection next(lab.port());
  next.send(post(kInvoke));
  CHECK(starts_with(next.receive(), "HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("clients that ask for it are let go after the answer", "[server]") {
  Served lab;
  Connection connection(lab.port());
  connection.send(post(kQuery, "Connection: close\r\n"));
  const auto answer = connection.receive();
  CHECK(answer.find("Connection: close\r\n") != std::string::npos);
  CHECK(connection.receive().empty());
  CHECK(lab.connections_settle_at(0) == 0);
}

TEST_CASE("hostile HTTP is refused and the server lives on", "[server][hostile]") {
  wsman::ServerOptions options;
  options.body_bytes_max = 100'000;
  Served lab(options);
  const auto answer_to = [&](const std::string& text) {
    Connection connection(lab.port());
    connection.send(text);
    return connection.receive();
  };
  CHECK(starts_with(answer_to("nonsense\r\n\r\n"), "HTTP/1.1 400 "));
  CHECK(starts_with(answer_to("POST /wsman HTTP/1.1\r\nContent-Length: 100001\r\n\r\n"), "HTTP/1.1 413 "));
  CHECK(starts_with(answer_to("POST /wsman HTTP/1.1\r\nX: " + std::string(20'000, 'x')), "HTTP/1.1 431 "));
  CHECK(starts_with(answer_to("GET /wsman HTTP/1.1\r\nHost: x\r\n\r\n"), "HTTP/1.1 405 "));
  CHECK(starts_with(answer_to("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"), "HTTP/1.1 404 "));
  { Connection silent(lab.port()); }
  CHECK(starts_with(answer_to(post(kQuery)), "HTTP/1.1 200 "));
}

TEST_CASE("a machine takes only so many connections", "[server][hostile]") {
  Served lab;
  lab.machine.limits_value.max_connections = 2;
  Connection one(lab.port());
  Connection two(lab.port());
  REQUIRE(lab.connections_settle_at(2) == 2);
  Connection three(lab.port());
  three.send(post(kQuery));
  CHECK(three.receive().empty());
  one.send(post(kQuery));
  CHECK(starts_with(one.receive(), "HTTP/1.1 200 "));
}

TEST_CASE("silent connections are closed after a while", "[server][hostile]") {
  wsman::ServerOptions options;
  options.idle = std::chrono::seconds(1);
  Served lab(options);
  Connection connection(lab.port());
  connection.send("POST /wsman HTTP/1.1\r\n");
  CHECK(connection.receive().empty());
  CHECK(lab.connections_settle_at(0) == 0);
}

TEST_CASE("only loopback addresses are served, and a taken port says so", "[server]") {
  struct Outside final : public TestEngine {
    using TestEngine::TestEngine;
    std::vector<Front> fronts() override {
      auto all = TestEngine::fronts();
      all[0].address = "0.0.0.0";
      return all;
    }
  };
  TestMachine machine;
  TestClock clock;
  Outside outside(machine);
  wsman::Endpoint open(outside, clock, 1);
  wsman::Server server(open, {});
  const auto refused = server.start();
  REQUIRE_FALSE(refused);
  CHECK(refused.error().detail == "node1 on 0.0.0.0:5985: address: not a loopback address");

  Served lab;
  wsman::ServerOptions same;
  same.port = lab.port();
  wsman::Server second(lab.endpoint, same);
  const auto taken = second.start();
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == Errc::transport);
  CHECK(taken.error().detail.find("listen: Address already in use") != std::string::npos);
}

TEST_CASE("a stopped server can be started again, and stopping twice is fine", "[server]") {
  Served lab;
  auto connection = std::make_unique<Connection>(lab.port());
  connection->send(post(kQuery));
  CHECK(starts_with(connection->receive(), "HTTP/1.1 200 "));
  lab.server.stop();
  lab.server.stop();
  CHECK(connection->receive().empty());
  CHECK(lab.server.connections() == 0);
  REQUIRE(lab.server.start());
  Connection again(lab.port());
  again.send(post(kQuery));
  CHECK(starts_with(again.receive(), "HTTP/1.1 200 "));
}

TEST_CASE("HTTPS answers like HTTP", "[server]") {
  const auto pair = migstorm::test::make_certificate("IP:127.0.0.1");
  const migstorm::test::TemporaryFile certificate(pair.certificate);
  const migstorm::test::TemporaryFile key(pair.key);
  wsman::ServerOptions options;
  options.tls = wsman::TlsFiles{certificate.path(), key.path()};
  Served lab(options);
  Connection connection(lab.port());
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  const std::unique_ptr<SSL, void (*)(SSL*)> ssl(SSL_new(context.get()), SSL_free);
  SSL_set_fd(ssl.get(), connection.fd());
  REQUIRE(SSL_connect(ssl.get()) == 1);
  const auto request = post(kQuery);
  REQUIRE(SSL_write(ssl.get(), request.data(), static_cast<int>(request.size())) > 0);
  char answer[64] = {};
  REQUIRE(SSL_read(ssl.get(), answer, sizeof answer - 1) > 0);
  CHECK(starts_with(answer, "HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("certificates that cannot be read are an error, not a crash", "[server]") {
  Lab lab;
  wsman::ServerOptions options;
  options.port = 0;
  options.tls = wsman::TlsFiles{"/nowhere.pem", "/nowhere.key"};
  wsman::Server server(lab.endpoint, options);
  const auto started = server.start();
  REQUIRE_FALSE(started);
  CHECK(started.error().detail.rfind("certificate /nowhere.pem: ", 0) == 0);
}
