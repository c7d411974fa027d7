#include "tools/make_dump/make_dump.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <exception>
#include <iostream>

namespace {

using namespace migstorm;
using namespace migstorm::make_dump;

constexpr int kExitMade = 0;
constexpr int kExitUsage = 2;
constexpr int kExitEnvironment = 3;

struct Arguments {
  std::string kind;
  std::string out;
  std::vector<std::string> spoils;
  std::string machine = "x64";
  std::string symbols;
  bool describe = false;
  CrashFacts facts;
};

template <class Values>
std::vector<std::string> names(const Values& values) {
  std::vector<std::string> all;
  all.reserve(values.size());
  for (const auto value : values) {
    all.emplace_back(to_string(value));
  }
  return all;
}

void declare(CLI::App& app, Arguments& arguments) {
  auto* kind = app.add_option("--kind", arguments.kind, "Kind of dump");
  kind->check(CLI::IsMember(names(all_kinds())));
  kind->needs(app.add_option("--out", arguments.out, "Where to write it; an older file is replaced"));
  app.get_option("--out")->needs(kind);
  app.add_option("--machine", arguments.machine, "What crashed")
      ->check(CLI::IsMember(names(all_architectures())))
      ->capture_default_str();
  app.add_option("--memory", arguments.facts.memory, "RAM, as 64MiB or 64GiB; the file is sparse")
      ->transform(CLI::AsSizeValue(false))
      ->default_str("64MiB");
  app.add_option("--spoil", arguments.spoils, "What is wrong with it; may be given more than once")
      ->check(CLI::IsMember(names(all_spoils())));
  app.add_option("--seed", arguments.facts.seed, "Where images and stacks lie")->capture_default_str();
  app.add_option("--build", arguments.facts.build, "Number of the system's build")->capture_default_str();
  app.add_option("--processors", arguments.facts.processors, "From 1 to 64")->capture_default_str();
  app.add_option("--symbols", arguments.symbols, "Also lay out images and PDBs there, as a symbol store");
  app.add_flag("--describe", arguments.describe, "Print what was laid out: bugcheck, modules, stack");
  app.footer(
      "The dumped machine runs a small kernel of our own, and the same arguments give the same bytes.\n"
      "Exit codes: 0 made; 2 usage; 3 a file could not be written.");
}

int complain(const Error& error) {
  std::cerr << "make_dump: " << error.detail << '\n';
  return error.code == Errc::storage ? kExitEnvironment : kExitUsage;
}

void describe(const CrashDump& dump) {
  const auto& parameters = dump.bugcheck.parameters;
  fmt::print("bugcheck {:#x} ({:#x}, {:#x}, {:#x}, {:#x})\n", dump.bugcheck.code, parameters[0],
             parameters[1], parameters[2], parameters[3]);
  for (const LaidModule& module : dump.modules) {
    fmt::print("module {:016x} {:08x} {:08x} {}\n", module.base, module.size, module.timestamp, module.name);
  }
  for (const LaidFrame& frame : dump.stack) {
    fmt::print("frame {:016x} {:016x} {}!{}+{:#x}\n", frame.stack_pointer, frame.address, frame.module,
               frame.function, frame.offset);
  }
}

int make(const Arguments& arguments) {
  DumpOptions options;
  options.kind = *kind_from(arguments.kind);
  for (const std::string& spoil : arguments.spoils) {
    options.spoils.insert(*spoil_from(spoil));
  }
  CrashFacts facts = arguments.facts;
  facts.architecture = *architecture_from(arguments.machine);
  const Result<CrashDump> dump = make_dump::make_dump(facts, options);
  if (!dump) {
    return complain(dump.error());
  }
  if (const Status written = dump->file.write_to(arguments.out); !written) {
    return complain(written.error());
  }
  if (arguments.describe) {
    describe(*dump);
  }
  return kExitMade;
}

int run_program(int argc, char** argv) {
  CLI::App app("make_dump: Windows kernel crash dumps to test with", "make_dump");
  Arguments arguments;
  declare(app, arguments);
  try {
    app.parse(argc, argv);
    if (arguments.kind.empty() && arguments.symbols.empty()) {
      throw CLI::RequiredError("--kind and --out, or --symbols");
    }
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitMade : kExitUsage;
  }
  if (!arguments.symbols.empty()) {
    if (const Status written = write_symbol_store(arguments.symbols); !written) {
      return complain(written.error());
    }
  }
  return arguments.kind.empty() ? kExitMade : make(arguments);
}

} // namespace

int main(int argc, char** argv) {
  try {
    return run_program(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "make_dump: " << error.what() << '\n';
    return kExitEnvironment;
  }
}
