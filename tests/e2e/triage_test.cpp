// `migstorm triage` as a user meets it, over dumps that make_dump writes.
#include "tests/make_dump/dump_files.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <algorithm>
#include <filesystem>

using namespace migstorm;
using namespace migstorm::test;

namespace {

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

Finished triage(const Folder& folder, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {"triage", "--offline"});
  return run_migstorm(folder, std::move(arguments));
}

} // namespace

TEST_CASE("a dump is named with its function, its signature and the known issue", "[e2e][triage]") {
  const Folder folder;
  put_dump(folder.file("MEMORY.DMP"), 7601);
  put_store(folder.file("store"));
  const Finished told = triage(folder, {folder.file("MEMORY.DMP"), "--symbols", folder.file("store")});
  CAPTURE(told.out, told.err);
  CHECK(told.code == 0);
  CHECK(holds(told.out, "DRIVER_IRQL_NOT_LESS_OR_EQUAL (d1)"));
  CHECK(holds(told.out, "Probably caused by : storvsc.sys ( storvsc!StorChannelVmbusCallback+0x"));
  CHECK(holds(told.out, "SIGNATURE:  0xd1|read|storvsc!StorChannelVmbusCallback\n"));
  CHECK(holds(told.out, "KNOWN_ISSUE:  KB2636573 (certain)"));
}

TEST_CASE("without symbols the module is named, and that symbols are missing", "[e2e][triage]") {
  const Folder folder;
  put_dump(folder.file("MEMORY.DMP"), 7601);
  const Finished told = triage(folder, {folder.file("MEMORY.DMP")});
  CAPTURE(told.out, told.err);
  CHECK(holds(told.out, "Probably caused by : storvsc.sys"));
  CHECK(holds(told.out, "WARNING: no symbols for storvsc.sys"));
}

TEST_CASE("many dumps become a table, and one that is none is told of", "[e2e][triage]") {
  const Folder folder;
  std::filesystem::create_directories(folder.file("dumps/deeper"));
  put_dump(folder.file("dumps/a.dmp"), 7601);
  put_dump(folder.file("dumps/deeper/b.DMP"), 7601);
  write_file(folder.file("dumps/c.dmp"), "no dump at all");
  put_store(folder.file("store"));
  const Finished told = triage(folder, {folder.file("dumps"), "--symbols", folder.file("store")});
  CAPTURE(told.out, told.err);
  CHECK(told.code == 3);
  CHECK(holds(told.out, "     2  0xd1|read|storvsc!StorChannelVmbusCallback"));
  CHECK(holds(told.out, "unreadable: "));
}

TEST_CASE("JSON has one line for each dump, in the order in which they were named", "[e2e][triage]") {
  const Folder folder;
  put_dump(folder.file("z.dmp"), 7601);
  put_store(folder.file("store"));
  const Finished told = triage(
      folder, {folder.file("z.dmp"), folder.file("absent.dmp"), "--json", "--symbols", folder.file("store")});
  CAPTURE(told.out, told.err);
  CHECK(told.code == 3);
  CHECK(std::count(told.out.begin(), told.out.end(), '\n') == 2);
  CHECK(told.out.find("z.dmp") < told.out.find("absent.dmp"));
  CHECK(holds(told.out, "\"signature\":\"0xd1|read|storvsc!StorChannelVmbusCallback\""));
}

TEST_CASE("a small dump that declares more drivers than it has shows no others", "[e2e][triage][hostile]") {
  const Folder folder;
  put_store(folder.file("store"));
  for (const bool lies : {false, true}) {
    make_dump::DumpOptions options;
    options.kind = make_dump::Kind::triage;
    if (lies) {
      options.spoils.insert(make_dump::Spoil::lying_counts);
    }
    const auto dump = make_dump::make_dump({}, options);
    REQUIRE(dump);
    REQUIRE(dump->file.write_to(folder.file("small.dmp")));
    const Finished told =
        triage(folder, {folder.file("small.dmp"), "--modules", "--symbols", folder.file("store")});
    CAPTURE(told.out, told.err);
    const std::string loaded = told.out.substr(0, told.out.find("Unloaded modules:"));
    CHECK(std::count(loaded.begin(), loaded.end(), '\n') ==
          2 + static_cast<std::ptrdiff_t>(dump->modules.size()));
    CHECK(told.out.size() - loaded.size() < 1000);
  }
}

TEST_CASE("a faulty symbol path and a folder without dumps are refused", "[e2e][triage]") {
  const Folder folder;
  const Finished path = triage(folder, {"x.dmp", "--symbols", "symsrv*own.dll*/x"});
  CHECK(path.code == 2);
  CHECK(holds(path.err, "symsrv*own.dll*/x"));
  std::filesystem::create_directories(folder.file("empty"));
  const Finished none = triage(folder, {folder.file("empty")});
  CHECK(none.code != 0);
  CHECK(holds(none.err, "no *.dmp"));
}
