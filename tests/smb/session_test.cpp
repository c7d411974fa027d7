// Files of a real Samba server, read through migstorm-smb.
#include "harness/gather/smb_session.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/samba.hpp"
#include "tests/support/tcp_proxy.hpp"
#include "tests/support/value.hpp"

#include <algorithm>
#include <cstdlib>
#include <thread>

using namespace migstorm;
using namespace migstorm::smb;
using namespace migstorm::test;

namespace {

const std::string kMarker = "PAGEDU64-planted-in-the-dump-to-be-seen-on-the-wire";

Login login_to(const SambaServer& server, std::uint16_t port = 0) {
  Login login;
  login.server = "127.0.0.1";
  login.port = port == 0 ? server.port() : port;
  login.share = "dumps";
  login.domain = "TEST";
  login.user = server.user();
  login.password = SambaServer::password();
  return login;
}

LoginOutcome start(const Login& login) { return SmbSession::start(MIGSTORM_SMB_PROGRAM, login); }

std::unique_ptr<SmbSession> session_on(const SambaServer& server) {
  LoginOutcome outcome = start(login_to(server));
  INFO(outcome.failed.text);
  REQUIRE(outcome.session);
  return std::move(outcome.session);
}

// Does not compress or repeat, so that a piece out of place is seen.
std::string noise(std::size_t size) {
  std::string text(size, '\0');
  std::uint64_t state = 88172645463325252ULL;
  for (char& c : text) {
    state ^= state << 13U;
    state ^= state >> 7U;
    state ^= state << 17U;
    c = static_cast<char>(state);
  }
  return text;
}

Result<std::string> read_whole(SmbSession& session, const std::string& path, std::size_t piece,
                               bool ahead = true) {
  const Result<Opened> file = session.open(path);
  if (!file) {
    return file.error();
  }
  std::string text;
  std::vector<std::byte> buffer(piece);
  while (text.size() < file->facts.size) {
    const Result<std::size_t> got =
        session.read(file->handle, text.size(),
                     std::span(buffer).first(std::min<std::size_t>(piece, file->facts.size - text.size())),
                     ahead ? file->facts.size : 0);
    if (!got) {
      return got.error();
    }
    if (*got == 0) {
      break;
    }
    text.append(reinterpret_cast<const char*>(buffer.data()), *got);
  }
  if (Status closed = session.close(file->handle); !closed) {
    return std::move(closed).error();
  }
  return text;
}

} // namespace

TEST_CASE("a file of a share is found, opened and read, in pieces of any size", "[smb]") {
  const SambaServer server;
  const std::string content = noise((5U << 20U) + 77);
  write_file(server.file("MEMORY.DMP"), content);
  const auto session = session_on(server);
  const auto facts = session->stat("MEMORY.DMP");
  REQUIRE(facts);
  CHECK(facts->size == content.size());
  CHECK_FALSE(facts->folder);
  const auto written = std::filesystem::last_write_time(server.file("MEMORY.DMP"));
  const auto civil = std::chrono::file_clock::to_sys(written).time_since_epoch();
  CHECK(std::abs(facts->modified_ns - std::chrono::nanoseconds(civil).count()) < 1000);
  for (const std::size_t piece : {std::size_t{1} << 20U, std::size_t{333'333}, std::size_t{16} << 20U}) {
    for (const bool ahead : {false, true}) {
      const auto text = read_whole(*session, "MEMORY.DMP", piece, ahead);
      REQUIRE(text);
      CHECK(*text == content);
    }
  }
}

TEST_CASE("other questions may come while pieces are under way", "[smb]") {
  const SambaServer server;
  const std::string content = noise(3U << 20U);
  write_file(server.file("a"), content);
  const auto session = session_on(server);
  const auto file = session->open("a");
  REQUIRE(file);
  std::vector<std::byte> buffer(1U << 18U);
  REQUIRE(session->read(file->handle, 0, buffer, content.size()));
  CHECK(value_of(session->stat("a")).size == content.size());
  REQUIRE(session->read(file->handle, 1'000'000, buffer));
  CHECK(std::equal(buffer.begin(), buffer.end(), content.begin() + 1'000'000,
                   [](std::byte a, char b) { return a == static_cast<std::byte>(b); }));
  CHECK(value_of(session->read(file->handle, content.size() - 10, buffer)) == 10);
}

TEST_CASE("names with spaces, percent signs and umlauts are names and nothing else", "[smb][hostile]") {
  const SambaServer server;
  const std::vector<std::string> names = {"with space.dmp", "100%41.dmp", "f\xc3\xbcr.dmp", "a;b&c=d#f",
                                          "[brackets]@x"};
  for (const std::string& name : names) {
    write_file(server.file(name), name);
  }
  const auto session = session_on(server);
  for (const std::string& name : names) {
    CAPTURE(name);
    const auto text = read_whole(*session, name, 100);
    REQUIRE(text);
    CHECK(*text == name);
  }
  std::filesystem::create_directory(server.file("folder"));
  const auto listed = session->list("");
  REQUIRE(listed);
  CHECK(listed->entries.size() == names.size() + 1);
  CHECK(std::count_if(listed->entries.begin(), listed->entries.end(),
                      [](const Entry& e) { return e.folder && e.name == "folder"; }) == 1);
}

TEST_CASE("a file is renamed, but never onto one that is there", "[smb]") {
  const SambaServer server;
  write_file(server.file("MEMORY.DMP"), "new");
  write_file(server.file("kept.dmp"), "old");
  const auto session = session_on(server);
  CHECK(session->rename("MEMORY.DMP", "kept.dmp").error().code == Errc::malformed);
  CHECK(read_file(server.file("kept.dmp")) == "old");
  REQUIRE(session->rename("MEMORY.DMP", "other.dmp"));
  CHECK(read_file(server.file("other.dmp")) == "new");
  CHECK_FALSE(std::filesystem::exists(server.file("MEMORY.DMP")));
}

TEST_CASE("what is not there or not allowed is told apart", "[smb]") {
  const SambaServer server;
  write_file(server.file("secret"), "x");
  const auto session = session_on(server);
  CHECK(session->stat("nothing").error().code == Errc::not_found);
  CHECK(session->open("no/folder/nothing").error().code == Errc::not_found);
  CHECK(session->close(99).error().code == Errc::malformed);
  Login login = login_to(server);
  login.share = "nothing";
  CHECK(start(login).failed.why == Failure::no_share);
  login = login_to(server, free_port());
  CHECK(start(login).failed.why == Failure::unreachable);
  login.server = "smb://127.0.0.1";
  CHECK(start(login).failed.why == Failure::refused);
}

TEST_CASE("a wrong password is sent once, and a right one without the right to a share is no wrong one",
          "[smb]") {
  SambaOptions options;
  options.share_options = "valid users = nobody-of-this-name";
  const SambaServer server(options);
  Login login = login_to(server);
  CHECK(start(login).failed.why == Failure::denied);
  login.password = "wrong";
  const LoginOutcome outcome = start(login);
  INFO(outcome.failed.text);
  CHECK(outcome.failed.why == Failure::rejected);
  CHECK(outcome.failed.text.find("wrong") == std::string::npos);
  const std::string log = server.log();
  std::size_t refusals = 0;
  for (std::size_t at = 0;
       (at = log.find("FAILED with error NT_STATUS_WRONG_PASSWORD", at)) != std::string::npos; ++at) {
    ++refusals;
  }
  CHECK(refusals == 1);
}

TEST_CASE("no byte of a file crosses the wire in clear", "[smb]") {
  const bool allow_unencrypted = GENERATE(false, true); // still encrypted where the server can
  const SambaServer server;
  write_file(server.file("MEMORY.DMP"), noise(100'000) + kMarker + noise(100'000));
  const TcpProxy proxy(server.port(), kMarker);
  Login login = login_to(server, proxy.port());
  login.unencrypted = allow_unencrypted;
  LoginOutcome outcome = start(login);
  REQUIRE(outcome.session);
  const auto text = read_whole(*outcome.session, "MEMORY.DMP", 1U << 16U);
  REQUIRE(text);
  CHECK(text->find(kMarker) != std::string::npos);
  CHECK(proxy.bytes_from_target() > 200'000);
  CHECK_FALSE(proxy.marker_seen());
}

TEST_CASE("a server without encryption is refused, unless that is allowed", "[smb]") {
  SambaOptions options;
  options.max_protocol = "SMB2_10";
  const SambaServer server(options);
  write_file(server.file("MEMORY.DMP"), kMarker);
  const TcpProxy proxy(server.port(), kMarker);
  Login login = login_to(server, proxy.port());
  CHECK(start(login).failed.why == Failure::insecure);
  CHECK_FALSE(proxy.marker_seen());
  login.unencrypted = true;
  LoginOutcome outcome = start(login);
  INFO(outcome.failed.text);
  REQUIRE(outcome.session);
  CHECK(value_of(read_whole(*outcome.session, "MEMORY.DMP", 1000)) == kMarker);
  CHECK(proxy.marker_seen()); // so the proxy would have seen it above
}

TEST_CASE("this machine's configuration of Samba is not read", "[smb]") {
  const SambaServer server;
  const Folder home;
  std::filesystem::create_directory(home.file(".smb"));
  write_file(home.file(".smb/smb.conf"), "[global]\nclient max protocol = SMB2_02\nclient signing = off\n");
  const char* before = std::getenv("HOME");
  const std::string old = before != nullptr ? before : "";
  ::setenv("HOME", home.file("").c_str(), 1);
  const LoginOutcome outcome = start(login_to(server));
  ::setenv("HOME", old.c_str(), 1);
  CHECK(outcome.session != nullptr);
}

TEST_CASE("a connection that breaks ends the session with an error, and a new one reads on", "[smb]") {
  SambaServer server;
  const std::string content = noise(32U << 20U);
  write_file(server.file("a"), content);
  TcpProxy proxy(server.port(), kMarker);
  LoginOutcome outcome = start(login_to(server, proxy.port()));
  REQUIRE(outcome.session);
  SECTION("the line") {
    proxy.cut_after(10U << 20U);
    const auto text = read_whole(*outcome.session, "a", 1U << 20U);
    REQUIRE_FALSE(text);
    CHECK(text.error().code == Errc::transport);
    proxy.cut_after(0);
  }
  SECTION("the server") {
    const auto file = outcome.session->open("a");
    REQUIRE(file);
    server.stop();
    std::vector<std::byte> buffer(1U << 20U);
    const auto got = outcome.session->read(file->handle, 0, buffer);
    REQUIRE_FALSE(got);
    CHECK(got.error().code == Errc::transport);
    CHECK(start(login_to(server)).failed.why == Failure::unreachable);
    server.start();
  }
  const auto session = session_on(server);
  CHECK(value_of(read_whole(*session, "a", 1U << 20U)) == content);
}

TEST_CASE("a helper that is killed is an error, and no signal for us", "[smb]") {
  const auto process = SmbProcess::start("/bin/true");
  REQUIRE(process);
  std::this_thread::sleep_for(std::chrono::milliseconds(100));
  for (int i = 0; i < 3; ++i) {
    if (Status sent = (*process)->send(StatFile{"a"}); sent) {
      CHECK((*process)->receive({}, std::chrono::seconds(5)).error().code == Errc::transport);
    }
  }
  CHECK_FALSE((*process)->send(StatFile{"a"}));
  CHECK(SmbProcess::start("/nowhere/migstorm-smb").error().code == Errc::unsupported);
}

TEST_CASE("a helper that says nothing, or nonsense, is given up", "[smb][hostile]") {
  const auto silent = SmbProcess::start("/bin/cat"); // sends requests back, which are no replies to them
  REQUIRE(silent);
  REQUIRE((*silent)->send(ReadFile{1, 0, 100}));
  const auto reply = (*silent)->receive({}, std::chrono::seconds(5));
  REQUIRE_FALSE(reply);
  CHECK((reply.error().code == Errc::malformed || reply.error().code == Errc::truncated));
  const auto slow = SmbProcess::start("/bin/cat");
  REQUIRE(slow);
  CHECK((*slow)->receive({}, std::chrono::milliseconds(50)).error().code == Errc::timed_out);
  CHECK((*slow)->receive({}, std::chrono::milliseconds(50)).error().code == Errc::transport);
}
