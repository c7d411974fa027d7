#include "tests/support/lab_model.hpp"

#include <spdlog/spdlog.h>

#include <fstream>
#include <sstream>

using namespace migstorm;
using namespace migstorm::lab;
using namespace std::chrono_literals;

namespace {

SimulatedConfig stormy() {
  auto config = lab_config(kMixedLab);
  config.crash.hazard = 0.2;
  for (FaultConfig& fault : config.faults) {
    fault.armed = fault.certain = true;
  }
  return config;
}

// Everything of a cluster that a client could have been told.
std::string picture(const Model& model) {
  std::string text;
  for (GuestIndex i = 0; i < model.guests().size(); ++i) {
    const Guest& guest = model.guests()[i];
    text += fmt::format("{} {} {} {} {} {} {} {}\n", guest.name, guest.host, static_cast<int>(guest.power),
                        model.uptime_ms(i), guest.boots, guest.worker_process,
                        static_cast<int>(model.heartbeat_of(i)), model.file_size(i, 1));
    if (const Move* const move = model.move_of(i)) {
      text += fmt::format("  move {} {} {}\n", move->number, static_cast<int>(model.phase_of(*move)),
                          move->duration.count());
    }
    for (const EventRecord& record : model.guest_log(i)) {
      text += fmt::format("  {} {} {}\n", record.record, record.at.count(), record.message());
    }
  }
  for (HostIndex host = 0; host < model.hosts().size(); ++host) {
    text += fmt::format("{} {}\n", model.hosts()[host].name, model.hosts()[host].up);
    for (const MigrationJob& job : model.jobs_on(host)) {
      text += fmt::format("  job {} {} {} {}\n", job.id, static_cast<int>(job.state), job.percent, job.error);
    }
    for (const EventRecord& record : model.host_log(host, Channel::vmms_admin)) {
      text += fmt::format("  {} {}\n", record.record, record.message());
    }
  }
  text += fmt::format("{} moves, {} crashes\n", model.moves().size(), model.crashes().size());
  return text;
}

void ask(Lab& lab, Random& random) {
  const std::string& node = lab.model->hosts()[random.below(4)].name;
  lab.model->move_group(static_cast<GuestIndex>(random.below(8)), node, 14, kMigrationTypeLive);
  const auto web = static_cast<GuestIndex>(8 + random.below(2));
  const MigrateReply reply = lab.model->migrate({web, random.chance(0.5) ? "HV1" : "HV2", 32768});
  if (!reply.job.empty() && random.chance(0.1)) {
    lab.model->cancel_job(lab.model->guests()[web].host, reply.job, 4);
  }
}

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

void overwrite(const std::filesystem::path& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

// Goes on from a ledger with the clock at `at`.
Result<std::unique_ptr<Model>> go_on(HandClock& clock, Instant at, const LedgerFile& file,
                                     std::uint64_t seed = 7) {
  clock.at = at;
  return Model::make(stormy(), clock, seed, file.path.string());
}

// A ledger of some twenty minutes.
Instant write_ledger(const LedgerFile& file) {
  Lab lab(stormy(), 7, file.path.string());
  Random random(7, "test");
  for (int i = 0; i < 60; ++i) {
    ask(lab, random);
    lab.pass(20s);
  }
  return lab.clock.at;
}

} // namespace

TEST_CASE("a cluster goes on from its ledger exactly as it was", "[ledger]") {
  const LedgerFile file;
  Lab alone(stormy(), 7);
  Random random(7, "test");
  std::unique_ptr<Lab> kept = std::make_unique<Lab>(stormy(), 7, file.path.string());
  Random again(7, "test");
  for (int i = 0; i < 100; ++i) {
    ask(alone, random);
    ask(*kept, again);
    alone.pass(7s);
    kept->pass(7s);
    if (i % 9 == 4) { // killed here and started again
      const Instant at = kept->clock.at;
      kept.reset();
      SimulatedConfig config = stormy();
      auto next = std::make_unique<Lab>(config, 7);
      next->clock.at = at;
      auto model = Model::make(config, next->clock, 7, file.path.string());
      REQUIRE(model);
      next->model = *std::move(model);
      kept = std::move(next);
      REQUIRE(picture(*kept->model) == picture(*alone.model));
    }
  }
  CHECK(picture(*kept->model) == picture(*alone.model));
  CHECK(kept->model->crashes().size() > 0);
}

TEST_CASE("what a client was told is in the file before it is told", "[ledger]") {
  const LedgerFile file;
  Lab lab(kMixedLab);
  auto model = Model::make(lab_config(kMixedLab), lab.clock, 1, file.path.string());
  REQUIRE(model);
  lab.model = *std::move(model);
  REQUIRE(lab.migrate("web-01", "HV2").return_value == 4096);
  const std::string text = content(file.path); // nobody closed it
  CHECK(text.find("\n0 migrate 8 HV2 32768\n") != std::string::npos);
  CHECK(text.find(fmt::format("\n0 move 1 {} HV1 HV2\n", lab.model->guests()[8].id)) != std::string::npos);
}

TEST_CASE("a killed process goes on at the ledger's last instant or later, never before", "[ledger]") {
  const LedgerFile file;
  const Instant end = write_ledger(file);
  const auto last = ledger_last(file.path.string());
  REQUIRE(last);
  CHECK(*last > Instant{});
  CHECK(*last <= end);
  HandClock clock;
  const auto early = go_on(clock, *last - 1ns, file);
  REQUIRE_FALSE(early);
  CHECK(early.error().detail.find("the clock stands at") != std::string::npos);
  CHECK(go_on(clock, *last, file));
  CHECK(go_on(clock, end + 1h, file));
}

TEST_CASE("a ledger that is not there ends at zero", "[ledger]") {
  const LedgerFile file;
  CHECK(*ledger_last(file.path.string()) == Instant{});
  overwrite(file.path, "migstorm-lab-ledger engine=1\n");
  CHECK(*ledger_last(file.path.string()) == Instant{});
}

TEST_CASE("a ledger torn at any byte is gone on from", "[ledger][hostile]") {
  const LedgerFile file;
  const Instant end = write_ledger(file);
  const std::string whole = content(file.path);
  REQUIRE(whole.size() > 5000);
  const auto level = spdlog::get_level(); // it says each time that it dropped a line
  spdlog::set_level(spdlog::level::err);
  for (std::size_t size = 0; size < whole.size(); size += 1 + size / 40) {
    overwrite(file.path, whole.substr(0, size));
    INFO(size << " bytes");
    REQUIRE(ledger_last(file.path.string()));
    HandClock clock;
    const auto model = go_on(clock, end, file);
    if (!model) {
      FAIL(model.error().detail);
    }
    // What is in the file now is what was whole, and what followed from it.
    const std::size_t kept = size == 0 ? 0 : whole.substr(0, size).rfind('\n') + 1;
    CHECK(content(file.path).substr(0, kept) == whole.substr(0, kept));
    CHECK(content(file.path).back() == '\n');
  }
  spdlog::set_level(level);
}

TEST_CASE("a ledger of another seed, configuration or kind is refused", "[ledger][hostile]") {
  const LedgerFile file;
  const Instant end = write_ledger(file);
  HandClock clock;
  const auto other_seed = go_on(clock, end, file, 8);
  REQUIRE_FALSE(other_seed);
  CHECK(other_seed.error().code == Errc::malformed);
  clock.at = end;
  CHECK_FALSE(Model::make(lab_config(kMixedLab), clock, 7, file.path.string()));
  overwrite(file.path, "name: a scenario\nand: more\n");
  CHECK_FALSE(go_on(clock, end, file));
}

TEST_CASE("a ledger that contradicts itself is refused with the line", "[ledger][hostile]") {
  const LedgerFile file;
  const Instant end = write_ledger(file);
  const std::string whole = content(file.path);
  const auto refused = [&](const std::string& text) {
    overwrite(file.path, text);
    HandClock clock;
    const auto model = go_on(clock, end, file);
    return model ? std::string() : model.error().detail;
  };
  const std::string start =
      whole.substr(0, whole.find(" open\n") + 6); // the header, and the loads that began
  const auto line = fmt::format("line {} ", 1 + std::count(start.begin(), start.end(), '\n'));
  CHECK(refused(start + "0 migrate 99 HV2 32768\n").find(line + "is not a command") != std::string::npos);
  CHECK(refused(start + "nonsense\n").find(line + "is not a line") != std::string::npos);
  CHECK(refused(start + "5 crash X 1 0xd1\n").find(line + "is not a command") != std::string::npos);
  CHECK(refused(start + "0 %zz\n").find(line + "is not a line") != std::string::npos);
  CHECK(refused(start + "-5 open\n").find(line + "is older") != std::string::npos);
  CHECK(refused(start + std::string(100000, 'x') + "\n").find(line + "cannot be read") != std::string::npos);
  std::string changed = whole;
  const std::size_t place = changed.find(" landed ");
  REQUIRE(place != std::string::npos);
  changed.replace(place, 8, " failed ");
  CHECK(refused(changed).find("does not follow") != std::string::npos);
}

TEST_CASE("hostile names of hosts do not tear the ledger", "[ledger][hostile]") {
  const LedgerFile file;
  HandClock clock;
  {
    Lab lab(stormy(), 7, file.path.string());
    lab.migrate("web-01", "HV2\n0 move 9 X");
    lab.migrate("web-01", std::string("a%\0 b", 5));
    lab.migrate("web-01", "");
  }
  CHECK(go_on(clock, 1s, file));
}

TEST_CASE("a ledger that cannot be written stops the moves", "[ledger][hostile]") {
  HandClock clock;
  CHECK_FALSE(Model::make(stormy(), clock, 7, "/nonexistent/folder/ledger"));
  const std::string full = "/dev/full";
  if (std::filesystem::exists(full)) {
    CHECK_FALSE(Model::make(stormy(), clock, 7, full));
  }
}
