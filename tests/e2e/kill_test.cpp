// The harness is killed at random moments and resumed, until the run ends: as a power cut at night would do
// it.
#include "harness/journal/archive.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/lab_text.hpp"
#include "tests/support/process.hpp"
#include "tools/migstorm/crash_check.hpp"
#include "tools/migstorm/inputs.hpp"
#include "tools/migstorm/ledger_check.hpp"
#include "tools/migstorm/wire.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <csignal>
#include <cstdlib>
#include <memory>
#include <random>
#include <thread>

using namespace migstorm;
using namespace migstorm::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t kSeed = 7;

// MIGSTORM_KILLS: more of them for the soak suite.
int kills_wanted() {
  const char* const wanted = std::getenv("MIGSTORM_KILLS");
  return wanted == nullptr ? 3 : std::atoi(wanted);
}

struct Files {
  Folder folder;
  std::string scenario = folder.file("scenario.yaml");
  std::string lab = folder.file("lab.yaml");
  std::string journal = folder.file("runs.journal");
  std::string out = folder.file("out");
  std::string err = folder.file("err");

  Files(std::uint32_t count, const LabText& text) {
    write_file(scenario, scenario_text(count));
    write_file(lab, text.text());
  }
  std::unique_ptr<Process> start() const {
    const bool begun = load_run(journal, "last").has_value();
    std::vector<std::string> argv = {MIGSTORM_PROGRAM};
    if (begun) {
      argv.insert(argv.end(), {"resume", "last", "--quiet", "--journal", journal});
    } else {
      argv.insert(argv.end(), {"run", scenario, "--lab", lab, "--quiet", "--journal", journal, "--seed",
                               std::to_string(kSeed)});
    }
    return std::make_unique<Process>(argv, out, err);
  }
};

// The number of kills that hit a living harness.
int kill_and_resume(const Files& files, int kills, std::chrono::milliseconds life_max) {
  std::mt19937 random(kSeed);
  int hits = 0;
  for (int i = 0; i < kills; ++i) {
    const auto process = files.start();
    const auto life =
        std::chrono::milliseconds(static_cast<int>(random() % static_cast<unsigned>(life_max.count())));
    process->wait(life);
    if (!process->running()) {
      return hits;
    }
    process->signal(SIGKILL);
    process->wait(10s);
    ++hits;
  }
  const auto last = files.start();
  const int code = last->wait(300s);
  INFO(read_file(files.err));
  CHECK((code == 0 || code == 4));
  return hits;
}

class StillClock final : public lab::LabClock {
public:
  explicit StillClock(Instant at) : at_(at) {}
  Instant now() const noexcept override { return at_; }
  CivilTime epoch() const noexcept override { return {}; }

private:
  Instant at_;
};

// The ledger of a lab that is served apart counts from its own beginning, a run from its own; both clocks run
// alike, but for the milliseconds (a hundred times as many of the cluster's) that a process needs to start.
std::vector<lab::LedgerMove> by_clock_of(const LoadedRun& run, std::vector<lab::LedgerMove> moves) {
  constexpr Span kSlack = 1s; // moves take 5 s at least
  Instant first = Instant::max();
  for (const StepRecord& step : run.steps) {
    first = step.intent ? std::min(first, step.intent->at) : first;
  }
  REQUIRE_FALSE(moves.empty());
  const Span ahead = moves.front().asked - first - kSlack;
  for (lab::LedgerMove& move : moves) {
    move.asked -= ahead;
    move.ended -= ahead;
  }
  return moves;
}

void check_against_ledger(const Files& files, const std::string& ledger, std::uint32_t planned, bool apart) {
  Result<LoadedRun> run = load_run(files.journal, "last");
  REQUIRE(run);
  CHECK(run->steps.size() == planned);
  REQUIRE(run->end);
  CHECK_FALSE(run->end->resumable);
  Result<Checked<LabInput>> lab_input = load_lab(files.lab);
  REQUIRE(lab_input);
  const Result<Instant> last = lab::ledger_last(ledger);
  REQUIRE(last);
  StillClock clock(*last);
  const auto engine = lab::make_engine(*lab_input->value.simulated, clock, kSeed, ledger);
  REQUIRE(engine);
  (*engine)->advance();
  const auto moves = apart ? by_clock_of(*run, (*engine)->moves()) : (*engine)->moves();
  for (const std::string& sentence : compare_with_ledger(*run, moves)) {
    FAIL_CHECK(sentence);
  }
  if (!apart) { // what happened between a kill and the resume is in logs only
    const std::vector<DetectorKind> off;
    for (const std::string& sentence :
         check_crashes(CrashCheckInput{*run, lab_input->value.lab, off}, **engine).violations) {
      FAIL_CHECK(sentence);
    }
  }
  for (const std::string& violation : (*engine)->violations()) {
    FAIL_CHECK(violation);
  }
}

std::uint16_t free_port() {
  boost::asio::io_context io;
  boost::asio::ip::tcp::acceptor probe(io, {boost::asio::ip::address_v4::loopback(), 0});
  return probe.local_endpoint().port();
}

} // namespace

TEST_CASE("an embedded run that is killed again and again counts each migration once", "[kill]") {
  const int kills = kills_wanted();
  const auto planned = static_cast<std::uint32_t>(1000 + 400 * kills);
  const Files files(planned, LabText());
  CHECK(kill_and_resume(files, kills, 400ms) == kills);
  const Result<LoadedRun> run = load_run(files.journal, "last");
  REQUIRE(run);
  check_against_ledger(files, ledger_path(files.journal, run->run.id), planned, false);
}

TEST_CASE("a harness that is killed beside a living cluster counts each migration once", "[kill]") {
  const int kills = kills_wanted();
  const auto planned = static_cast<std::uint32_t>(100 + 60 * kills);
  LabText text;
  text.clock = "100";
  text.port = free_port();
  const Files files(planned, text);
  const std::string ledger = files.folder.file("lab.ledger");
  Process lab({MIGSTORM_PROGRAM, "lab", files.lab, "--seed", std::to_string(kSeed), "--ledger", ledger},
              files.folder.file("lab.out"), files.folder.file("lab.err"));
  while (lab.running() && read_file(files.folder.file("lab.out")).empty()) {
    std::this_thread::sleep_for(10ms);
  }
  REQUIRE(lab.running());
  CHECK(kill_and_resume(files, kills, 1500ms) == kills);
  lab.signal(SIGTERM);
  CHECK(lab.wait(10s) == 0);
  check_against_ledger(files, ledger, planned, true);
}
