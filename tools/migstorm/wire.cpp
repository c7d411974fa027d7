#include "tools/migstorm/wire.hpp"

#include "harness/gather/kept_picture.hpp"
#include "harness/hyperv/wsman_cluster.hpp"
#include "harness/journal/archive.hpp"
#include "harness/journal/lease.hpp"
#include "harness/journal/sqlite_journal.hpp"
#include "harness/runtime/asio_runtime.hpp"
#include "harness/runtime/sim_runtime.hpp"
#include "tools/migstorm/check_cluster.hpp"
#include "tools/migstorm/clock.hpp"
#include "tools/migstorm/crash_check.hpp"
#include "tools/migstorm/drive.hpp"
#include "tools/migstorm/embedded_lab.hpp"
#include "tools/migstorm/evidence.hpp"
#include "tools/migstorm/guest_dumps.hpp"
#include "tools/migstorm/interrupts.hpp"
#include "tools/migstorm/lab_transport.hpp"
#include "tools/migstorm/ledger_check.hpp"
#include "tools/migstorm/remembered.hpp"
#include "tools/migstorm/safety_check.hpp"
#include "tools/migstorm/show_plan.hpp"
#include "tools/migstorm/transports.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <random>
#include <utility>

namespace migstorm {

namespace {

std::uint64_t new_seed() {
  std::random_device device;
  return device(); // 32 bits: short enough to be read out to somebody
}

void log_requests(const lab::wsman::Endpoint& endpoint) {
  for (const auto& [kind, count] : endpoint.counts()) {
    spdlog::debug("{:>8} {}", count, kind);
  }
}

// What simulated guests leave behind; kept only where the journal is.
class GuestFolder {
public:
  GuestFolder(std::string path, bool keep) : path_(std::move(path)), keep_(keep) {}
  ~GuestFolder() {
    std::error_code ignored;
    if (!keep_) {
      std::filesystem::remove_all(path_, ignored);
    }
  }
  GuestFolder(const GuestFolder&) = delete;
  GuestFolder& operator=(const GuestFolder&) = delete;
  const std::string& path() const noexcept { return path_; }

private:
  std::string path_;
  bool keep_;
};

struct Session {
  RunInput files;
  RunSettings settings;
  std::uint64_t seed = 1;
  std::optional<LoadedRun> resumed;
};

Result<AsioOptions> clock_options(const Session& session) {
  AsioOptions options;
  const LabInput& lab = session.files.lab;
  options.seed = session.seed;
  options.lockstep = lab.embedded();
  options.clock_factor = options.lockstep ? 1 : lab.lab.clock_factor;
  const CivilTime civil = scaled_civil(std::chrono::system_clock::now(), options.clock_factor);
  options.epoch = session.resumed ? session.resumed->run.epoch : civil;
  if (!session.resumed) {
    return options;
  }
  options.start = session.resumed->last;
  if (!options.lockstep) {
    options.start = std::max(options.start, civil - options.epoch); // real time has passed meanwhile
    return options;
  }
  const Result<Instant> ledger =
      lab::ledger_last(ledger_path(session.settings.journal, session.resumed->run.id));
  if (!ledger) {
    return ledger.error();
  }
  options.start = std::max(options.start, *ledger);
  return options;
}

// Waiting for the disk guards against power cuts. A simulated cluster, on loopback, does not outlive one
// either, whatever the journal says of it; being killed loses nothing in both.
Result<std::unique_ptr<Journal>> open_for(Runtime& runtime, const Session& session) {
  JournalOptions options;
  options.durable = !session.files.lab.simulated;
  if (session.resumed) {
    options.resume = session.resumed->run.id;
  }
  return open_journal(runtime, session.settings.journal, options);
}

// A cluster within reach, and what has to live as long as it.
struct Reach {
  std::unique_ptr<RuntimeClock> clock;
  std::unique_ptr<EmbeddedLab> lab; // null: not ours to serve
  Connections connections;
  std::unique_ptr<hyperv::Cluster> cluster;
};

// An embedded lab writes its ledger and its guests' dumps beside the journal, under the run's id; without one
// it keeps nothing.
Status serve_embedded(AsioRuntime& runtime, Session& session, const std::string& run, Reach& reach) {
  reach.clock = std::make_unique<RuntimeClock>(runtime);
  std::string ledger;
  if (!run.empty()) {
    ledger = ledger_path(session.settings.journal, run);
    if (Status dumps = leave_dumps_in(dumps_path(session.settings.journal, run), session.files.lab); !dumps) {
      return dumps;
    }
  }
  Result<std::unique_ptr<EmbeddedLab>> made =
      EmbeddedLab::make(session.files.lab, *reach.clock, session.seed, ledger);
  if (!made) {
    return std::move(made).error();
  }
  reach.lab = *std::move(made);
  if (Status serving = reach.lab->serve(0); !serving) {
    return serving;
  }
  reach.lab->point_to_server(session.files.lab.lab);
  return Unit{};
}

Result<Reach> reach_cluster(AsioRuntime& runtime, Session& session, const std::string& run) {
  const RunSettings& settings = session.settings;
  if (!settings.confirmed_credential.empty()) {
    if (Status forgotten =
            forget_rejection(settings.journal, lab_key(session.files.lab.lab), settings.confirmed_credential);
        !forgotten) {
      return std::move(forgotten).error();
    }
  }
  if (Status good = refuse_rejected(settings.journal, session.files.lab.lab); !good) {
    return std::move(good).error();
  }
  Reach reach;
  if (session.files.lab.embedded()) {
    if (Status served = serve_embedded(runtime, session, run, reach); !served) {
      return std::move(served).error();
    }
  }
  Result<Connections> connections = make_connections(runtime, session.files.lab.lab);
  if (!connections) {
    return std::move(connections).error();
  }
  reach.connections = *std::move(connections);
  reach.cluster = hyperv::make_wsman_cluster(runtime, session.files.lab.lab, reach.connections.transports);
  return reach;
}

// So that no later run tries them again by itself.
void keep_rejections(const Runtime& runtime, const Reach& reach, const std::string& journal,
                     const std::string& lab) {
  for (RejectedCredential& one : reach.connections.rejected()) {
    one.at = runtime.civil_now();
    if (const Status kept = remember_rejection(journal, lab, one); !kept) {
      spdlog::error("the rejection of {} could not be remembered: {}", one.credential, kept.error().detail);
    }
  }
}

gather::RetentionPolicy retention_of(const Scenario& scenario) {
  return {scenario.collect_keep, scenario.collect_per_signature};
}

// A dump that came home is worth little without what happened around it.
void keep_evidence(const std::string& journal, const std::string& run, const LabFile& lab) {
  const Result<LoadedRun> loaded = load_run(journal, run);
  for (std::size_t i = 0; loaded && i < loaded->crashes.size(); ++i) {
    if (const Status written = write_evidence(journal, *loaded, lab, loaded->crashes[i]); !written) {
      spdlog::error("the evidence of crash {} could not be written: {}", loaded->crashes[i].number,
                    written.error().detail);
    }
  }
}

Result<RunOutcome> on_sockets(Session session) {
  const Result<AsioOptions> options = clock_options(session);
  if (!options) {
    return options.error();
  }
  AsioRuntime runtime(*options);
  const std::string run = session.resumed ? session.resumed->run.id : make_run_id(runtime);
  std::optional<Lease> alone; // a simulated cluster of this process is nobody else's
  if (!session.files.lab.embedded()) {
    Result<Lease> lease = Lease::take_cluster(lab_key(session.files.lab.lab));
    if (!lease) {
      return std::move(lease).error();
    }
    alone.emplace(*std::move(lease));
  }
  Result<std::unique_ptr<Journal>> journal = open_for(runtime, session);
  if (!journal) {
    return std::move(journal).error();
  }
  Result<Reach> reach = reach_cluster(runtime, session, run);
  if (!reach) {
    return std::move(reach).error();
  }
  const LabFile lab_file = session.files.lab.lab;
  Result<std::unique_ptr<GuestDumps>> dumps =
      open_guest_dumps(runtime, lab_file, evidence_path(lab_file, session.settings.journal, run),
                       retention_of(session.files.scenario), &reach->connections);
  if (!dumps) {
    return std::move(dumps).error();
  }
  const auto pictures =
      gather::make_picture_keeper(runtime, evidence_path(lab_file, session.settings.journal, run));
  Stop stop(runtime);
  stop_on_signals(runtime, stop);
  ProgressView view(session.settings.quiet);
  spdlog::info("run {}, seed {}", run, session.seed);
  const RunSettings settings = session.settings;
  const std::string lab = lab_key(session.files.lab.lab);
  const Acceptance acceptance{settings.journal, session.files.scenario, session.files.lab.lab,
                              settings.attended, runtime.civil_now()};
  DriveInput input;
  input.honour_windows = !session.files.lab.embedded() || settings.honour_windows;
  input.break_lease = session.settings.break_lease;
  input.skip_preflight = session.settings.skip_preflight;
  input.move = session.settings.move;
  input.files = std::move(session.files);
  input.run_id = run;
  input.seed = session.seed;
  input.resumed = std::move(session.resumed);
  input.dumps = (*dumps)->reader();
  input.pictures = pictures.get();
  input.accept = [&acceptance](const std::vector<PlanGuest>& guests) {
    return accept_guests(acceptance, guests);
  };
  Result<RunEnd> end = drive(runtime, *reach->cluster, **journal, stop, std::move(input), view);
  keep_evidence(settings.journal, run, lab_file);
  keep_rejections(runtime, *reach, settings.journal, lab);
  if (reach->lab) {
    log_requests(reach->lab->endpoint());
  }
  if (!end) {
    return std::move(end).error().within("run " + run);
  }
  return RunOutcome{run, *std::move(end)};
}

} // namespace

std::string dumps_path(const std::string& journal, const std::string& run) {
  return fmt::format("{}.{}.guests", journal, run);
}

std::string ledger_path(const std::string& journal, const std::string& run) {
  return fmt::format("{}.{}.ledger", journal, run);
}

Result<RunOutcome> run_on_sockets(RunInput files, const RunSettings& settings) {
  const std::uint64_t seed = settings.seed ? *settings.seed : new_seed();
  return on_sockets(Session{std::move(files), settings, seed, std::nullopt});
}

Result<report::PlanReport> plan_on_sockets(RunInput files, const RunSettings& settings) {
  Session session{std::move(files), settings, settings.seed ? *settings.seed : new_seed(), std::nullopt};
  const Result<AsioOptions> options = clock_options(session);
  if (!options) {
    return options.error();
  }
  AsioRuntime runtime(*options);
  Result<Reach> reach = reach_cluster(runtime, session, {});
  if (!reach) {
    return std::move(reach).error();
  }
  const std::string lab = lab_key(session.files.lab.lab);
  Result<report::PlanReport> plan =
      show_plan(runtime, *reach->cluster,
                PlanInput{session.files, session.seed, settings.journal, settings.honour_windows});
  keep_rejections(runtime, *reach, settings.journal, lab);
  return plan;
}

Result<std::vector<preflight::Finding>> check_on_sockets(RunInput files, const RunSettings& settings,
                                                         bool connections_only) {
  Session session{std::move(files), settings, 1, std::nullopt};
  const Result<AsioOptions> options = clock_options(session);
  if (!options) {
    return options.error();
  }
  AsioRuntime runtime(*options);
  Result<Reach> reach = reach_cluster(runtime, session, {});
  if (!reach) {
    return std::move(reach).error();
  }
  std::vector<preflight::Finding> findings =
      check_cluster(runtime, *reach->cluster, session.files, connections_only);
  keep_rejections(runtime, *reach, settings.journal, lab_key(session.files.lab.lab));
  return findings;
}

Result<RunOutcome> resume_on_sockets(const std::string& run, const RunSettings& settings) {
  Result<LoadedRun> loaded = load_run(settings.journal, run);
  if (!loaded) {
    return std::move(loaded).error();
  }
  Result<RunInput> files = restore_run(loaded->run.scenario_source, loaded->run.scenario_path,
                                       loaded->run.lab_source, loaded->run.lab_path);
  if (!files) {
    return std::move(files).error();
  }
  const std::uint64_t seed = loaded->run.seed;
  return on_sockets(Session{*std::move(files), settings, seed, *std::move(loaded)});
}

Result<SimOutcome> simulate(RunInput files, const RunSettings& settings) {
  if (!files.lab.simulated) {
    return Error{Errc::malformed,
                 fmt::format("{} is the lab file of a real cluster; only a simulated one can be run in "
                             "virtual time",
                             files.lab.lab.path)};
  }
  SimOptions options;
  options.seed = settings.seed ? *settings.seed : 1;
  SimRuntime runtime(options);
  Session session{std::move(files), settings, options.seed, std::nullopt};
  Result<std::unique_ptr<Journal>> journal = open_for(runtime, session);
  if (!journal) {
    return std::move(journal).error();
  }
  RuntimeClock clock(runtime);
  const std::string run = make_run_id(runtime);
  const std::string ledger = settings.keep_ledger ? ledger_path(settings.journal, run) : std::string();
  const GuestFolder guests(dumps_path(settings.journal, run), settings.keep_ledger);
  if (Status left = leave_dumps_in(guests.path(), session.files.lab); !left) {
    return std::move(left).error();
  }
  Result<std::unique_ptr<EmbeddedLab>> lab =
      EmbeddedLab::make(session.files.lab, clock, options.seed, ledger);
  if (!lab) {
    return std::move(lab).error();
  }
  const auto cluster = hyperv::make_wsman_cluster(
      runtime, session.files.lab.lab, make_lab_factory(runtime, (*lab)->endpoint(), session.files.lab.lab));
  const std::string kept = settings.keep_ledger ? evidence_path(session.files.lab.lab, settings.journal, run)
                                                : guests.path() + "/evidence";
  Result<std::unique_ptr<GuestDumps>> dumps =
      open_guest_dumps(runtime, session.files.lab.lab, kept, retention_of(session.files.scenario), nullptr);
  if (!dumps) {
    return std::move(dumps).error();
  }
  const auto pictures = gather::make_picture_keeper(runtime, kept);
  Stop stop(runtime);
  ProgressView view(settings.quiet);
  const SignalWatch signals;
  const Scenario scenario = session.files.scenario;
  const LabFile lab_file = session.files.lab.lab;
  const bool renames =
      session.files.lab.simulated->foreign[static_cast<std::size_t>(lab::Foreign::rename)].armed;
  DriveInput input;
  input.files = std::move(session.files);
  input.run_id = run;
  input.seed = options.seed;
  input.dumps = (*dumps)->reader();
  input.skip_preflight = settings.skip_preflight;
  input.move = settings.move;
  input.pictures = pictures.get();
  input.each_turn = [&signals, &stop] { signals.forward(stop); };
  Result<RunEnd> end = drive(runtime, *cluster, **journal, stop, std::move(input), view);
  if (!end) {
    return std::move(end).error().within("run " + run);
  }
  log_requests((*lab)->endpoint());
  journal->reset();
  const Result<LoadedRun> loaded = load_run(settings.journal, run);
  if (!loaded) {
    return loaded.error();
  }
  lab::Engine& engine = (*lab)->engine();
  engine.advance();
  SimOutcome outcome{{run, *std::move(end)}, engine.violations(), {}};
  for (std::string& sentence : compare_with_ledger(*loaded, engine.moves())) {
    outcome.violations.push_back(std::move(sentence));
  }
  CrashCheck crashes = check_crashes(CrashCheckInput{*loaded, lab_file, scenario.watch.off, renames}, engine);
  for (std::string& sentence : crashes.violations) {
    outcome.violations.push_back(std::move(sentence));
  }
  outcome.noticed_after = std::move(crashes.noticed_after);
  const Result<OpeningHours> hours = OpeningHours::make(scenario.run_window, scenario.run_except);
  if (!hours) {
    return hours.error();
  }
  for (std::string& sentence :
       unsafe_acts(SafetyInput{*loaded, scenario, lab_file, *hours, runtime.epoch()}, engine)) {
    outcome.violations.push_back(std::move(sentence));
  }
  return outcome;
}

} // namespace migstorm
