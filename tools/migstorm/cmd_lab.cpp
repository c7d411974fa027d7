#include "harness/report/json.hpp"
#include "tools/migstorm/clock.hpp"
#include "tools/migstorm/command.hpp"
#include "tools/migstorm/embedded_lab.hpp"
#include "tools/migstorm/inputs.hpp"
#include "tools/migstorm/read_run.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <csignal>
#include <cstdio>
#include <memory>

namespace migstorm {

namespace {

struct LabOptions {
  std::string file;
  std::string ledger;
  std::uint64_t seed = 1;
  std::optional<std::uint16_t> port;
  bool arm_faults = false;
};

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

void print_endpoints(const LabFile& file) {
  for (const auto* machines : {&file.hosts, &file.guests}) {
    for (const Endpoint& machine : *machines) {
      fmt::print("{:<12} {}\n", machine.name, machine.url);
    }
  }
  if (std::fflush(stdout) != 0) {
    spdlog::warn("the addresses could not be written to standard output");
  }
}

void print_counts(const lab::RequestCounts& counts) {
  report::JsonWriter writer;
  writer.begin_object().member("schema", 1).key("requests").begin_object();
  for (const auto& [kind, count] : counts) {
    writer.member(kind, count);
  }
  writer.end_object().end_object();
  fmt::print("{}", std::move(writer).finish());
}

// In lockstep only a harness in the same process can move the clock; alone, time is real.
std::uint32_t factor_of(const LabFile& file) {
  return file.clock == ClockMode::lockstep ? 1 : file.clock_factor;
}

int serve(LabInput& input, const LabOptions& options) {
  // Before any thread is started: they inherit the mask, and the signals wait for sigwait().
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const Result<Instant> start = lab::ledger_last(options.ledger);
  if (!start) {
    return complain(start.error());
  }
  ScaledClock clock(factor_of(input.lab), *start);
  Result<std::unique_ptr<EmbeddedLab>> made = EmbeddedLab::make(input, clock, options.seed, options.ledger);
  if (!made) {
    return complain(made.error());
  }
  EmbeddedLab& lab = **made;
  if (Status serving = lab.serve(options.port); !serving) {
    return complain(serving.error());
  }
  lab.point_to_server(input.lab);
  print_endpoints(input.lab);
  int number = 0;
  sigwait(&signals, &number);
  lab.stop_serving();
  print_counts(lab.endpoint().counts());
  return kExitPassed;
}

int run_lab(const LabOptions& options) {
  Result<Checked<LabInput>> loaded = load_lab(options.file);
  if (!loaded) {
    return complain(loaded.error());
  }
  if (!report_problems(loaded->diagnostics)) {
    return kExitUsage;
  }
  LabInput& input = loaded->value;
  if (!input.simulated) {
    return complain(
        Error{Errc::malformed, fmt::format("{} has no `simulated:` part; it is the lab file of a real "
                                           "cluster",
                                           options.file)});
  }
  if (options.arm_faults) {
    input.arm_every_fault();
  }
  return serve(input, options);
}

} // namespace

void add_lab(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("lab", "Serve a simulated Hyper-V cluster until interrupted");
  auto options = std::make_shared<LabOptions>();
  command->add_option("file", options->file, "A lab file with a `simulated:` part; default: the built-in one")
      ->type_name("LABFILE");
  command->add_option("--seed", options->seed, "What the cluster draws from")
      ->type_name("N")
      ->capture_default_str();
  command->add_option("--ledger", options->ledger, "Keep the cluster's record here, and go on from it")
      ->type_name("FILE");
  command
      ->add_option("--port", options->port,
                   "Listen on this port instead of the lab file's; 0: any that is free")
      ->type_name("PORT");
  command->add_flag("--arm-faults", options->arm_faults, "Let the seed arm every fault");
  command->footer(
      "Prints where each machine listens; when it is stopped, the requests it answered by kind, as JSON.");
  command->callback([options, &action] { action = [options] { return run_lab(*options); }; });
}

} // namespace migstorm
