// Downloads against a real server on loopback.
#include "harness/symbols/http_symbol_server.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tests/support/scripted_server.hpp"

#include <filesystem>
#include <thread>

using namespace migstorm;
using namespace migstorm::test;
namespace fs = std::filesystem;

namespace {

const pdb::StoreKey kKey{"storvsc.pdb", "0123456789ABCDEF0123456789ABCDEF1"};

struct Rig {
  explicit Rig(symbols::HttpOptions options = {}) : client(symbols::make_http_symbol_server(options)) {}

  Status fetch() {
    return client->fetch("http://127.0.0.1:" + std::to_string(server.port()) + "/dl", kKey, cache());
  }
  std::string cache() const { return folder.file("cache"); }
  std::string file(const std::string& name = "storvsc.pdb") const {
    return cache() + "/storvsc.pdb/" + kKey.key + "/" + name;
  }

  Folder folder;
  ScriptedServer server;
  std::unique_ptr<pdb::SymbolServer> client;
};

Reaction answer(int status, std::string body = "-") {
  Reaction reaction;
  reaction.status = status;
  reaction.body = std::move(body);
  return reaction;
}

} // namespace

TEST_CASE("a file is asked for as symbol servers name it, and kept", "[symbols]") {
  Rig rig;
  rig.server.then(answer(200, "the symbols"));
  REQUIRE(rig.fetch());
  CHECK(rig.server.requests().front().target == "/dl/storvsc.pdb/" + kKey.key + "/storvsc.pdb");
  CHECK(read_file(rig.file()) == "the symbols");
  REQUIRE(rig.fetch());
  CHECK(rig.server.requests().size() == 1);
}

TEST_CASE("the compressed form is asked for when the plain one is not there", "[symbols]") {
  Rig rig;
  rig.server.then(answer(404));
  rig.server.then(answer(200, "packed"));
  REQUIRE(rig.fetch());
  CHECK(read_file(rig.file("storvsc.pd_")) == "packed");
}

TEST_CASE("what a server does not have is not asked for again, by another process either", "[symbols]") {
  Rig rig;
  rig.server.then(answer(404));
  rig.server.then(answer(404));
  const Status first = rig.fetch();
  REQUIRE_FALSE(first);
  CHECK(first.error().code == Errc::not_found);
  rig.client = symbols::make_http_symbol_server({});
  CHECK(rig.fetch().error().code == Errc::not_found);
  CHECK(rig.server.requests().size() == 2);
}

TEST_CASE("a body that breaks off leaves no file", "[symbols][hostile]") {
  Rig rig;
  Reaction cut = answer(200, std::string(100'000, 'x'));
  cut.bytes_max = 50'000;
  cut.close = true;
  rig.server.then(cut);
  REQUIRE_FALSE(rig.fetch());
  CHECK_FALSE(fs::exists(rig.file()));
}

TEST_CASE("a body over the limit is refused", "[symbols][hostile]") {
  symbols::HttpOptions options;
  options.file_size_max = 1000;
  Rig rig(options);
  rig.server.then(answer(200, std::string(1001, 'x')));
  const Status fetched = rig.fetch();
  REQUIRE_FALSE(fetched);
  CHECK(fetched.error().code == Errc::over_limit);
  CHECK_FALSE(fs::exists(rig.file()));
}

TEST_CASE("redirects are followed, but not for ever", "[symbols][hostile]") {
  Rig rig;
  Reaction elsewhere = answer(302);
  elsewhere.fields = {{"Location", "/blob/1"}};
  rig.server.then(elsewhere);
  rig.server.then(answer(200, "the symbols"));
  REQUIRE(rig.fetch());
  CHECK(rig.server.requests().back().target == "/blob/1");

  Rig loop;
  for (int i = 0; i < 8; ++i) {
    loop.server.then(elsewhere);
  }
  CHECK_FALSE(loop.fetch());
  CHECK(loop.server.requests().size() == 6);
}

TEST_CASE("a server that wants a password or cannot be reached is told of, and asked once", "[symbols]") {
  Rig rig;
  rig.server.then(answer(403));
  CHECK(rig.fetch().error().code == Errc::denied);

  const Folder folder;
  const auto client = symbols::make_http_symbol_server({});
  const Status refused = client->fetch("http://127.0.0.1:1/dl", kKey, folder.file("cache"));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::transport);
  CHECK(client->fetch("http://127.0.0.1:1/dl", kKey, folder.file("cache")).error().detail ==
        refused.error().detail);
}

TEST_CASE("two that want the same file download it once", "[symbols]") {
  Rig rig;
  Reaction slow = answer(200, "the symbols");
  slow.delay = std::chrono::milliseconds(300);
  rig.server.then(slow);
  const auto other = symbols::make_http_symbol_server({});
  bool other_has_it = false;
  std::thread second([&] {
    const std::string url = "http://127.0.0.1:" + std::to_string(rig.server.port()) + "/dl";
    other_has_it = other->fetch(url, kKey, rig.cache()).has_value();
  });
  const bool one_has_it = rig.fetch().has_value();
  second.join();
  CHECK(one_has_it);
  CHECK(other_has_it);
  CHECK(rig.server.requests().size() == 1);
}
