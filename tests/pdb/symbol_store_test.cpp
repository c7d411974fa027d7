// Symbol paths in the debugger's notation, and files found along them.
#include "analyzers/pdb/symbol_store.hpp"

#include "analyzers/pdb/pdb.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <filesystem>

using namespace migstorm;
using namespace migstorm::test;
namespace fs = std::filesystem;

namespace {

const std::string kPdb = MIGSTORM_SOURCE_DIR "/tools/make_dump/kernel/images/x64/storvsc.pdb";

std::vector<pdb::PathElement> parsed(const std::string& text) {
  Result<std::vector<pdb::PathElement>> path = pdb::parse_symbol_path(text, "/default");
  REQUIRE(path);
  return *std::move(path);
}

pdb::StoreKey key_of_pdb() {
  Result<std::unique_ptr<kdump::ByteSource>> file = kdump::open_file(kPdb);
  REQUIRE(file);
  const Result<pdb::Identity> identity = pdb::read_identity(*std::move(file));
  REQUIRE(identity);
  return pdb::pdb_key("storvsc.pdb", identity->guid, identity->age);
}

std::optional<std::string> anything(const std::shared_ptr<kdump::ByteSource>& /*file*/) {
  return std::nullopt;
}

void put(const fs::path& path) {
  fs::create_directories(path.parent_path());
  fs::copy_file(kPdb, path);
}

bool finds(const std::string& root) {
  const pdb::SymbolStore store(parsed(root), nullptr);
  return store.find(key_of_pdb(), anything).has_value();
}

} // namespace

TEST_CASE("a symbol path has folders, caches and servers", "[symbol_path]") {
  const auto path =
      parsed("/plain;srv*/cache*https://symbols.example/dl/;cache*/all;srv*http://other.example");
  REQUIRE(path.size() == 4);
  CHECK(path[0].folders == std::vector<std::string>{"/plain"});
  CHECK(path[0].server.empty());
  CHECK(path[1].folders == std::vector<std::string>{"/cache"});
  CHECK(path[1].server == "https://symbols.example/dl");
  CHECK(path[2].folders == std::vector<std::string>{"/all"});
  CHECK(path[3].folders == std::vector<std::string>{"/all"});
  CHECK(path[3].server == "http://other.example");
}

TEST_CASE("a server without a cache gets the default one", "[symbol_path]") {
  CHECK(parsed("srv*https://a.example").front().folders == std::vector<std::string>{"/default"});
  CHECK(parsed("SRV**https://a.example").front().folders == std::vector<std::string>{"/default"});
  CHECK(parsed(";;").empty());
}

TEST_CASE("what is no element of a symbol path is refused by name", "[symbol_path][hostile]") {
  const auto path = pdb::parse_symbol_path("symsrv*own.dll*/x", "/default");
  REQUIRE_FALSE(path);
  CHECK(path.error().detail.find("symsrv*own.dll*/x") != std::string::npos);
  CHECK_FALSE(pdb::parse_symbol_path("srv*https://a.example*/behind", "/default"));
  CHECK_FALSE(pdb::parse_symbol_path(std::string(100'000, 'x'), "/default"));
}

TEST_CASE("a file is found in stores of every layout, whatever the case of its name", "[symbol_store]") {
  const pdb::StoreKey key = key_of_pdb();
  for (const std::string& at :
       {std::string("storvsc.pdb/") + key.key + "/storvsc.pdb", std::string("storvsc.pdb"),
        std::string("STORVSC.PDB/") + key.key + "/StorVSC.pdb",
        std::string("st/storvsc.pdb/") + key.key + "/storvsc.pdb", std::string("symbols/pdb/storvsc.pdb")}) {
    CAPTURE(at);
    const Folder folder;
    put(fs::path(folder.file("root")) / at);
    CHECK(finds(folder.file("root")));
  }
}

TEST_CASE("a file that is refused is told of, and the next folder is tried", "[symbol_store]") {
  const Folder folder;
  put(folder.file("first") + "/storvsc.pdb");
  put(folder.file("second") + "/storvsc.pdb");
  const pdb::SymbolStore store(parsed(folder.file("first") + ";" + folder.file("second")), nullptr);
  int asked = 0;
  const auto second_only = [&](const auto&) {
    return ++asked == 1 ? std::optional<std::string>("it is of another build") : std::nullopt;
  };
  CHECK(store.find(key_of_pdb(), second_only).has_value());
  const auto found = store.find(
      key_of_pdb(), [](const auto&) { return std::optional<std::string>("it is of another build"); });
  REQUIRE_FALSE(found);
  CHECK(found.error().detail.find("first/storvsc.pdb: it is of another build") != std::string::npos);
}

TEST_CASE("names that lead out of a folder are not looked up", "[symbol_store][hostile]") {
  const Folder folder;
  put(folder.file("root") + "/storvsc.pdb");
  const pdb::SymbolStore store(parsed(folder.file("root") + "/sub"), nullptr);
  CHECK_FALSE(store.find({"../storvsc.pdb", "1"}, anything));
  CHECK_FALSE(store.find({"..", ".."}, anything));
}
