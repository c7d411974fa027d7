#include "tests/journal/fixture.hpp"
#include "tests/support/catch.hpp"

using namespace migstorm;
using namespace migstorm::test;
using namespace std::chrono_literals;

namespace {

Crash sample_crash() {
  Crash crash;
  crash.number = 1;
  crash.guest = "6B29FC40-CA47-1067-B31D-00DD010662DA";
  crash.guest_name = "sql-01";
  crash.host = "hv-02";
  crash.step = 0;
  crash.noticed = 30s;
  crash.earliest = 20s;
  crash.latest = 21s;
  crash.bugcheck = 0xd1;
  crash.parameters = {0x28, 2, 0, 0xfffff88001a4b2b5};
  crash.dump_path = "C:\\Windows\\MEMORY.DMP";
  crash.reasons = {"event 18590", "uptime went backwards"};
  return crash;
}

RunEnd sample_end() {
  RunEnd end;
  end.verdict = "REPRODUCED";
  end.reason = "3 crashes with the same signature";
  end.at = 100s;
  end.wire = {10, 2, 1, 4, 5};
  end.detectors = {{DetectorKind::heartbeat, true, 90s, 100s},
                   {DetectorKind::bugcheck_events, false, 0s, 0s}};
  end.longest_turn = 7ms;
  return end;
}

LoadedRun loaded(const std::string& path) {
  auto run = load_run(path, "last");
  INFO((run ? "" : run.error().detail));
  REQUIRE(run);
  return *std::move(run);
}

} // namespace

TEST_CASE("a run that was begun is loaded with its plan", "[journal]") {
  const Folder folder;
  Session session(folder.file());
  REQUIRE(session.begin(3));
  const LoadedRun run = loaded(folder.file());
  const RunRecord expected = sample_record();
  CHECK(run.run.id == expected.id);
  CHECK(run.run.scenario_source == expected.scenario_source);
  CHECK(run.run.lab_source == expected.lab_source);
  CHECK(run.run.campaign == CampaignKind::reproduce);
  CHECK(run.run.seed == 0xffffffffffffffff);
  CHECK(run.run.epoch == expected.epoch);
  REQUIRE(run.guests.size() == 2);
  CHECK(run.guests[1].name == "sql-02");
  CHECK(run.guests[1].reach == std::vector<std::string>{"hv-01", "hv-02", "hv-03"});
  REQUIRE(run.steps.size() == 3);
  CHECK(run.steps[2].step.dwell == 4s);
  CHECK(run.steps[2].state == StepState::planned);
  CHECK_FALSE(run.steps[2].intent);
  CHECK_FALSE(run.end);
}

TEST_CASE("a step keeps its newest attempt, its ticket and its outcome", "[journal]") {
  const Folder folder;
  Session session(folder.file());
  REQUIRE(session.begin(3));
  Journal& journal = *session.journal;
  Intent clustered = intent_of(0);
  clustered.move.group = "SCVMM sql-01";
  clustered.move.via = hyperv::Via::cluster;
  journal.intend(clustered);
  journal.refused({0, 1, 3s, "0x800710d8 the object is busy"});
  journal.intend(intent_of(0, 5s, 2));
  journal.ticket(ticket_of(0, 6s, 2));
  journal.outcome(outcome_of(0, StepState::failed, 9s, 2));
  journal.intend({1, 1, clustered.move, 8s});
  REQUIRE(session.commit());

  const LoadedRun run = loaded(folder.file());
  const StepRecord& first = run.steps[0];
  CHECK(first.state == StepState::failed);
  CHECK(first.attempts == 2);
  REQUIRE((first.intent && first.ticket && first.outcome));
  CHECK(first.intent->at == Instant(5s));
  CHECK(first.ticket->ticket.job == "job-0");
  CHECK(first.ticket->at == Instant(6s));
  CHECK_FALSE(first.outcome->grown);
  CHECK(first.outcome->unqualified_reason == "not-moved");
  CHECK_FALSE(first.outcome->qualified);
  const StepRecord& second = run.steps[1];
  CHECK(second.state == StepState::intended);
  REQUIRE(second.intent);
  CHECK(second.intent->move.group == "SCVMM sql-01");
  CHECK(second.intent->move.via == hyperv::Via::cluster);
  CHECK_FALSE(second.ticket);
  CHECK_FALSE(second.outcome);
  CHECK(run.last == Instant(9s));
}

TEST_CASE("a crash that is told again replaces what was known of it", "[journal]") {
  const Folder folder;
  Session session(folder.file());
  REQUIRE(session.begin(1));
  Crash crash = sample_crash();
  session.journal->crash(crash);
  crash.signature = "0xd1|read|storvsc!StorChannelVmbusCallback";
  crash.reasons = {"triaged"};
  session.journal->crash(crash);
  Crash stray;
  stray.number = 2;
  session.journal->crash(stray);
  REQUIRE(session.commit());
  const LoadedRun run = loaded(folder.file());
  REQUIRE(run.crashes.size() == 2);
  CHECK(run.crashes[0].signature == crash.signature);
  CHECK(run.crashes[0].parameters == crash.parameters);
  CHECK(run.crashes[0].step == 0U);
  CHECK(run.crashes[0].earliest == Instant(20s));
  CHECK(run.crashes[0].reasons == std::vector<std::string>{"triaged"});
  CHECK_FALSE(run.crashes[1].step);
}

TEST_CASE("the end of a run keeps verdict, counters and detectors", "[journal]") {
  const Folder folder;
  Session session(folder.file());
  REQUIRE(session.begin(1));
  session.journal->end_run(sample_end());
  REQUIRE(session.commit());
  const LoadedRun run = loaded(folder.file());
  REQUIRE(run.end);
  CHECK(run.end->verdict == "REPRODUCED");
  CHECK(run.end->wire.requests == 10);
  CHECK(run.end->wire.authentications == 5);
  CHECK(run.end->longest_turn == Span(7ms));
  REQUIRE(run.end->detectors.size() == 2);
  CHECK(run.end->detectors[0].alive == Span(90s));
  CHECK(run.end->detectors[1].kind == DetectorKind::bugcheck_events);
  CHECK_FALSE(run.end->detectors[1].applicable);
  CHECK(run.last == Instant(100s));
}

TEST_CASE("the newest mark of each log is kept per machine, and only if it was committed", "[journal]") {
  const Folder folder;
  Session session(folder.file());
  REQUIRE(session.begin(1));
  const CivilTime time = sample_record().epoch + 5s;
  session.journal->marks(
      {"hv-02", {{hyperv::EventLog::worker, 7, time}, {hyperv::EventLog::system, 0, time}}});
  session.journal->marks({"hv-01", {{hyperv::EventLog::worker, 0xffffffffffffffff, time}}});
  session.journal->marks({"hv-02", {{hyperv::EventLog::worker, 9, time + 1s}}});
  REQUIRE(session.commit());
  session.journal->marks({"hv-02", {{hyperv::EventLog::worker, 11, time}}}); // never committed
  const LoadedRun run = loaded(folder.file());
  REQUIRE(run.marks.size() == 2);
  CHECK(run.marks[0].machine == "hv-01");
  CHECK(run.marks[0].marks[0].record == 0xffffffffffffffff);
  REQUIRE(run.marks[1].marks.size() == 2);
  CHECK(run.marks[1].marks[0].record == 9);
  CHECK(run.marks[1].marks[0].time == time + 1s);
  CHECK(run.marks[1].marks[1].log == hyperv::EventLog::system);
}

TEST_CASE("the newest instant may be that of a signal or a note", "[journal]") {
  const Folder folder;
  Session session(folder.file());
  REQUIRE(session.begin(1));
  Signal signal;
  signal.noticed = 40s;
  signal.detail = std::string("with \0 and \xff", 12);
  session.journal->signal(signal);
  REQUIRE(session.commit());
  CHECK(loaded(folder.file()).last == Instant(40s));
  session.journal->note(41s, "host-sick", "hv-02", "no answer");
  REQUIRE(session.commit());
  CHECK(loaded(folder.file()).last == Instant(41s));
}

TEST_CASE("an interrupted run is resumed where it stood", "[journal]") {
  const Folder folder;
  {
    Session session(folder.file());
    REQUIRE(session.begin(2));
    session.journal->intend(intent_of(0));
    RunEnd interrupted;
    interrupted.resumable = true;
    interrupted.at = 5s;
    session.journal->end_run(interrupted);
    REQUIRE(session.commit());
  }
  Session again(folder.file(), {.resume = "20260101-000000-0001"});
  CHECK_FALSE(loaded(folder.file()).end);
  again.journal->outcome(outcome_of(0));
  again.journal->end_run(sample_end());
  REQUIRE(again.commit());
  const LoadedRun run = loaded(folder.file());
  CHECK(run.steps[0].state == StepState::completed);
  CHECK(run.steps[0].outcome->grown == 4096U);
  CHECK(run.end->verdict == "REPRODUCED");
}

TEST_CASE("a run that has its verdict is not resumed", "[journal]") {
  const Folder folder;
  SimRuntime runtime;
  {
    Session session(folder.file());
    REQUIRE(session.begin(1));
    session.journal->end_run(sample_end());
    REQUIRE(session.commit());
  }
  const auto ended = open_journal(runtime, folder.file(), {.resume = "20260101-000000-0001"});
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == Errc::unsupported);
  CHECK(ended.error().detail.find("has ended (REPRODUCED)") != std::string::npos);
  const auto unknown = open_journal(runtime, folder.file(), {.resume = "20260101-000000-0002"});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == Errc::not_found);
}

TEST_CASE("a journal in memory takes a whole run", "[journal]") {
  Session session(":memory:", {.durable = false});
  REQUIRE(session.begin(1));
  session.journal->intend(intent_of(0));
  session.journal->outcome(outcome_of(0));
  session.journal->end_run(sample_end());
  CHECK(session.commit());
}

TEST_CASE("run ids sort by time and come from the runtime", "[journal]") {
  SimRuntime one(SimOptions{.seed = 7});
  const std::string id = make_run_id(one);
  CHECK(id.substr(0, 16) == "20260101-000000-");
  CHECK(id.size() == 20);
  CHECK(id.substr(16).find_first_not_of("0123456789abcdef") == std::string::npos);
  SimRuntime same(SimOptions{.seed = 7});
  CHECK(make_run_id(same) == id);
}
