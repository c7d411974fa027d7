#include "tests/support/lab_model.hpp"

using namespace migstorm;
using namespace migstorm::lab;
using namespace std::chrono_literals;

TEST_CASE("a standalone guest moves through its phases and lands", "[moves]") {
  Lab lab(kMixedLab);
  const GuestIndex web = lab.guest("web-01");
  REQUIRE(lab.host_of(web) == "HV1");
  const std::uint64_t uptime = lab.model->uptime_ms(web);
  const std::uint32_t process = lab.model->guests()[web].worker_process;

  const MigrateReply reply = lab.migrate("web-01", "hv2.LAB.test");
  CHECK(reply.return_value == 4096);
  REQUIRE(lab.model->move_of(web) != nullptr);
  CHECK(lab.model->migrating(web));
  CHECK(lab.model->active_migrations(4) == 1);
  CHECK(lab.model->active_migrations(5) == 1);

  std::vector<MovePhase> phases;
  while (const Move* const move = lab.model->move_of(web)) {
    const MovePhase phase = lab.model->phase_of(*move);
    if (phases.empty() || phases.back() != phase) {
      phases.push_back(phase);
    }
    CHECK(lab.host_of(web) == (phase == MovePhase::finishing ? "HV2" : "HV1"));
    lab.pass(10ms);
  }
  CHECK(phases ==
        std::vector{MovePhase::starting, MovePhase::transferring, MovePhase::blackout, MovePhase::finishing});
  CHECK(lab.host_of(web) == "HV2");
  CHECK(lab.clock.at >= 5s);
  CHECK(lab.clock.at <= 20s + 10ms);
  CHECK(lab.model->guests_on(4).empty());
  CHECK(lab.model->guests_on(5) == std::vector<GuestIndex>{8, 9});
  CHECK(lab.model->active_migrations(4) == 0);

  // The guest noticed nothing but another worker process.
  CHECK(lab.model->uptime_ms(web) == uptime + static_cast<std::uint64_t>(lab.clock.at / 1ms));
  CHECK(lab.model->guests()[web].worker_process != process);
  REQUIRE(lab.model->moves().size() == 1);
  const LedgerMove& move = lab.model->moves()[0];
  CHECK(move.landed);
  CHECK(move.from == "HV1");
  CHECK(move.to == "HV2");
  CHECK(move.ended > move.asked);
  CHECK(lab.host_events(4, Channel::vmms_admin) == std::vector<std::uint32_t>{20414, 20415});
  CHECK(lab.host_events(5, Channel::vmms_admin) == std::vector<std::uint32_t>{20415});
  CHECK(lab.model->violations().empty());
}

TEST_CASE("a job goes through its states and vanishes five minutes after its end", "[moves]") {
  Lab lab(kMixedLab);
  const MigrateReply reply = lab.migrate("web-01", "HV2");
  const auto job = [&] { return lab.model->find_job(4, reply.job); };
  REQUIRE(job());
  CHECK(job()->state == JobStatus::starting);
  CHECK(job()->cancellable);
  CHECK_FALSE(lab.model->find_job(5, reply.job)); // it is the source's
  lab.pass(3s);
  CHECK(job()->state == JobStatus::running);
  CHECK(job()->percent > 0);
  lab.pass(20s);
  REQUIRE(job());
  CHECK(job()->state == JobStatus::completed);
  CHECK(job()->percent == 100);
  CHECK(job()->error_code == 0);
  REQUIRE(job()->ended);
  const Instant gone = *job()->ended + 5min;
  lab.pass(gone - lab.clock.at - 1ns);
  CHECK(lab.model->jobs_on(4).size() == 1);
  lab.pass(1ns);
  CHECK_FALSE(job());
  CHECK(lab.model->jobs_on(4).empty());
}

TEST_CASE("a host refuses what cannot be moved", "[moves]") {
  Lab lab(kMixedLab);
  const GuestIndex web = lab.guest("web-01");
  CHECK(lab.migrate("web-01", "NOWHERE").return_value == 32773);
  CHECK(lab.migrate("web-01", "HV1").return_value == 32773);
  CHECK(lab.migrate("sql-01", "NODE2").return_value == 32775); // its cluster has to
  CHECK(lab.model->migrate({web, "HV2", 32769}).return_value == 32770);
  CHECK(lab.model->migrate({99, "HV2"}).return_value == 32773);
  CHECK(lab.migrate("web-01", std::string(1u << 20, 'x')).return_value == 32773);
  REQUIRE(lab.migrate("web-01", "HV2").return_value == 4096);
  CHECK(lab.migrate("web-01", "HV2").return_value == 32775); // it is moving
  CHECK(lab.model->moves().size() == 1);
  CHECK(lab.model->violations().empty());
}

TEST_CASE("a cluster refuses what cannot be moved", "[moves]") {
  Lab lab(kMixedLab);
  CHECK(lab.move_group("web-01", "NODE1").hresult == 0x80071395);
  CHECK(lab.move_group("sql-01", "HV1").hresult == 0x800713b2);
  CHECK(lab.move_group("sql-01", "NODE1").hresult == 0x80070057);
  REQUIRE(lab.move_group("sql-01", "NODE2").hresult == 0);
  CHECK(lab.move_group("sql-01", "NODE3").hresult == 0x800700aa);
  CHECK(lab.model->violations().empty());
}

TEST_CASE("a move of a clustered guest that is not live is refused and held against the harness", "[moves]") {
  Lab lab(kMixedLab);
  CHECK(lab.model->move_group(0, "NODE2", 14, 1).hresult == 0x80070057);
  REQUIRE(lab.model->violations().size() == 1);
  CHECK(lab.model->violations()[0].find("not live") != std::string::npos);
  CHECK(lab.model->guests()[0].power == Power::running);
}

TEST_CASE("a clustered guest's group is pending until its owner changed", "[moves]") {
  Lab lab(kMixedLab);
  const GuestIndex sql = lab.guest("sql-01");
  CHECK(lab.model->find_group("SQL-01") == sql);
  CHECK_FALSE(lab.model->find_group("web-01"));
  CHECK(lab.model->group_of(sql).state == 0);
  REQUIRE(lab.move_group("sql-01", "NODE2").hresult == 0);
  CHECK(lab.model->group_of(sql).state == 4);
  lab.pass(21s);
  CHECK(lab.model->group_of(sql).state == 0);
  CHECK(lab.model->hosts()[lab.model->group_of(sql).owner].name == "NODE2");
  CHECK(lab.model->group_of(sql).failure == 0);
}

TEST_CASE("the cluster queues what its nodes have no room for, and starts it in order", "[moves]") {
  Lab lab(kMixedLab);
  // Both guests of NODE1 and one of NODE2 want to NODE3, which takes two at once.
  REQUIRE(lab.move_group("sql-01", "NODE3").hresult == 0);
  REQUIRE(lab.move_group("sql-05", "NODE3").hresult == 0);
  REQUIRE(lab.move_group("sql-02", "NODE3").hresult == 0);
  const GuestIndex waiting = lab.guest("sql-02");
  CHECK(lab.model->group_of(waiting).status_information == 4);
  CHECK(lab.model->group_of(waiting).state == 0);
  CHECK_FALSE(lab.model->migrating(waiting));
  CHECK(lab.model->phase_of(*lab.model->move_of(waiting)) == MovePhase::queued);
  CHECK(lab.model->active_migrations(2) == 2);
  const auto events = lab.host_events(2, Channel::vmms_admin);
  CHECK(std::count(events.begin(), events.end(), 21501u) == 1);
  lab.pass(41s);
  CHECK(lab.host_of(waiting) == "NODE3");
  CHECK(lab.model->violations().empty());
}

TEST_CASE("asking for more than a host takes is refused and held against the harness", "[moves]") {
  Lab lab(R"(
simulated:
  hosts: [{name: A, count: 2, migrations_max: 1}]
  guests: [{name: g, count: 2, on: A1}]
)");
  REQUIRE(lab.migrate("g-01", "A2").return_value == 4096);
  CHECK(lab.migrate("g-02", "A2").return_value == 32774);
  REQUIRE(lab.model->violations().size() == 1);
  CHECK(lab.model->violations()[0].find("limit 1") != std::string::npos);
  CHECK(lab.host_events(0, Channel::vmms_admin) == std::vector<std::uint32_t>{20414, 21501});
  CHECK(lab.model->active_migrations(0) == 1);
}

TEST_CASE("a limit that moves of others use up is nobody's fault", "[moves]") {
  Lab lab(R"(
simulated:
  hosts: [{name: A, count: 2, migrations_max: 1}]
  guests: [{name: g, count: 2, on: A1}]
)");
  REQUIRE(lab.model->foreign_move(0, "A2"));
  CHECK(lab.migrate("g-02", "A2").return_value == 32774);
  CHECK_FALSE(lab.model->foreign_move(0, "A2"));
  CHECK(lab.model->violations().empty());
  CHECK(lab.model->moves()[0].foreign);
}

TEST_CASE("a cancelled move leaves the guest where it was", "[moves]") {
  Lab lab(kMixedLab);
  const MigrateReply reply = lab.migrate("web-01", "HV2");
  lab.pass(1s);
  CHECK(lab.model->cancel_job(4, reply.job, 7) == 32773);
  CHECK(lab.model->cancel_job(4, "no such job", 4) == 32773);
  CHECK(lab.model->cancel_job(4, reply.job, 4) == 0);
  CHECK(lab.model->find_job(4, reply.job)->state == JobStatus::terminated);
  CHECK(lab.model->cancel_job(4, reply.job, 5) == 32775); // it has ended
  lab.pass(1min);
  CHECK(lab.host_of(lab.guest("web-01")) == "HV1");
  CHECK_FALSE(lab.model->moves()[0].landed);
  CHECK(lab.model->moves()[0].ended == 1s);
  CHECK(lab.model->active_migrations(4) == 0);
}

TEST_CASE("moves of zero length end with the next step of time", "[moves]") {
  auto config = lab_config(kMixedLab);
  config.moves.duration = {0s, 0s};
  Lab lab(config);
  const MigrateReply reply = lab.migrate("web-01", "HV2");
  CHECK(reply.return_value == 4096);
  lab.model->advance();
  CHECK(lab.host_of(lab.guest("web-01")) == "HV2");
  CHECK(lab.model->find_job(4, reply.job)->state == JobStatus::completed);
  CHECK(lab.model->moves()[0].ended > Instant{}); // zero is for those under way
}

TEST_CASE("a guest with local disks cannot move by its memory alone", "[moves]") {
  Lab lab(R"(
simulated:
  hosts: [{name: A, count: 2}]
  guests: [{name: g, on: A1, disks: [{storage: local}]}]
)");
  const MigrateReply memory = lab.model->migrate({0, "A2", 32768});
  REQUIRE(memory.return_value == 4096);
  lab.pass(21s);
  const auto job = lab.model->find_job(0, memory.job);
  REQUIRE(job);
  CHECK(job->state == JobStatus::exception);
  CHECK(job->error.find("0xC03A0014") != std::string::npos);
  CHECK(lab.host_of(0) == "A1");
  REQUIRE(lab.model->migrate({0, "A2", 32771}).return_value == 4096);
  lab.pass(21s);
  CHECK(lab.host_of(0) == "A2");
}

TEST_CASE("2008 R2 hosts have no migration service and take one move at a time", "[moves]") {
  Lab lab(R"(
simulated:
  cluster: {name: C}
  hosts: [{name: N, count: 2, release: 2008r2sp1, clustered: true}, {name: H, count: 2, release: 2008r2sp1}]
  guests: [{name: c, count: 2, on: N1, clustered: true}, {name: s, on: H1}]
)");
  CHECK(lab.migrate("s", "H2").return_value == 32770);
  REQUIRE(lab.move_group("c-01", "N2").hresult == 0);
  REQUIRE(lab.move_group("c-02", "N2").hresult == 0);
  CHECK(lab.model->active_migrations(0) == 1);
  lab.pass(1min);
  CHECK(lab.model->guests_on(1).size() == 2);
}

TEST_CASE("a cluster of 2022 overrides the limit of its nodes", "[moves]") {
  const auto active = [](const std::string& release) {
    Lab lab("simulated:\n  cluster: {name: C, parallel_migrations: 1}\n  hosts: [{name: N, count: 2, "
            "clustered: true, "
            "release: " +
            release + "}]\n  guests: [{name: g, count: 4, on: N1, clustered: true}]\n");
    for (int i = 1; i <= 4; ++i) {
      CHECK(lab.move_group(fmt::format("g-0{}", i), "N2").hresult == 0);
    }
    return lab.model->active_migrations(0);
  };
  CHECK(active("2022") == 1);
  CHECK(active("2019") == 2);
}

TEST_CASE("thousands of moves leave nothing behind but the ledger", "[moves]") {
  auto config = lab_config(kMixedLab);
  config.moves.duration = {0s, 1s};
  Lab lab(config);
  for (int i = 0; i < 12000; ++i) {
    const auto guest = static_cast<GuestIndex>(i % 8);
    const auto to = (lab.model->guests()[guest].host + 1) % 4;
    REQUIRE(lab.model->move_group(guest, lab.model->hosts()[to].name, 14, kMigrationTypeLive).hresult == 0);
    lab.pass(200ms);
    if (lab.model->move_of((guest + 1) % 8) != nullptr) {
      lab.pass(5s);
    }
  }
  lab.pass(10s);
  CHECK(lab.model->moves().size() == 12000);
  CHECK(std::all_of(lab.model->moves().begin(), lab.model->moves().end(),
                    [](const auto& m) { return m.landed; }));
  std::size_t guests = 0;
  for (HostIndex host = 0; host < lab.model->hosts().size(); ++host) {
    guests += lab.model->guests_on(host).size();
    CHECK(lab.model->host_log(host, Channel::vmms_admin).size() <= kLogRecordsMax);
    CHECK(lab.model->active_migrations(host) == 0);
  }
  CHECK(guests == lab.model->guests().size());
  const auto& log = lab.model->host_log(0, Channel::vmms_admin);
  CHECK(log.back().record > kLogRecordsMax);
  CHECK(log.back().record - log.front().record == kLogRecordsMax - 1);
  CHECK(lab.model->violations().empty());
}

TEST_CASE("the same seed and requests give the same moves however time is cut up", "[moves]") {
  const auto run = [](std::uint64_t seed, Span step) {
    auto config = lab_config(kMixedLab);
    config.crash.hazard = 0.5;
    Lab lab(config, seed);
    std::string story;
    for (int i = 0; i < 40; ++i) {
      const auto guest = static_cast<GuestIndex>(i % 8);
      const auto to = (lab.model->guests()[guest].host + 1) % 4;
      lab.model->move_group(guest, lab.model->hosts()[to].name, 14, kMigrationTypeLive);
      for (Span passed{}; passed < 30s; passed += step) {
        lab.pass(step);
      }
    }
    for (const LedgerMove& move : lab.model->moves()) {
      story += fmt::format("{} {} {} {}\n", move.guest, move.to, move.ended.count(), move.landed);
    }
    for (const LedgerCrash& crash : lab.model->crashes()) {
      story += fmt::format("{} {} {}\n", crash.guest, crash.move, crash.at.count());
    }
    return story;
  };
  CHECK(run(1, 30s) == run(1, 500ms));
  CHECK(run(1, 30s) != run(2, 30s));
}

TEST_CASE("the largest cluster keeps its limits while all its guests want to move", "[moves]") {
  Lab lab(R"(
simulated:
  cluster: {name: C}
  hosts: [{name: N, count: 64, clustered: true}]
  guests: [{name: g, count: 2000, clustered: true, load: 1MiB/s, disks: [{}]}]
  crash: {hazard: 1%}
)");
  for (GuestIndex guest = 0; guest < 2000; ++guest) {
    const HostIndex to = (lab.model->guests()[guest].host + 1) % 64;
    REQUIRE(lab.model->move_group(guest, lab.model->hosts()[to].name, 14, kMigrationTypeLive).hresult == 0);
  }
  for (int i = 0; i < 100; ++i) {
    lab.pass(20s);
    for (HostIndex host = 0; host < 64; ++host) {
      REQUIRE(lab.model->active_migrations(host) <= 2);
    }
  }
  const auto& moves = lab.model->moves();
  CHECK(std::all_of(moves.begin(), moves.end(), [](const LedgerMove& move) { return move.landed; }));
  CHECK(lab.model->violations().empty());
}
