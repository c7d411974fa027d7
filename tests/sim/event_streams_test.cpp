// Event logs of the simulated cluster, read by the harness's own client over WS-Man: each event once,
// whatever happens to subscriptions, machines and the reader.
#include "harness/hyperv/wsman_cluster.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/model_engine.hpp"
#include "tools/lab/wsman/endpoint.hpp"
#include "tools/migstorm/clock.hpp"
#include "tools/migstorm/inputs.hpp"
#include "tools/migstorm/lab_transport.hpp"

#include <algorithm>
#include <string>

using namespace migstorm;
using namespace std::chrono_literals;
using hyperv::EventLog;
using hyperv::EventMark;

namespace {

struct Scene {
  explicit Scene(const std::string& simulated, std::uint64_t seed = 1)
      : runtime(SimOptions{seed, {}, 1h, {}}), clock(runtime) {
    Checked<LabInput> parsed =
        parse_lab("name: events\nclock: lockstep\nallow_unencrypted: true\ncredentials:\n"
                  "  lab: {user: 'LAB\\m', password: x}\n" +
                      simulated,
                  "lab.yaml");
    for (const Diagnostic& diagnostic : parsed.diagnostics) {
      FAIL(to_string(diagnostic));
    }
    file = parsed.value.lab;
    auto made = lab::Model::make(*parsed.value.simulated, clock, seed, "");
    REQUIRE(made);
    engine.emplace(*std::move(made));
    endpoint.emplace(*engine, clock, seed);
    restart();
  }

  // The reader is gone, and another one begins.
  void restart() {
    cluster = hyperv::make_wsman_cluster(runtime, file, make_lab_factory(runtime, *endpoint, file));
  }
  void pass(Span span) {
    run(runtime, [](Runtime& at, Span how_long) -> Task<Unit> {
      co_await at.sleep_for(how_long);
      co_return Unit{};
    }(runtime, span));
    engine->advance();
  }
  // The guest bugchecks and is back two and a half minutes later.
  void crash(lab::GuestIndex guest) {
    engine->advance();
    REQUIRE(engine->model->inject_nmi(guest) == 0);
  }
  std::uint64_t count(const std::string& kind) const {
    const auto counts = endpoint->counts();
    const auto found = counts.find(kind);
    return found == counts.end() ? 0 : found->second;
  }

  SimRuntime runtime;
  RuntimeClock clock;
  LabFile file;
  std::optional<lab::test::ModelEngine> engine;
  std::optional<lab::wsman::Endpoint> endpoint;
  std::unique_ptr<hyperv::Cluster> cluster;
};

// Reads one machine over and over, and keeps what it was told.
struct Reader {
  Reader(Scene& of, std::string machine, bool guest = false)
      : scene(of), name(std::move(machine)), is_guest(guest) {
    for (const EventLog log : {EventLog::worker, EventLog::vmms, EventLog::high_availability,
                               EventLog::integration, EventLog::system}) {
      if (!guest || log == EventLog::system) {
        marks.push_back({log, 0, scene.runtime.civil_now()});
      }
    }
  }

  Status read() {
    if (is_guest) {
      auto batch = run(scene.runtime, scene.cluster->guest_events(name, marks));
      return batch ? take(*batch) : Status(batch.error());
    }
    auto batch = run(scene.runtime, scene.cluster->host_events(name, marks));
    return batch ? take(*batch) : Status(batch.error());
  }
  void read_well() {
    const Status done = read();
    if (!done) {
      FAIL(done.error().detail);
    }
  }
  std::vector<std::uint32_t> ids() const {
    std::vector<std::uint32_t> out;
    std::transform(events.begin(), events.end(), std::back_inserter(out),
                   [](const auto& one) { return one.first; });
    return out;
  }

  Scene& scene;
  std::string name;
  bool is_guest;
  std::vector<EventMark> marks;
  std::vector<std::pair<std::uint32_t, std::uint64_t>> events; // id or kind, and record
  bool subscribed = false;
  std::vector<EventLog> unread;

private:
  template <class Event>
  Status take(const hyperv::EventBatch<Event>& batch) {
    for (const Event& event : batch.events) {
      if constexpr (std::is_same_v<Event, hyperv::HostEvent>) {
        events.emplace_back(event.id, event.record);
      } else {
        events.emplace_back(static_cast<std::uint32_t>(event.kind), event.record);
      }
    }
    marks = batch.marks;
    subscribed = batch.subscribed;
    unread = batch.unread;
    return Unit{};
  }
};

std::string lab_of(const std::string& hosts, const std::string& guests, const std::string& more = "") {
  return "simulated:\n  cluster: {name: EVENTS}\n  hosts: [" + hosts + "]\n  guests: [" + guests +
         "]\n  crash: {hazard: 0, dump: 30s, reboot: 60s}\n" + more;
}

const std::string kNodes = "{name: N, count: 2, release: 2012r2, clustered: true}";
const std::string kGuest = "{name: g, on: N1, clustered: true, release: 2012r2, winrm: true}";
const std::vector<std::uint32_t> kOneCrash = {18590, 18602, 18514};

} // namespace

TEST_CASE("a host's events come by one subscription, each once", "[events]") {
  Scene scene(lab_of(kNodes, kGuest));
  Reader host(scene, "N1");
  Reader guest(scene, "g", true);
  host.read_well();
  guest.read_well();
  CHECK(host.events.empty());
  scene.crash(0);
  scene.pass(150s);
  for (int i = 0; i < 3; ++i) {
    host.read_well();
    guest.read_well();
    scene.pass(10s);
  }
  CHECK(host.subscribed);
  CHECK(host.unread.empty());
  CHECK(host.ids() == kOneCrash);
  CHECK(guest.subscribed);
  CHECK(guest.ids() == std::vector<std::uint32_t>{1, 2, 0}); // 41, 6008, 1001
  CHECK(scene.count("subscribe") == 3);                      // the guest's ended with its restart
  CHECK(scene.count("query Win32_NTLogEvent") == 0);
  run(scene.runtime, scene.cluster->end_events());
  CHECK(scene.count("unsubscribe") == 2);
}

TEST_CASE("a reader that goes on from its marks is told what it missed and nothing again", "[events]") {
  Scene scene(lab_of(kNodes, kGuest));
  Reader host(scene, "N1");
  host.read_well();
  scene.crash(0);
  scene.pass(10s);
  host.read_well();
  CHECK(host.ids() == std::vector<std::uint32_t>{18590});
  scene.restart();
  scene.pass(140s);
  host.read_well();
  CHECK(host.ids() == kOneCrash);
  host.read_well();
  CHECK(host.ids() == kOneCrash);
}

TEST_CASE("a reader whose marks were not kept is told again what came after them", "[events]") {
  Scene scene(lab_of(kNodes, kGuest));
  Reader host(scene, "N1");
  host.read_well();
  const std::vector<EventMark> kept = host.marks;
  scene.crash(0);
  scene.pass(150s);
  host.read_well();
  CHECK(host.ids() == kOneCrash);
  host.marks = kept;
  host.events.clear();
  host.read_well();
  CHECK(host.ids() == kOneCrash);
}

TEST_CASE("lost answers, lost subscriptions and refused connections lose no event and repeat none",
          "[events]") {
  const auto seed = static_cast<std::uint64_t>(GENERATE(range(1, 9)));
  CAPTURE(seed);
  Scene scene(
      lab_of(kNodes, kGuest,
             "  faults: {lost-reply: {certain: true, probability: 20%}, context-lost: {certain: true, "
             "probability: 20%}, refused-connection: {certain: true, probability: 10%}}\n"),
      seed);
  Reader host(scene, "N1");
  Reader guest(scene, "g", true);
  for (int round = 0; round < 12; ++round) {
    if (round > 0 && round <= 5) {
      scene.crash(0);
    }
    for (int i = 0; i < 10; ++i) {
      static_cast<void>(host.read()); // an error is one that the next question makes up for
      static_cast<void>(guest.read());
      scene.pass(20s);
    }
    if (round % 4 == 3) {
      scene.restart();
    }
  }
  std::vector<std::uint32_t> all;
  for (int i = 0; i < 5; ++i) {
    all.insert(all.end(), kOneCrash.begin(), kOneCrash.end());
  }
  CHECK(host.ids() == all);
  CHECK(guest.events.size() == 15);
  CHECK(std::is_sorted(host.events.begin(), host.events.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; }));
}

TEST_CASE("a host that restarts ends its subscriptions, and its events before and after are told once",
          "[events]") {
  Scene scene(lab_of(kNodes, kGuest, "  faults: {host-down: {certain: true, probability: 100%}}\n"));
  Reader first(scene, "N1");
  Reader second(scene, "N2");
  scene.engine->advance();
  const std::vector<std::uint32_t> before = {scene.engine->model->hosts()[0].boots,
                                             scene.engine->model->hosts()[1].boots};
  for (int i = 0; i < 180; ++i) {
    static_cast<void>(first.read());
    static_cast<void>(second.read());
    scene.pass(20s);
  }
  const auto restarts = [&](const Reader& of, lab::HostIndex host) {
    std::size_t told = 0;
    for (const auto& [id, record] : of.events) {
      told += id == 41 ? 1U : 0U;
    }
    CHECK(told == scene.engine->model->hosts()[host].boots - before[host]);
    return told;
  };
  CHECK(restarts(first, 0) + restarts(second, 1) >= 4);
  CHECK(scene.count("subscribe") >= 6);
}

TEST_CASE("a channel that a host does not have costs the others nothing", "[events]") {
  Scene scene(lab_of("{name: H, release: 2016}", "{name: g, on: H, release: 2016, winrm: true}"));
  Reader host(scene, "H");
  host.read_well();
  scene.crash(0);
  scene.pass(150s);
  host.read_well();
  CHECK(host.subscribed);
  CHECK(host.unread == std::vector<EventLog>{EventLog::high_availability, EventLog::integration});
  CHECK(host.ids() == kOneCrash);
}

TEST_CASE("where subscriptions are refused, queries tell the same", "[events]") {
  Scene scene(lab_of("{name: H, release: 2012r2, subscriptions: false}",
                     "{name: g, on: H, release: 2012r2, winrm: true, subscriptions: false}"));
  Reader host(scene, "H");
  Reader guest(scene, "g", true);
  host.read_well();
  guest.read_well();
  scene.crash(0);
  scene.pass(150s);
  for (int i = 0; i < 3; ++i) {
    host.read_well();
    guest.read_well();
    scene.pass(10s);
  }
  CHECK_FALSE(host.subscribed);
  CHECK(host.ids() == kOneCrash);
  CHECK(guest.ids() == std::vector<std::uint32_t>{1, 2, 0});
}

TEST_CASE("a host of 2008 R2 whose only subscription is taken is asked by query until it is free",
          "[events]") {
  Scene scene(lab_of("{name: H, release: 2008r2sp1, winrm: true}", "{name: g, on: H}"));
  Reader host(scene, "H");
  host.read_well();
  CHECK(host.subscribed);
  scene.restart(); // nobody gave the subscription back
  scene.crash(0);
  scene.pass(150s);
  host.read_well();
  CHECK_FALSE(host.subscribed);
  CHECK(host.ids() == std::vector<std::uint32_t>{18514});
  for (int i = 0; i < 120; ++i) {
    scene.pass(10s);
    host.read_well();
  }
  CHECK(host.subscribed);
  CHECK(host.ids() == std::vector<std::uint32_t>{18514});
}

TEST_CASE("a subscription that is pulled for hours is renewed, not lost", "[events]") {
  Scene scene(lab_of(kNodes, kGuest));
  Reader host(scene, "N1");
  for (int i = 0; i < 240; ++i) {
    host.read_well();
    scene.pass(30s);
  }
  CHECK(scene.count("subscribe") == 1);
  CHECK(scene.count("renew") >= 8);
}
