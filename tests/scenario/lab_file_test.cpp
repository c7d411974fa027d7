#include "harness/scenario/lab_file_reader.hpp"
#include "tests/scenario/problems.hpp"
#include "tests/support/catch.hpp"

#include <filesystem>
#include <fstream>

namespace migstorm {
namespace {

using namespace std::chrono_literals;
using Strings = std::vector<std::string>;

const std::string kBase = "name: lab\ncredentials: {c: {user: 'QA\\u', password_env: P}}\n";

// A lab of one host with these keys beside its name, and more keys for the file.
Strings host_problems(const std::string& keys, const std::string& more = "") {
  return lab_problems(kBase + more + "hosts:\n  - {name: n1, " + keys + "}\n");
}

std::string url_of(const std::string& keys, const std::string& more = "") {
  const auto parsed = parse_lab_file(kBase + more + "hosts:\n  - {name: n1, " + keys + "}\n", "l");
  CHECK(lines(parsed.reader.diagnostics()).empty());
  return parsed.lab.hosts.empty() ? "" : parsed.lab.hosts.front().url;
}

bool told(const Strings& problems, const std::string& words) {
  for (const std::string& problem : problems) {
    UNSCOPED_INFO(problem);
  }
  return problems.size() == 1 && problems.front().find(words) != std::string::npos;
}

TEST_CASE("every key of a real lab arrives where it belongs", "[lab_file]") {
  const auto parsed = parse_lab_file(R"(
name: qa
cluster: {name: QA, id: "{7f3c2a10-5d6e-4b7f-9a11-0c2d3e4f5a6b}"}
clock: 1
credentials:
  h: {user: 'QA\h', password_file: /p}
  g: {user: g@QA, password_env: G}
hosts:
  - {name: N1, address: n1.example.com, credential: h, ca_file: /ca.pem}
  - {name: N2, url: "https://[fe80::1]:1234/x", credential: h, verify_tls: false}
guests:
  - {name: sql-1, address: 10.0.0.1, port: 99, credential: g}
allow: {guests: ["sql-*", 3b1f0c2e-8d47-4e0a-b6a5-92d7c1e0f413]}
never: ["*-dc*"]
mark: stress me
lanes_per_host: 2
polling: {jobs: 2s, summary: 6s, events: 31s, disks: 11s}
operation_timeout: 30s
)",
                                     "path.yaml");
  REQUIRE(lines(parsed.reader.diagnostics()).empty());
  const LabFile& lab = parsed.lab;
  CHECK(lab.path == "path.yaml");
  CHECK(lab.name == "qa");
  CHECK(lab.cluster_name == "QA");
  CHECK(lab.cluster_id == "7F3C2A10-5D6E-4B7F-9A11-0C2D3E4F5A6B");
  CHECK_FALSE(lab.simulated);
  CHECK_FALSE(parsed.simulated.defined());
  REQUIRE(lab.credentials.size() == 2);
  CHECK(lab.credentials[0].user == "QA\\h");
  CHECK(lab.credentials[0].password_file == "/p");
  CHECK(lab.credentials[1].password_env == "G");
  REQUIRE(lab.hosts.size() == 2);
  CHECK(lab.hosts[0].url == "https://n1.example.com:5986/wsman");
  CHECK(lab.hosts[0].ca_file == "/ca.pem");
  CHECK(lab.hosts[0].verify_tls);
  CHECK(lab.hosts[1].url == "https://[fe80::1]:1234/x");
  CHECK_FALSE(lab.hosts[1].verify_tls);
  REQUIRE(lab.guests.size() == 1);
  CHECK(lab.guests[0].url == "https://10.0.0.1:99/wsman");
  CHECK(lab.guests[0].credential == "g");
  CHECK(lab.allowed_guests == Strings{"sql-*", "3B1F0C2E-8D47-4E0A-B6A5-92D7C1E0F413"});
  CHECK(lab.never == Strings{"*-dc*"});
  CHECK(lab.mark == "stress me");
  CHECK(lab.lanes_per_host == 2);
  CHECK(lab.polling.jobs == 2s);
  CHECK(lab.polling.summary == 6s);
  CHECK(lab.polling.events == 31s);
  CHECK(lab.polling.disks == 11s);
  CHECK(lab.operation_timeout == 30s);
}

TEST_CASE("a simulated lab needs no hosts, may hold a password and have any clock", "[lab_file]") {
  const auto parsed =
      parse_lab_file("name: sim\nclock: lockstep\nallow_unencrypted: true\n"
                     "credentials: {lab: {user: u, password: p}}\nsimulated: {port: 5985, odd: 1}\n",
                     "l");
  CHECK(lines(parsed.reader.diagnostics()).empty());
  CHECK(parsed.lab.simulated);
  CHECK(parsed.lab.clock == ClockMode::lockstep);
  CHECK(parsed.lab.credentials.at(0).password == "p");
  REQUIRE(parsed.simulated.is_map());
  CHECK(parse_lab_file("{name: s, clock: 10, simulated: {}}", "l").lab.clock_factor == 10);
}

TEST_CASE("what the simulated part's own parser finds stands among the lab's problems", "[lab_file]") {
  const auto parsed = parse_lab_file("name: sim\nmrk: x\nsimulated:\n  prt: 1\n", "l");
  parsed.simulated.key("port");
  parsed.simulated.finish();
  CHECK(lines(parsed.reader.diagnostics()) == Strings{"l:2:1: unknown key 'mrk', did you mean 'mark'?",
                                                      "l:4:3: unknown key 'prt', did you mean 'port'?"});
}

TEST_CASE("a real cluster has its own time", "[lab_file]") {
  CHECK(told(host_problems("address: a", "clock: lockstep\n"), "lockstep is a clock of a simulated cluster"));
  CHECK(told(host_problems("address: a", "clock: 10\n"), "real hosts run at their own pace"));
  CHECK(told(lab_problems("{name: s, simulated: {}, clock: fast}"),
             "expected lockstep or a whole number, found 'fast'"));
  CHECK(told(lab_problems("{name: s, simulated: {}, clock: 0}"), "out of range"));
}

TEST_CASE("plain http goes to loopback literals only, and only where the file says so", "[lab_file]") {
  const std::string allowed = "allow_unencrypted: true\n";
  CHECK(url_of("url: \"http://127.0.1.4:5985/wsman\"", allowed) == "http://127.0.1.4:5985/wsman");
  CHECK(url_of("url: \"http://[::1]\"", allowed) == "http://[::1]:5985/wsman");
  CHECK(url_of("address: 127.0.0.1, https: false", allowed) == "http://127.0.0.1:5985/wsman");
  CHECK(told(host_problems("url: \"http://127.0.0.1\""), "needs allow_unencrypted: true"));
  const auto elsewhere = GENERATE("http://localhost", "http://10.0.0.1", "http://127.0.0.1.example.com",
                                  "http://[::2]", "http://128.0.0.1", "http://node1");
  CAPTURE(elsewhere);
  CHECK(told(host_problems(std::string("url: \"") + elsewhere + "\"", allowed), "use https"));
}

TEST_CASE("urls that no listener has are refused", "[lab_file][hostile]") {
  const auto url = GENERATE("node1:5986", "ftp://node1", "https://", "https://node1:0", "https://node1:65536",
                            "https://node1:", "https://node1: 80", "https://node1/a?b", "https://node1#x",
                            "https://a b", "https://-a", "https://[::1", "https://[node1]:80", "https://::1",
                            "https://1.2.3", "https://1.2.3.256", "HTTPS://node1", "https://n\\ode", "");
  CAPTURE(url);
  CHECK(host_problems(std::string("url: '") + url + "'").size() == 1);
}

TEST_CASE("a url with a password in it is refused without repeating it", "[lab_file][hostile]") {
  const Strings problems = host_problems("url: \"https://admin:hunter2@node1\"");
  CHECK(told(problems, "a url with a user in it, name a credential: instead"));
  CHECK(problems.front().find("hunter2") == std::string::npos);
}

TEST_CASE("an address is said in one way", "[lab_file]") {
  CHECK(url_of("verify_tls: true") == "https://n1:5986/wsman");
  CHECK(url_of("address: 10.0.0.7, port: 444") == "https://10.0.0.7:444/wsman");
  CHECK(told(host_problems("url: \"https://a\", port: 99"), "use one way to say it"));
  CHECK(told(host_problems("address: 'a b'"), "is not an address"));
  CHECK(told(lab_problems(kBase + "hosts: [{name: 'the first'}]\n"), "add address: or url:"));
}

TEST_CASE("certificates are an affair of https", "[lab_file]") {
  const std::string http = "url: \"http://127.0.0.1\", ";
  const std::string allowed = "allow_unencrypted: true\n";
  CHECK(told(host_problems(http + "ca_file: /x", allowed), "ca_file: means nothing without https"));
  CHECK(told(host_problems(http + "verify_tls: true", allowed), "verify_tls: means nothing without https"));
  CHECK(told(host_problems("ca_file: /x, verify_tls: false"), "means nothing where verify_tls is false"));
}

TEST_CASE("names and addresses stand once", "[lab_file]") {
  CHECK(told(lab_problems(kBase + "hosts: [{name: n1}, {name: N1, address: b}]\n"),
             "a second host with the name 'N1'"));
  CHECK(told(lab_problems(kBase + "hosts: [{name: n1}, {name: n2, address: n1}]\n"),
             "the same address as host 'n1'"));
  CHECK(told(lab_problems(kBase + "hosts: [{name: n1}]\nguests: [{name: g}, {name: G, address: h}]\n"),
             "a second guest with the name 'G'"));
}

TEST_CASE("every host has a credential that exists", "[lab_file]") {
  CHECK(told(host_problems("credential: d"), "unknown credential 'd'"));
  CHECK(told(lab_problems("name: l\nhosts: [{name: n1}]\n"), "no credential, add credentials:"));
  CHECK(told(lab_problems(
                 "name: l\ncredentials: {admin: {user: u, password_env: P}, b: {user: u, password_env: P}}\n"
                 "hosts: [{name: n1, credential: admn}]\n"),
             "unknown credential 'admn', did you mean 'admin'?"));
  CHECK(told(
      lab_problems("name: l\ncredentials: {a: {user: u, password_env: P}, b: {user: u, password_env: P}}\n"
                   "hosts: [{name: n1}]\n"),
      "more than one credential"));
}

TEST_CASE("a password comes from one place, and never from a real cluster's file", "[lab_file]") {
  const auto credential = [](const std::string& keys) {
    return lab_problems("name: l\ncredentials: {c: {user: u, " + keys + "}}\nhosts: [{name: n1}]\n");
  };
  const Strings plain = credential("password: hunter2");
  CHECK(told(plain, "for simulated clusters only"));
  CHECK(plain.front().find("hunter2") == std::string::npos);
  CHECK(told(credential("password_env: A, password_file: /b"), "more than one source"));
  CHECK(told(credential("password_env: 'not a name'"), "not a name of an environment variable"));
  CHECK(told(lab_problems("name: l\ncredentials: {c: {user: u}}\nhosts: [{name: n1}]\n"),
             "no source for the password"));
  CHECK(told(credential("pasword: hunter2, password_env: A"),
             "unknown key 'pasword', did you mean 'password'?"));
}

TEST_CASE("a password in the wrong place is not repeated", "[lab_file][hostile]") {
  const auto credentials =
      GENERATE("{c: hunter2}", "{c: [hunter2]}", "{c: {user: u, password: !hunter2}}",
               "{c: {user: u, password: \"hunter2\\x01\"}}", "{c: {user: u, password_env: \"hunter2!\"}}",
               "{c: {user: u, password: {hunter2: hunter2}}}");
  CAPTURE(credentials);
  const Strings problems =
      lab_problems(std::string("name: l\nhosts: [{name: n1}]\ncredentials: ") + credentials);
  CHECK_FALSE(problems.empty());
  for (const std::string& problem : problems) {
    CHECK(problem.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("a lab without a cluster is none", "[lab_file]") {
  CHECK(told(lab_problems("name: l\n"), "neither hosts: nor simulated:"));
  CHECK(told(lab_problems("just text"), "a lab file is a map of keys"));
  CHECK_FALSE(lab_problems("name: l\nhosts: []\n").empty());
  CHECK(told(lab_problems("name: l\nsimulated: {}\ncluster: {id: 12}\n"), "'12' is not a GUID"));
  CHECK(told(lab_problems("name: l\nsimulated: {}\nmark: ''\n"), "use 1 to 64"));
}

TEST_CASE("scenarios and lab files are told apart by what is in them", "[lab_file]") {
  CHECK(is_lab_file("{name: a, simulated: {}}"));
  CHECK(is_lab_file("{name: a, hosts: []}"));
  CHECK_FALSE(is_lab_file("{name: a, migrate: {count: 1}}"));
  CHECK_FALSE(is_lab_file("{name: a}"));
  CHECK_FALSE(is_lab_file("["));
  CHECK(validate_text("x", "{name: a, simulated: {}}").empty());
  CHECK(validate_text("x", "{name: a, migrate: {count: 1}}").empty());
  CHECK(lines(validate_text("x", "{name: a}")) == Strings{"x:1:1: key 'migrate' is missing"});
}

TEST_CASE("a lab file is read with its settings", "[lab_file]") {
  const std::string path = std::filesystem::temp_directory_path() / "migstorm_lab_file_test.yaml";
  std::ofstream(path) << "name: a\nsimulated: {}\nclock: 1\n";
  const auto parsed = load_lab_file(path, {"clock=lockstep"});
  REQUIRE(parsed);
  CHECK(parsed->lab.clock == ClockMode::lockstep);
  CHECK(parsed->lab.path == path);
  std::filesystem::remove(path);
  CHECK(load_lab_file(path).error().code == Errc::not_found);
}

} // namespace
} // namespace migstorm
