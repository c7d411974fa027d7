// What the ways to a dump make of what the lab file and the guests say.
#include "harness/gather/cached_source.hpp"
#include "harness/gather/file_way.hpp"
#include "harness/gather/hook_way.hpp"
#include "harness/gather/program.hpp"
#include "harness/gather/smb_way.hpp"
#include "tests/support/process.hpp"
#include "tests/support/value.hpp"

#include <filesystem>

using namespace migstorm;
using namespace migstorm::gather;
using namespace migstorm::test;
using namespace std::chrono_literals;

namespace {

const Guest kGuest{"sql 1", "10.0.0.7"};

// An operator's program that serves FOLDER/{guest}.
std::vector<std::string> hook_in(const Folder& folder) {
  const std::string path = folder.file("hook");
  write_file(path, "#!/bin/sh\n"
                   "file=\"$1/$MIGSTORM_GUEST\"\n"
                   "test -e \"$file\" || { echo \"no $file\" >&2; exit 2; }\n"
                   "case $2 in\n"
                   "stat) stat -c '%s %Y' \"$file\" ;;\n"
                   "read) tail -c +$(($3 + 1)) \"$file\" | head -c \"$4\" ;;\n"
                   "esac\n");
  std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  return {path, folder.file("dumps")};
}

} // namespace

TEST_CASE("guest and address are put into a way, and lead nowhere else", "[gather][hostile]") {
  CHECK(value_of(expand("smb://{address}/c$/{guest}/{guest}", kGuest)) == "smb://10.0.0.7/c$/sql 1/sql 1");
  CHECK(value_of(expand("/{guest}/x", {"{address}", "b"})) == "/{address}/x");
  for (const std::string name : {"../a", "..", ".", "", "a/b", "a\\b", "a\nb"}) {
    CAPTURE(name);
    CHECK_FALSE(expand("/{guest}", {name, "b"}));
    CHECK_FALSE(expand("/{address}", {"a", name}));
  }
}

TEST_CASE("names of our files are safe, and different names stay different", "[gather][hostile]") {
  CHECK(safe_name("SQL-01.qa_x") == "SQL-01.qa_x");
  const std::string nasty = safe_name("../<b>\x1b[31m \xc3\xa4");
  CHECK(nasty.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") != 0);
  CHECK(nasty.find('/') == std::string::npos);
  CHECK(nasty.front() != '.');
  CHECK(safe_name("a b") != safe_name("a/b"));
  CHECK(safe_name(std::string(500, 'x')).size() == 64);
  CHECK(safe_name(std::string(500, 'x')) != safe_name(std::string(501, 'x')));
  CHECK_FALSE(safe_name("").empty());
}

TEST_CASE("an address on a share is taken apart", "[gather]") {
  const SmbPlace place = value_of(parse_smb_url("smb://sql-1.example.com:4450/c$/Windows/MEMORY.DMP"));
  CHECK(place.server == "sql-1.example.com");
  CHECK(place.port == 4450);
  CHECK(place.share == "c$");
  CHECK(place.path == "Windows/MEMORY.DMP");
  CHECK(value_of(parse_smb_url("smb://a/b/c")).port == 445);
  for (const char* url : {"smb://a", "smb://a/", "smb://a/b", "smb://a/b/", "smb:///b/c", "smb://a:0/b/c",
                          "smb://a:x/b/c", "http://a/b/c", "smb://a/b/../c", "smb://a//c"}) {
    CAPTURE(url);
    CHECK_FALSE(parse_smb_url(url));
  }
  SmbAccount account;
  set_user(account, "QA\\svc");
  CHECK((account.domain == "QA" && account.user == "svc"));
  set_user(account, "svc@QA.EXAMPLE");
  CHECK((account.domain == "QA.EXAMPLE" && account.user == "svc"));
  set_user(account, "Administrator");
  CHECK((account.domain.empty() && account.user == "Administrator"));
}

TEST_CASE("a program of the operator gives a dump's size and bytes", "[gather]") {
  const Folder folder;
  std::filesystem::create_directory(folder.file("dumps"));
  const auto way = make_hook_way(hook_in(folder));
  CHECK(way->open(kGuest).error().code == Errc::not_found);
  CHECK(way->reach(kGuest));
  write_file(folder.file("dumps/sql 1"), "0123456789");
  const auto dump = value_of(way->open(kGuest));
  CHECK(dump->size() == 10);
  CHECK(value_of(dump->facts()).size == 10);
  std::array<std::byte, 4> bytes{};
  REQUIRE(dump->read_at(3, bytes));
  CHECK(bytes[0] == std::byte{'3'});
  CHECK(bytes[3] == std::byte{'6'});
  CHECK(value_of(dump->read_at(8, bytes)) == 2);
}

TEST_CASE("a program that fails, lies or hangs is told by its name", "[gather][hostile]") {
  const auto way = [](const std::string& script, std::chrono::milliseconds limit = 10s) {
    return make_hook_way({"/bin/sh", "-c", script, "hook"}, limit);
  };
  CHECK(way("exit 3")->open(kGuest).error().code == Errc::denied);
  const auto failed = way("printf 'no route\\033[31m\\nmore' >&2; exit 9")->open(kGuest);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().code == Errc::remote_fault);
  CHECK(failed.error().detail == "/bin/sh stat: ended with 9: no route?[31m");
  for (const char* output : {"", "12", "12 x", "x 12", "-1 12", "99999999999999999999 1", "1 2 3"}) {
    CAPTURE(output);
    CHECK(way(std::string("echo '") + output + "'")->open(kGuest).error().code == Errc::malformed);
  }
  CHECK(way("yes")->open(kGuest).error().code == Errc::over_limit);
  CHECK(way("sleep 60", 200ms)->open(kGuest).error().code == Errc::timed_out);
  CHECK(way("sleep 60 & exec >&- 2>&-; exit 0", 200ms)->open(kGuest).error().code == Errc::timed_out);
  CHECK(make_hook_way({"/nowhere/hook"})->open(kGuest).error().code == Errc::unsupported);
  const auto dump = value_of(way("if [ $1 = stat ]; then echo 100 1; else echo short; fi")->open(kGuest));
  std::array<std::byte, 50> bytes{};
  CHECK(dump->read_at(0, bytes).error().code == Errc::truncated);
}

TEST_CASE("a folder that is there is a way, and one that is not says so", "[gather]") {
  const Folder folder;
  CHECK(make_file_way("file://" + folder.file("MEMORY.DMP"))->reach(kGuest));
  CHECK(make_file_way("file://" + folder.file("nothing/MEMORY.DMP"))->reach(kGuest).error().code ==
        Errc::not_found);
}

TEST_CASE("small reads of something far away are answered from blocks", "[gather]") {
  std::vector<std::byte> content(5 * CachedSource::kBlockSize + 100);
  for (std::size_t i = 0; i < content.size(); ++i) {
    content[i] = static_cast<std::byte>(i * 7 + i / 251);
  }
  kdump::SpanSource far(content);
  CachedSource cached(far);
  std::vector<std::byte> out(1000);
  for (const std::size_t offset :
       {std::size_t{0}, std::size_t{10}, CachedSource::kBlockSize - 500, content.size() - 300}) {
    const std::size_t size = value_of(cached.read_at(offset, out));
    CHECK(size == std::min(out.size(), content.size() - offset));
    CHECK(std::equal(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size),
                     content.begin() + static_cast<std::ptrdiff_t>(offset)));
  }
  const std::uint64_t read = far.bytes_read();
  REQUIRE(cached.read_at(20, out));
  CHECK(far.bytes_read() == read);
  std::vector<std::byte> large(content.size());
  CHECK(value_of(cached.read_at(0, large)) == content.size());
  CHECK(large == content);
}
