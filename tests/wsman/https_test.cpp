// TLS against a server on loopback whose certificate was made a moment ago.
#include "harness/runtime/asio_runtime.hpp"
#include "harness/wsman/beast_transport.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificate.hpp"
#include "tests/support/scripted_server.hpp"

using namespace migstorm;
using namespace migstorm::wsman;
using namespace std::chrono_literals;
using test::ScriptedServer;
using test::ServerOptions;

namespace {

struct Host {
  explicit Host(const std::string& alternative)
      : certificate(test::make_certificate(alternative)), ca_file(certificate.certificate),
        server(options_of(certificate)) {}

  static ServerOptions options_of(const test::Certificate& certificate) {
    ServerOptions options;
    options.certificate = certificate.certificate;
    options.key = certificate.key;
    options.authorization = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";
    return options;
  }

  HttpOptions options(Runtime& runtime) const {
    HttpOptions options;
    options.host = "127.0.0.1";
    options.port = server.port();
    options.ca_file = ca_file.path();
    options.principal = std::make_shared<Principal>(runtime, "Aladdin", "open sesame");
    options.connect_timeout = 5s;
    return options;
  }

  test::Certificate certificate;
  test::TemporaryFile ca_file;
  ScriptedServer server;
};

Result<Reply> post(AsioRuntime& runtime, HttpOptions options, int count = 1) {
  auto transport = make_http_transport(runtime, std::move(options));
  REQUIRE(transport);
  Result<Reply> reply = run(runtime, (*transport)->post("<r/>", 5s));
  for (int i = 1; i < count; ++i) {
    reply = run(runtime, (*transport)->post("<r/>", 5s));
  }
  return reply;
}

} // namespace

TEST_CASE("a host with a certificate of its own authority is reached by address", "[https]") {
  AsioRuntime runtime;
  const Host host("IP:127.0.0.1");
  const auto reply = post(runtime, host.options(runtime), 20);
  REQUIRE(reply);
  CHECK(reply->body == "<ok/>");
  CHECK(host.server.connections() == 1);
  CHECK(host.server.executions() == 20);
}

TEST_CASE("a host is reached by the name in its certificate", "[https]") {
  AsioRuntime runtime;
  const Host host("DNS:localhost");
  HttpOptions options = host.options(runtime);
  options.host = "localhost";
  CHECK(post(runtime, options));
}

TEST_CASE("a certificate of an unknown authority is refused before a password is sent", "[https]") {
  AsioRuntime runtime;
  const Host host("IP:127.0.0.1");
  HttpOptions options = host.options(runtime);
  options.ca_file.clear();
  const auto reply = post(runtime, options, 2);
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == Errc::unsupported);
  CHECK(reply.error().detail.find("its certificate is not accepted: self-signed certificate") !=
        std::string::npos);
  CHECK(host.server.requests().empty());
  CHECK_FALSE(options.principal->rejected());
}

TEST_CASE("a certificate for another name is refused", "[https]") {
  AsioRuntime runtime;
  const auto alternative = GENERATE(as<std::string>(), "IP:127.0.0.2", "DNS:127.0.0.1");
  const Host host(alternative);
  const auto reply = post(runtime, host.options(runtime));
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == Errc::unsupported);
  CHECK(host.server.requests().empty());
}

TEST_CASE("verification can be switched off by name", "[https]") {
  AsioRuntime runtime;
  const Host host("DNS:elsewhere");
  HttpOptions options = host.options(runtime);
  options.ca_file.clear();
  options.verify_tls = false;
  CHECK(post(runtime, options));
}

TEST_CASE("a CA file that cannot be read is told at once", "[https]") {
  AsioRuntime runtime;
  HttpOptions options;
  options.host = "node1";
  options.ca_file = "/nonexistent/ca.pem";
  const auto transport = make_http_transport(runtime, options);
  REQUIRE_FALSE(transport);
  CHECK(transport.error().code == Errc::storage);
  CHECK(transport.error().detail.starts_with("CA file \"/nonexistent/ca.pem\": "));
}

TEST_CASE("a server that speaks no TLS was not asked", "[https]") {
  AsioRuntime runtime;
  const ScriptedServer plain;
  HttpOptions options;
  options.host = "127.0.0.1";
  options.port = plain.port();
  options.connect_timeout = 300ms;
  const auto reply = post(runtime, options);
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == Errc::transport);
  CHECK(plain.requests().empty());
}

TEST_CASE("a request that is executed and then dropped is unknown under TLS too", "[https]") {
  AsioRuntime runtime;
  Host host("IP:127.0.0.1");
  host.server.then({.reply = false, .close = true});
  const auto reply = post(runtime, host.options(runtime));
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == Errc::unknown_outcome);
  CHECK(host.server.executions() == 1);
  CHECK(host.server.requests().size() == 1);
}
