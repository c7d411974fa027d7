#include "harness/scenario/yaml.hpp"

#include "tests/scenario/problems.hpp"
#include "tests/support/catch.hpp"

namespace migstorm::yaml {
namespace {

std::vector<std::string> problems(const Reader& reader) { return lines(reader.diagnostics()); }

std::string only_problem(const std::string& text) {
  const Reader reader(text, "f");
  INFO(text.substr(0, 200));
  REQUIRE(reader.diagnostics().size() == 1);
  return to_string(reader.diagnostics().front());
}

TEST_CASE("an unknown key is told with its place and the key that was meant", "[yaml]") {
  const Reader reader("migrate:\n  dwel: 2s\n  count: 3\n", "f");
  const Node migrate = reader.root().key("migrate");
  migrate.key("dwell");
  migrate.key("count");
  migrate.finish();
  CHECK(problems(reader) == std::vector<std::string>{"f:2:3: unknown key 'dwel', did you mean 'dwell'?"});
}

TEST_CASE("problems come in the order of the file, each once", "[yaml]") {
  const Reader reader("a: x\nb: y\n", "f");
  const Node root = reader.root();
  root.key("b").error("second");
  root.key("a").error("first");
  root.key("b").error("second");
  CHECK(problems(reader) == std::vector<std::string>{"f:1:4: a: first", "f:2:4: b: second"});
}

TEST_CASE("columns count characters, not bytes", "[yaml]") {
  const Reader reader("{\xc3\xa4\xc3\xb6: 1, b: x}\n", "f");
  reader.root().key("b").error("here");
  CHECK(problems(reader) == std::vector<std::string>{"f:1:12: b: here"});
}

TEST_CASE("the wrong kind of value gives the default and says what was found", "[yaml]") {
  const Reader reader("a: [1]\nb: {c: 1}\nd: maybe\ne: ~\n", "f");
  const Node root = reader.root();
  CHECK(root.key("a").whole(0, 9, 7) == 7);
  CHECK(root.key("b").text("x") == "x");
  CHECK(root.key("d").flag(true));
  CHECK(root.key("e").bytes(0, 9, 5) == 5);
  CHECK(root.key("absent").whole(0, 9, 3) == 3);
  CHECK(problems(reader) == std::vector<std::string>{"f:1:4: a: expected a whole number, found a list",
                                                     "f:2:4: b: expected text, found a map",
                                                     "f:3:4: d: expected true or false, found 'maybe'",
                                                     "f:4:1: e: expected a size like 40GiB, found nothing"});
}

TEST_CASE("values out of range name the range", "[yaml]") {
  const Reader reader("{a: 12, b: 5GiB, c: 60%, d: 2d}", "f");
  const Node root = reader.root();
  CHECK(root.key("a").whole(1, 10, 1) == 1);
  root.key("b").bytes(1024, 1ULL << 30, 0);
  root.key("c").fraction(0, 0.5, 0);
  root.key("d").span(std::chrono::seconds(1), std::chrono::hours(24), {});
  CHECK(problems(reader) == std::vector<std::string>{"f:1:5: a: 12 is out of range, use 1 to 10",
                                                     "f:1:12: b: 5GiB is out of range, use 1KiB to 1GiB",
                                                     "f:1:21: c: 0.6 is out of range, use 0 to 0.5",
                                                     "f:1:29: d: 2d is out of range, use 1s to 1d"});
}

TEST_CASE("text that is not YAML is refused at its place", "[yaml][hostile]") {
  CHECK(only_problem("") == "f:1:1: the file is empty");
  CHECK(only_problem("# only a comment\n") == "f:1:1: the file is empty");
  CHECK(only_problem("a: \"x\nb: 1\n") == "f:1:4: a quoted text is not closed");
  CHECK(only_problem("a:\n\tb: 1\n").find("a tab in the indentation, YAML wants spaces") !=
        std::string::npos);
  CHECK(only_problem("a: 1\n---\nb: 2\n").find("one file holds one document") != std::string::npos);
  CHECK(only_problem("a: !!binary x\n").find("means nothing here") != std::string::npos);
  CHECK(only_problem("a: \x80\n") == "f:1:4: byte 0x80 is not UTF-8, save the file as UTF-8");
  CHECK(only_problem(std::string("a: \0b\n", 6)) == "f:1:4: control character 0x00");
  CHECK(only_problem("{a: 1") ==
        "f:1:1: a bracket that starts here is not closed, or a key is not plain text");
}

TEST_CASE("a key that stands twice names both places", "[yaml]") {
  CHECK(only_problem("a: 1\nb: 2\na: 3\n") == "f:3:1: key 'a' stands twice, first in line 1");
}

TEST_CASE("a mad file is refused before it costs anything", "[yaml][hostile]") {
  std::string laughs = "a: &a [x,x,x,x,x,x,x,x,x,x]\n";
  for (char c = 'b'; c < 'j'; ++c) {
    const std::string before(1, static_cast<char>(c - 1));
    laughs += std::string(1, c) + ": &" + c + " [";
    for (int i = 0; i < 9; ++i) {
      laughs += "*" + before + ",";
    }
    laughs += "*" + before + "]\n";
  }
  CHECK(only_problem(laughs).find("more than") != std::string::npos);
  CHECK(only_problem(std::string(1000, '[')).find("more than 256 open brackets") != std::string::npos);
  CHECK(only_problem(std::string(200, '[') + std::string(200, ']')).find("nested more than 32 deep") !=
        std::string::npos);
  CHECK(only_problem(std::string((1U << 20) + 1, 'x')) == "f: 1048577 bytes, the limit is 1048576");
  std::string many = "[";
  for (int i = 0; i < 20'001; ++i) {
    many += "1,";
  }
  CHECK(only_problem(many + "]").find("more than 20000 keys and values") != std::string::npos);
}

TEST_CASE("an alias inside of what it repeats is refused", "[yaml][hostile]") {
  CHECK(only_problem("a: &x [*x]\n").find("an alias cannot stand inside of what it repeats") !=
        std::string::npos);
}

TEST_CASE("thousands of problems end in one that says so", "[yaml][hostile]") {
  std::string text;
  for (int i = 0; i < 500; ++i) {
    text += "k" + std::to_string(i) + ": 1\n";
  }
  const Reader reader(text, "f");
  reader.root().finish();
  REQUIRE(reader.diagnostics().size() == 101);
  CHECK(to_string(reader.diagnostics().front()) ==
        "f: more than 100 problems, the first ones found are shown");
}

TEST_CASE("--set changes, adds and replaces", "[yaml]") {
  const std::string text = "a: {b: 1, c: [x, y]}\n";
  const Reader reader(text, "f", {"a.b=2", "a.c[1]=z", "a.c[2]=*w*", "d.e=5s", "f={g: 1}"});
  CHECK(problems(reader).empty());
  const Node root = reader.root();
  CHECK(root.key("a").key("b").whole(0, 9, 0) == 2);
  REQUIRE(root.key("a").key("c").list().size() == 3);
  CHECK(root.key("a").key("c").list()[2].text() == "*w*");
  CHECK(root.key("d").key("e").text() == "5s");
  CHECK(root.key("f").key("g").text() == "1");
}

TEST_CASE("a document with --set is written out as YAML that means the same", "[yaml]") {
  const Reader first("a: {b: \"x: #y\", c: [1, {d: ''}], e: ~, f: [], g: {}}\n", "f", {"a.h=it's \"so\""});
  const Reader second(first.text(), "f");
  CHECK(problems(second).empty());
  CHECK(second.text() == first.text());
  CHECK(second.root().key("a").key("b").text() == "x: #y");
  CHECK(second.root().key("a").key("h").text() == "it's \"so\"");
  CHECK(second.root().key("a").key("c").list()[1].key("d").text("?").empty());
}

TEST_CASE("a bad --set is named instead of a line", "[yaml][hostile]") {
  const Reader reader("a: {b: 1}\nl: [1]\n", "f", {"a", "a..b=1", "a.b.c=1", "l[5]=1", "a=", "a.x=[1"});
  CHECK(problems(reader) ==
        std::vector<std::string>{
            "--set a: 'a' is no assignment, write it KEY=VALUE",
            "--set a..b=1: 'a..b' is no path of keys, write it like migrate.count or disks[0].count",
            "--set a.b.c=1: 'c' asks for a map of keys, and there is none",
            "--set a.x=[1: a bracket that starts here is not closed, or a key is not plain text",
            "--set a=: no value after '='", "--set l[5]=1: [5] is past the end, the list has 1 entries"});
}

TEST_CASE("--set on an alias leaves what it repeats alone", "[yaml]") {
  const Reader reader("a: &x {b: 1}\nc: *x\n", "f", {"c.b=2"});
  CHECK(reader.root().key("a").key("b").text() == "1");
  CHECK(reader.root().key("c").key("b").text() == "2");
}

} // namespace
} // namespace migstorm::yaml
