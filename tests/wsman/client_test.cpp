#include "harness/wsman/client.hpp"

#include "harness/runtime/sim_runtime.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/soap.hpp"

#include <fmt/format.h>

#include <deque>
#include <functional>

using namespace migstorm;
using namespace migstorm::wsman;
using namespace std::chrono_literals;

namespace {

using Answer = std::function<Result<Reply>(const std::string& request)>;

// Answers from a list, in order, and keeps what it was asked.
struct Script {
  std::deque<Answer> answers;
  std::vector<std::string> requests;

  std::string action(std::size_t i) const {
    const std::string whole =
        test::between(requests.at(i), "<a:Action s:mustUnderstand=\"true\">", "</a:Action>");
    return whole.substr(whole.rfind('/') + 1);
  }
  std::string envelope_size(std::size_t i) const {
    return test::between(requests.at(i), "<w:MaxEnvelopeSize s:mustUnderstand=\"true\">", "<");
  }
  std::string elements(std::size_t i) const { return test::between(requests.at(i), "MaxElements>", "<"); }
};

class ScriptedTransport final : public Transport {
public:
  explicit ScriptedTransport(Script& script) : script_(script) {}
  Task<Result<Reply>> post(std::string body, Span) override {
    script_.requests.push_back(body);
    if (script_.answers.empty()) {
      co_return Error{Errc::transport, "the script is over"};
    }
    const Answer answer = std::move(script_.answers.front());
    script_.answers.pop_front();
    co_return answer(body);
  }
  TransportCounters counters() const override { return {1, 1}; }

private:
  Script& script_;
};

Answer says(std::string body, int status = 200) {
  return [body = std::move(body), status](const std::string& request) -> Result<Reply> {
    return Reply{status, test::envelope(test::message_id_of(request), body)};
  };
}
Answer fails(Errc code) {
  return [code](const std::string&) -> Result<Reply> { return Error{code, "the wire says so"}; };
}
Answer faults(std::uint32_t code) { return says(test::fault("w:X", std::to_string(code), "no"), 500); }
Answer raw(int status, std::string body) {
  return [status, body](const std::string&) -> Result<Reply> { return Reply{status, body}; };
}
Answer identity(const std::string& version) {
  return raw(200, test::envelope("", "<i:IdentifyResponse><i:ProductVersion>" + version +
                                         "</i:ProductVersion></i:IdentifyResponse>"));
}

std::string vm(const std::string& name) {
  return test::instance("Msvm_ComputerSystem", "<p:Name>" + name + "</p:Name>");
}

struct Fixture {
  SimRuntime runtime;
  Script script;
  Client client{runtime, std::make_unique<ScriptedTransport>(script),
                ClientOptions{.to = "http://node1/wsman"}};
  const Reference target{resource_uri("root/virtualization/v2", "Msvm_ComputerSystem"), {{"Name", "G"}}};

  auto get() { return run(runtime, client.get(target)); }
  auto invoke() { return run(runtime, client.invoke(target, "RequestStateChange", {})); }
  auto query(std::size_t limit = 10'000) {
    return run(runtime, client.query("root/virtualization/v2", "SELECT * FROM Msvm_ComputerSystem", limit));
  }
};

std::string output(const std::string& inner) {
  return "<p:RequestStateChange_OUTPUT xmlns:p='u'>" + inner + "</p:RequestStateChange_OUTPUT>";
}

} // namespace

TEST_CASE_METHOD(Fixture, "get reads one instance", "[client]") {
  script.answers = {says(vm("G"))};
  const auto found = get();
  REQUIRE(found);
  CHECK(found->text("Name") == "G");
  CHECK(script.action(0) == "Get");
  CHECK(client.counters().requests == 1);
  CHECK(client.counters().connections == 1);
}

TEST_CASE_METHOD(Fixture, "a small envelope is asked for until the host shows that it takes more",
                 "[client]") {
  const auto [version, size] = GENERATE(table<std::string, std::string>({
      {"OS: 6.1.7601 SP: 1.0 Stack: 2.0", "153600"},
      {"OS: 6.3.9600 SP: 0.0 Stack: 3.0", "512000"},
      {"OS: 0.0.0 SP: 0.0 Stack:3.0", "512000"},
      {"nothing", "153600"},
      {"Stack: x", "153600"},
  }));
  script.answers = {says(vm("G")), identity(version), says(vm("G"))};
  REQUIRE(get());
  REQUIRE(run(runtime, client.identify()));
  REQUIRE(get());
  CHECK(script.envelope_size(0) == "153600");
  CHECK(script.envelope_size(2) == size);
}

TEST_CASE_METHOD(Fixture, "an answer that does not fit is asked for again in a larger envelope", "[client]") {
  script.answers = {faults(0x80338048), says(vm("G"))};
  REQUIRE(get());
  CHECK(script.envelope_size(1) == "512000");
  CHECK(runtime.now() == 0ns); // there is nothing to wait for
}

TEST_CASE_METHOD(Fixture, "an envelope that the host refuses is not asked for again", "[client]") {
  script.answers = {identity("Stack: 3.0"), faults(0x80338047), says(vm("G")), identity("Stack: 3.0"),
                    says(vm("G"))};
  REQUIRE(run(runtime, client.identify()));
  REQUIRE(get());
  CHECK(script.envelope_size(1) == "512000");
  CHECK(script.envelope_size(2) == "153600");
  REQUIRE(run(runtime, client.identify()));
  REQUIRE(get());
  CHECK(script.envelope_size(4) == "153600");
}

TEST_CASE_METHOD(Fixture, "an answer that fits no envelope is too large", "[client]") {
  script.answers = {faults(0x80338048), faults(0x80338048)};
  CHECK(get().error().code == Errc::too_large);
}

TEST_CASE_METHOD(Fixture, "reads are repeated after what does no harm", "[client]") {
  const auto code = GENERATE(Errc::transport, Errc::unknown_outcome);
  script.answers = {fails(code), faults(0x803381A6), raw(503, "<html/>"), says(vm("G"))};
  REQUIRE(get());
  CHECK(client.counters().requests == 4);
  CHECK(client.counters().retries == 3);
  CHECK(client.counters().faults == 1);
  CHECK(runtime.now() >= 125ms + 250ms + 500ms); // with half of each pause left to chance
  CHECK(runtime.now() <= 250ms + 500ms + 1s);
}

TEST_CASE_METHOD(Fixture, "reads give up after some time", "[client]") {
  script.answers = {fails(Errc::unknown_outcome), fails(Errc::unknown_outcome), fails(Errc::unknown_outcome),
                    fails(Errc::unknown_outcome), says(vm("G"))};
  const auto found = get();
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::transport); // a read may always be asked again
  CHECK(found.error().detail == "get Msvm_ComputerSystem: the wire says so");
  CHECK(script.answers.size() == 1);
}

TEST_CASE_METHOD(Fixture, "reads are not repeated after what stays", "[client]") {
  const auto code = GENERATE(Errc::denied, Errc::unsupported, Errc::over_limit, Errc::remote_fault);
  script.answers = {fails(code), says(vm("G"))};
  CHECK(get().error().code == code);
  CHECK(script.requests.size() == 1);
}

TEST_CASE_METHOD(Fixture, "every attempt has an id of its own", "[client]") {
  script.answers = {fails(Errc::transport), says(vm("G"))};
  REQUIRE(get());
  CHECK(test::message_id_of(script.requests[0]).starts_with("uuid:"));
  CHECK(test::message_id_of(script.requests[0]) != test::message_id_of(script.requests[1]));
}

TEST_CASE_METHOD(Fixture, "an answer to another request is not taken", "[client][hostile]") {
  script.answers = {raw(200, test::envelope("uuid:0", vm("G")))};
  const auto found = get();
  REQUIRE_FALSE(found);
  CHECK(found.error().detail == "get Msvm_ComputerSystem: the answer belongs to another request (RelatesTo)");
}

TEST_CASE_METHOD(Fixture, "an answer without SOAP is told by its status", "[client]") {
  script.answers = {raw(404, "Not Found")};
  const auto found = get();
  REQUIRE_FALSE(found);
  CHECK(found.error().code == Errc::remote_fault);
  CHECK(found.error().detail == "get Msvm_ComputerSystem: HTTP 404 without a SOAP answer");
}

TEST_CASE_METHOD(Fixture, "a query reads page after page with the newest context", "[client]") {
  script.answers = {says(test::first_page(vm("a") + vm("b"), "uuid:1")),
                    says(test::next_page(vm("c"), "uuid:2")), says(test::next_page(vm("d"), ""))};
  const auto rows = query();
  REQUIRE(rows);
  REQUIRE(rows->size() == 4);
  CHECK((*rows)[3].text("Name") == "d");
  CHECK(script.action(0) == "Enumerate");
  CHECK(script.action(1) == "Pull");
  CHECK(script.requests[1].find(">uuid:1<") != std::string::npos);
  CHECK(script.requests[2].find(">uuid:2<") != std::string::npos);
  CHECK(script.requests[2].find("root/virtualization/v2/*<") != std::string::npos);
  CHECK(script.requests.size() == 3); // at the end there is nothing to release
}

TEST_CASE_METHOD(Fixture, "a query that goes in one page takes one request", "[client]") {
  script.answers = {says(test::first_page(vm("a"), ""))};
  REQUIRE(query());
  CHECK(script.requests.size() == 1);
}

TEST_CASE_METHOD(Fixture, "a lost pull starts the query over: its page may be gone", "[client]") {
  script.answers = {says(test::first_page(vm("a"), "uuid:1")), fails(Errc::unknown_outcome),
                    says(test::first_page(vm("a"), "uuid:2")), says(test::next_page(vm("b"), ""))};
  const auto rows = query();
  REQUIRE(rows);
  CHECK(rows->size() == 2);
  CHECK(script.action(2) == "Enumerate");
  CHECK(client.counters().retries == 1);
}

TEST_CASE_METHOD(Fixture, "a pull that timed out or met a quota is asked again in the same context",
                 "[client]") {
  script.answers = {says(test::first_page(vm("a"), "uuid:1")), faults(0x8033801C), faults(0x80338029),
                    says(test::next_page(vm("b"), ""))};
  const auto rows = query();
  REQUIRE(rows);
  CHECK(rows->size() == 2);
  CHECK(script.action(3) == "Pull");
}

TEST_CASE_METHOD(Fixture, "a context that is gone starts the query over, not for ever", "[client]") {
  for (int i = 0; i < 4; ++i) {
    script.answers.push_back(says(test::first_page(vm("a"), "uuid:1")));
    script.answers.push_back(faults(0x8033801B));
  }
  const auto rows = query();
  REQUIRE_FALSE(rows);
  CHECK(rows.error().code == Errc::stale);
  CHECK(script.answers.empty());
  CHECK(script.requests.size() == 8); // and nothing to release
}

TEST_CASE_METHOD(Fixture,
                 "a page that does not fit is asked for in a larger envelope, then with fewer elements",
                 "[client]") {
  script.answers = {faults(0x80338048), faults(0x80338048), faults(0x80338048),
                    says(test::first_page(vm("a"), ""))};
  REQUIRE(query());
  CHECK(script.envelope_size(0) == "153600");
  CHECK(script.elements(0) == "100");
  CHECK(script.envelope_size(1) == "512000");
  CHECK(script.elements(1) == "100");
  CHECK(script.elements(2) == "50");
  CHECK(script.elements(3) == "25");
}

TEST_CASE_METHOD(Fixture, "a query over its limit gives its context back", "[client]") {
  script.answers = {says(test::first_page(vm("a") + vm("b"), "uuid:1")), says("")};
  const auto rows = query(1);
  REQUIRE_FALSE(rows);
  CHECK(rows.error().code == Errc::over_limit);
  CHECK(rows.error().detail ==
        "query \"SELECT * FROM Msvm_ComputerSystem\" in root/virtualization/v2: more than 1 instances");
  REQUIRE(script.requests.size() == 2);
  CHECK(script.action(1) == "Release");
  CHECK(script.requests[1].find(">uuid:1<") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a query that keeps meeting a quota gives its context back", "[client]") {
  script.answers = {says(test::first_page(vm("a"), "uuid:1")),
                    faults(0x803381A6),
                    faults(0x803381A6),
                    faults(0x803381A6),
                    faults(0x803381A6),
                    says("")};
  CHECK(query().error().code == Errc::busy);
  CHECK(script.action(5) == "Release");
}

TEST_CASE_METHOD(Fixture, "a host that sends empty pages without end is left", "[client][hostile]") {
  script.answers.push_back(says(test::first_page("", "uuid:1")));
  for (int i = 0; i < 16; ++i) {
    script.answers.push_back(says(test::next_page("", "uuid:1")));
  }
  script.answers.push_back(says(""));
  const auto rows = query();
  REQUIRE_FALSE(rows);
  CHECK(rows.error().code == Errc::malformed);
  CHECK(script.action(script.requests.size() - 1) == "Release");
}

TEST_CASE_METHOD(Fixture, "a class or namespace that is not there is not found", "[client]") {
  script.answers = {faults(0x8033801A)};
  CHECK(query().error().code == Errc::not_found);
}

TEST_CASE_METHOD(Fixture, "invoke gives result and outputs", "[client]") {
  script.answers = {says(output("<p:ReturnValue>4096</p:ReturnValue><p:X>1</p:X>"))};
  const auto result = invoke();
  REQUIRE(result);
  CHECK(result->return_value == 4096);
  CHECK(result->out.number("X") == 1);
}

TEST_CASE_METHOD(Fixture, "a change leaves once, whatever becomes of it", "[client]") {
  struct Case {
    Answer answer;
    Errc code;
  };
  const auto c = GENERATE(values<Case>({
      {fails(Errc::transport), Errc::transport},
      {fails(Errc::unknown_outcome), Errc::unknown_outcome},
      {fails(Errc::denied), Errc::denied},
      {fails(Errc::over_limit), Errc::unknown_outcome},
      {faults(0x80338029), Errc::unknown_outcome},
      {faults(0x8033804D), Errc::unknown_outcome},
      {faults(0x80338048), Errc::unknown_outcome},
      {faults(0x803381A6), Errc::busy},
      {faults(0x80041002), Errc::not_found},
      {raw(500, "oops"), Errc::unknown_outcome},
      {raw(200, "oops"), Errc::unknown_outcome},
      {raw(400, "oops"), Errc::remote_fault},
      {raw(200, test::envelope("uuid:0", output("<p:ReturnValue>0</p:ReturnValue>"))), Errc::unknown_outcome},
      {says("<p:Other/>"), Errc::unknown_outcome},
      {says(output("<p:ReturnValue>x</p:ReturnValue>")), Errc::unknown_outcome},
  }));
  script.answers = {c.answer, says(output(""))};
  const auto result = invoke();
  REQUIRE_FALSE(result);
  CHECK(result.error().code == c.code);
  CHECK(result.error().detail.starts_with("Msvm_ComputerSystem.RequestStateChange: "));
  CHECK(script.requests.size() == 1);
  CHECK(runtime.now() == 0ns);
}

TEST_CASE_METHOD(Fixture, "put sends an instance and reads it back", "[client]") {
  Instance value;
  value.class_name = "Msvm_ComputerSystem";
  value.properties = {{"ElementName", {Item("new")}}};
  script.answers = {says(vm("G")), fails(Errc::unknown_outcome)};
  REQUIRE(run(runtime, client.put(target, value)));
  CHECK(script.action(0) == "Put");
  CHECK(run(runtime, client.put(target, value)).error().code == Errc::unknown_outcome);
  CHECK(script.requests.size() == 2);
}

TEST_CASE_METHOD(Fixture, "a request that cannot be written does not leave", "[client]") {
  const auto result = run(runtime, client.invoke(target, "a b", {}));
  REQUIRE_FALSE(result);
  CHECK(result.error().code == Errc::malformed);
  CHECK(script.requests.empty());
}
