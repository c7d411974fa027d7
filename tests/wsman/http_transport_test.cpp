// Against a real server on loopback: what leaves, how often, over how many connections.
#include "harness/runtime/asio_runtime.hpp"
#include "harness/wsman/beast_transport.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scripted_server.hpp"

#include <migstorm/scope.hpp>

#include <algorithm>

using namespace migstorm;
using namespace migstorm::wsman;
using namespace std::chrono_literals;
using test::Reaction;
using test::ScriptedServer;
using test::ServerOptions;

namespace {

constexpr const char* kAladdin = "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==";

HttpOptions to(const ScriptedServer& server) {
  HttpOptions options;
  options.host = "127.0.0.1";
  options.port = server.port();
  options.https = false;
  options.allow_unencrypted = true;
  options.connect_timeout = 5s;
  return options;
}

std::unique_ptr<Transport> make(AsioRuntime& runtime, HttpOptions options) {
  auto transport = make_http_transport(runtime, std::move(options));
  REQUIRE(transport);
  return std::move(*transport);
}

struct Fixture {
  AsioRuntime runtime;
  ScriptedServer server;
  std::unique_ptr<Transport> transport = make(runtime, to(server));

  Result<Reply> post(std::string body = "<request/>", Span timeout = 10s) {
    return run(runtime, transport->post(std::move(body), timeout));
  }
};

Task<Unit> pause(AsioRuntime& runtime, Span span) {
  co_await runtime.sleep_for(span);
  co_return Unit{};
}

Task<Unit> post_many(Transport& transport, int count, std::vector<Result<Reply>>& replies) {
  for (int i = 0; i < count; ++i) {
    Result<Reply> reply = co_await transport.post("<request/>", 10s);
    replies.push_back(std::move(reply));
  }
  co_return Unit{};
}

std::vector<Result<Reply>> post_from(AsioRuntime& runtime, const std::vector<Transport*>& transports,
                                     int loops, int count) {
  std::vector<Result<Reply>> replies;
  Scope scope(runtime);
  for (int i = 0; i < loops; ++i) {
    for (Transport* transport : transports) {
      scope.spawn(post_many(*transport, count, replies));
    }
  }
  run(runtime, scope.join());
  return replies;
}

std::ptrdiff_t answered(const std::vector<Result<Reply>>& replies) {
  return std::count_if(replies.begin(), replies.end(), [](const auto& reply) { return reply.has_value(); });
}

} // namespace

TEST_CASE_METHOD(Fixture, "a request arrives as it was given and the answer comes back", "[http]") {
  server.then({.status = 500, .body = "<fault/>"});
  const auto reply = post("<hello/>");
  REQUIRE(reply);
  CHECK(reply->http_status == 500);
  CHECK(reply->body == "<fault/>");
  REQUIRE(server.requests().size() == 1);
  const auto seen = server.requests()[0];
  CHECK(seen.target == "/wsman");
  CHECK(seen.host == "127.0.0.1:" + std::to_string(server.port()));
  CHECK(seen.content_type == "application/soap+xml;charset=UTF-8");
  CHECK(seen.authorization.empty());
  CHECK(seen.body == "<hello/>");
}

TEST_CASE_METHOD(Fixture, "a request that is executed and then dropped is unknown, and executed once",
                 "[http]") {
  REQUIRE(post());
  server.then({.reply = false, .close = true});
  const auto lost = post("<change/>");
  REQUIRE_FALSE(lost);
  CHECK(lost.error().code == Errc::unknown_outcome);
  CHECK(server.executions() == 2);
  CHECK(server.requests().size() == 2);
  REQUIRE(post()); // over a new connection
  CHECK(server.executions() == 3);
  CHECK(server.connections() == 2);
  CHECK(transport->counters().connections == 2);
}

TEST_CASE_METHOD(Fixture,
                 "a request that is dropped before it is executed is unknown as well, and not repeated",
                 "[http]") {
  server.then({.execute = false, .reply = false, .close = true});
  CHECK(post().error().code == Errc::unknown_outcome);
  CHECK(server.executions() == 0);
  CHECK(server.requests().size() == 1);
}

TEST_CASE_METHOD(Fixture, "half an answer is an unknown outcome", "[http][hostile]") {
  server.then({.close = true, .body = std::string(1'000, 'x'), .bytes_max = 600});
  const auto reply = post();
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == Errc::unknown_outcome);
  CHECK(server.executions() == 1);
}

TEST_CASE_METHOD(Fixture, "an answer that does not come in time is an unknown outcome", "[http]") {
  server.then({.delay = 500ms});
  const auto reply = post("<request/>", 100ms);
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == Errc::unknown_outcome);
  CHECK(reply.error().detail.ends_with("no answer in time"));
  REQUIRE(post());
  CHECK(server.connections() == 2); // the late answer must not be taken for the next one's
}

TEST_CASE_METHOD(Fixture, "a slow answer within its time is an answer", "[http]") {
  server.then({.delay = 150ms});
  CHECK(post());
}

TEST_CASE_METHOD(Fixture, "a host that nobody listens on was not asked", "[http]") {
  HttpOptions options = to(server);
  {
    const ScriptedServer gone;
    options.port = gone.port();
  }
  transport = make(runtime, options);
  const auto reply = post();
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == Errc::transport);
  CHECK(transport->counters().connections == 0);
}

TEST_CASE_METHOD(Fixture, "a connection that the host closed between requests is replaced", "[http]") {
  const bool announced = GENERATE(false, true);
  server.then({.close = !announced, .announce = announced});
  REQUIRE(post());
  run(runtime, pause(runtime, 100ms));
  REQUIRE(post());
  CHECK(server.executions() == 2);
  CHECK(server.connections() == 2);
}

TEST_CASE_METHOD(Fixture, "bytes that nobody asked for cost the connection", "[http][hostile]") {
  server.then({.fields = {{"Content-Length", "3"}}, .body = "<a/>"}); // and 4
  CHECK(post().error().code == Errc::unknown_outcome);
  server.then({.preface = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n<aa/>"}); // two answers to one request
  const auto first = post();
  REQUIRE(first);
  CHECK(first->body == "<aa/>");
  run(runtime, pause(runtime, 50ms));
  server.then({.body = "<mine/>"});
  const auto next = post();
  REQUIRE(next);
  CHECK(next->body == "<mine/>");
}

TEST_CASE_METHOD(Fixture, "redirects are refused, not followed", "[http][hostile]") {
  server.then({.status = 302, .fields = {{"Location", "http://127.0.0.1:1/\xFF a"}}});
  const auto reply = post();
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == Errc::remote_fault);
  CHECK(reply.error().detail ==
        "127.0.0.1 redirects to \"http://127.0.0.1:1/? a\" (HTTP 302), which is never followed");
  CHECK(server.requests().size() == 1);
}

TEST_CASE_METHOD(Fixture, "an answer over the limit is refused while it comes", "[http][hostile]") {
  HttpOptions options = to(server);
  options.max_body = 10'000;
  transport = make(runtime, options);
  const bool chunked = GENERATE(false, true);
  CAPTURE(chunked);
  server.then({.chunked = chunked, .body = std::string(10'001, 'x')});
  const auto reply = post();
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == Errc::over_limit);
  server.then({.chunked = chunked, .body = std::string(10'000, 'x')});
  CHECK(post());
}

TEST_CASE_METHOD(Fixture, "a header without end is refused", "[http][hostile]") {
  server.then({.fields = {{"X", std::string(20'000, 'x')}}});
  CHECK(post().error().code == Errc::unknown_outcome);
}

TEST_CASE_METHOD(Fixture, "what is no HTTP is an unknown outcome", "[http][hostile]") {
  server.then({.close = true, .preface = "220 mail.lab.test ESMTP\r\n"});
  CHECK(post().error().code == Errc::unknown_outcome);
}

TEST_CASE_METHOD(Fixture, "chunked answers are put together", "[http]") {
  server.then({.chunked = true, .body = "<a>0123456789</a>"});
  const auto reply = post();
  REQUIRE(reply);
  CHECK(reply->body == "<a>0123456789</a>");
  CHECK(post());
  CHECK(server.connections() == 1);
}

TEST_CASE_METHOD(Fixture, "interim answers are passed over, a few of them", "[http]") {
  const std::string interim = "HTTP/1.1 100 Continue\r\n\r\n";
  server.then({.body = "<a/>", .preface = interim + interim});
  const auto reply = post();
  REQUIRE(reply);
  CHECK(reply->body == "<a/>");
  server.then({.preface = interim + interim + interim + interim + interim + interim});
  CHECK(post().error().code == Errc::unknown_outcome);
}

TEST_CASE_METHOD(Fixture, "large requests and answers go through", "[http]") {
  server.then({.body = std::string(1'000'000, 'y')});
  const auto reply = post(std::string(1'000'000, 'x'));
  REQUIRE(reply);
  CHECK(reply->body.size() == 1'000'000);
  CHECK(server.requests()[0].body.size() == 1'000'000);
}

TEST_CASE("lanes keep one connection and one authentication each under load", "[http]") {
  AsioRuntime runtime;
  ServerOptions host;
  host.authorization = kAladdin;
  ScriptedServer server(host);
  HttpOptions options = to(server);
  options.principal = std::make_shared<Principal>(runtime, "Aladdin", "open sesame");
  options.lanes_max = 4;
  const auto transport = make(runtime, options);
  const auto replies = post_from(runtime, {transport.get()}, 16, 25);
  CHECK(answered(replies) == 400);
  CHECK(server.executions() == 400);
  CHECK(server.connections() == 4);
  CHECK(server.rejections() == 0);
  CHECK(transport->counters().connections == 4);
  CHECK(transport->counters().authentications == 4);
}

TEST_CASE("one loop needs one lane", "[http]") {
  AsioRuntime runtime;
  ScriptedServer server;
  const auto transport = make(runtime, to(server));
  CHECK(answered(post_from(runtime, {transport.get()}, 1, 50)) == 50);
  CHECK(server.connections() == 1);
}

TEST_CASE("more lanes open only after the first answer", "[http]") {
  AsioRuntime runtime;
  ScriptedServer server;
  server.then({.reply = false, .close = true});
  const auto transport = make(runtime, to(server));
  const auto replies = post_from(runtime, {transport.get()}, 3, 1);
  CHECK(answered(replies) == 2);
  const auto seen = server.requests();
  REQUIRE(seen.size() == 3);
  CHECK(seen[0].connection == 1);
  CHECK(seen[1].connection == 2); // its connection was lost, and it had the host for itself all the same
}

TEST_CASE("a wrong password is sent once, however many requests wait and hosts share it", "[http]") {
  AsioRuntime runtime;
  ServerOptions host;
  host.authorization = "Basic something else";
  ScriptedServer first(host);
  ScriptedServer second(host);
  const auto principal = std::make_shared<Principal>(runtime, "Aladdin", "open sesame");
  HttpOptions to_first = to(first);
  HttpOptions to_second = to(second);
  to_first.principal = principal;
  to_second.principal = principal;
  const auto a = make(runtime, to_first);
  const auto b = make(runtime, to_second);
  const auto replies = post_from(runtime, {a.get(), b.get()}, 20, 2);
  CHECK(replies.size() == 80);
  for (const auto& reply : replies) {
    REQUIRE_FALSE(reply);
    CHECK(reply.error().code == Errc::denied);
    CHECK(reply.error().detail.find("sesame") == std::string::npos);
  }
  CHECK(first.rejections() + second.rejections() == 1);
  CHECK(first.executions() + second.executions() == 0);
  CHECK(a->counters().authentications + b->counters().authentications == 0);
}

TEST_CASE("a 401 without credentials is final for the host", "[http]") {
  AsioRuntime runtime;
  ServerOptions host;
  host.authorization = kAladdin;
  ScriptedServer server(host);
  const auto transport = make(runtime, to(server));
  const auto replies = post_from(runtime, {transport.get()}, 3, 2);
  CHECK(answered(replies) == 0);
  CHECK(replies[0].error().detail == "127.0.0.1 wants credentials, and there are none (HTTP 401)");
  CHECK(server.requests().size() == 1);
}

TEST_CASE("a 403 closes one host and leaves the password alone", "[http]") {
  AsioRuntime runtime;
  ServerOptions host;
  host.authorization = kAladdin;
  ScriptedServer strict(host);
  ScriptedServer open(host);
  strict.then({.execute = false, .status = 403});
  const auto principal = std::make_shared<Principal>(runtime, "Aladdin", "open sesame");
  HttpOptions to_strict = to(strict);
  HttpOptions to_open = to(open);
  to_strict.principal = principal;
  to_open.principal = principal;
  const auto a = make(runtime, to_strict);
  const auto b = make(runtime, to_open);
  const auto refused = run(runtime, a->post("<r/>", 5s));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::denied);
  CHECK(run(runtime, a->post("<r/>", 5s)).error().code == Errc::denied);
  CHECK(strict.requests().size() == 1);
  CHECK(run(runtime, b->post("<r/>", 5s)));
}

namespace {

// What a mechanism with two legs does to a lane: the answer to the first one is a 401 with a token.
class TwoLegs final : public Authenticator {
public:
  Task<Result<std::string>> authorization() override {
    ++leg_;
    co_return std::string(leg_ == 1 ? "Negotiate one" : kAladdin);
  }
  Verdict inspect(const std::vector<std::string>& challenges) override {
    return leg_ == 1 && challenges.size() == 1 ? Verdict::go_on : Verdict::rejected;
  }

private:
  int leg_ = 0;
};

} // namespace

TEST_CASE("an authentication of several legs belongs to its connection", "[http]") {
  AsioRuntime runtime;
  ServerOptions host;
  host.authorization = kAladdin;
  ScriptedServer server(host);
  HttpOptions options = to(server);
  options.principal = std::make_shared<Principal>(runtime, "Aladdin", "open sesame");
  options.make_authenticator = [](const Principal&) { return std::make_unique<TwoLegs>(); };
  const auto transport = make(runtime, options);
  REQUIRE(run(runtime, transport->post("<r/>", 5s)));
  REQUIRE(run(runtime, transport->post("<r/>", 5s)));
  CHECK(server.requests().size() == 3);
  CHECK(server.executions() == 2);
  CHECK(server.connections() == 1);
  CHECK(transport->counters().authentications == 1);
}

TEST_CASE("plain http is refused unless it is allowed", "[http]") {
  AsioRuntime runtime;
  HttpOptions options;
  options.host = "node1.lab.test";
  options.https = false;
  const auto transport = make_http_transport(runtime, options);
  REQUIRE_FALSE(transport);
  CHECK(transport.error().code == Errc::unsupported);
  CHECK(transport.error().detail == "plain http to node1.lab.test is refused: use https");
}

TEST_CASE("plain http leaves this machine in no case", "[http]") {
  AsioRuntime runtime;
  HttpOptions options;
  options.host = GENERATE(as<std::string>(), "192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1");
  options.https = false;
  options.allow_unencrypted = true;
  const auto transport = make(runtime, options);
  const auto reply = run(runtime, transport->post("<r/>", 5s));
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == Errc::unsupported);
  CHECK(transport->counters().connections == 0);
}

TEST_CASE("a name is looked up before it is judged", "[http]") {
  AsioRuntime runtime;
  ScriptedServer server;
  HttpOptions options = to(server);
  options.host = "localhost";
  const auto transport = make(runtime, options);
  CHECK(run(runtime, transport->post("<r/>", 5s)));
}

TEST_CASE("hosts and paths that would break the request are refused", "[http][hostile]") {
  AsioRuntime runtime;
  const auto [host, path] = GENERATE(table<std::string, std::string>({
      {"", "/wsman"},
      {"node1\r\nX: y", "/wsman"},
      {"node 1", "/wsman"},
      {"node1", "wsman"},
      {"node1", ""},
      {"node1", "/wsman HTTP/1.1\r\n"},
  }));
  HttpOptions options;
  options.host = host;
  options.path = path;
  const auto transport = make_http_transport(runtime, options);
  REQUIRE_FALSE(transport);
  CHECK(transport.error().code == Errc::malformed);
}
