#include "harness/journal/memory.hpp"
#include "harness/report/json.hpp"
#include "harness/report/words.hpp"
#include "tools/migstorm/command.hpp"
#include "tools/migstorm/dump_ways.hpp"
#include "tools/migstorm/inputs.hpp"
#include "tools/migstorm/read_run.hpp"
#include "tools/migstorm/remembered.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>

namespace migstorm {

namespace {

struct WaysOptions {
  std::string lab;
  std::string journal;
  std::string confirmed_credential;
  std::vector<std::string> guests;
  bool json = false;
};

struct Tried {
  std::string guest;
  std::string way;
  std::string why_not; // empty: reached
};

std::vector<Tried> try_all(const DumpWays& ways, const LabFile& lab, const std::vector<std::string>& guests) {
  std::vector<Tried> tried;
  for (const std::string& name : guests) {
    const std::string address = guest_address(lab, name);
    for (const auto& way : ways.ways) {
      const Status reached = way->reach({name, address.empty() ? name : address});
      tried.push_back({name, way->text(), reached ? std::string() : reached.error().detail});
    }
  }
  return tried;
}

std::vector<std::string> guests_of(const WaysOptions& options, const LabFile& lab) {
  std::vector<std::string> names = options.guests;
  if (names.empty()) {
    std::transform(lab.guests.begin(), lab.guests.end(), std::back_inserter(names),
                   [](const Endpoint& guest) { return guest.name; });
  }
  return names;
}

void print(const std::vector<Tried>& tried, bool as_json) {
  if (!as_json) {
    for (const Tried& one : tried) {
      fmt::print("{:<16} {:<12} {}{}{}\n", report::printable(one.guest),
                 one.why_not.empty() ? "reached" : "not reached", report::printable(one.way),
                 one.why_not.empty() ? "" : ": ", report::printable(one.why_not));
    }
    return;
  }
  report::JsonWriter json;
  json.begin_object().member("schema", 1).key("ways").begin_array();
  for (const Tried& one : tried) {
    json.begin_object()
        .member("guest", one.guest)
        .member("way", one.way)
        .member("reached", one.why_not.empty());
    json.key("why").text_or_null(one.why_not).end_object();
  }
  json.end_array().end_object();
  fmt::print("{}", std::move(json).finish());
}

// So that no run tries them again by itself.
void keep_rejections(const WaysOptions& options, const LabFile& lab, const DumpWays& ways) {
  const auto now = std::chrono::time_point_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now());
  for (const auto& account : ways.accounts) {
    if (account->rejected_by().empty()) {
      continue;
    }
    const Status kept = remember_rejection(options.journal, lab_key(lab),
                                           {account->credential, account->user, account->rejected_by(), now});
    if (!kept) {
      spdlog::error("the rejection of {} could not be remembered: {}", account->credential,
                    kept.error().detail);
    }
  }
}

int exit_for(const std::vector<Tried>& tried, const std::vector<std::string>& guests) {
  const bool all = std::all_of(guests.begin(), guests.end(), [&tried](const std::string& guest) {
    return std::any_of(tried.begin(), tried.end(),
                       [&guest](const Tried& one) { return one.guest == guest && one.why_not.empty(); });
  });
  return all ? kExitPassed : kExitEnvironment;
}

int ways(const WaysOptions& options) {
  const Result<Checked<LabInput>> loaded = load_lab(options.lab);
  if (!loaded) {
    return complain(loaded.error());
  }
  if (!report_problems(loaded->diagnostics)) {
    return kExitUsage;
  }
  const LabFile& lab = loaded->value.lab;
  const std::vector<std::string> guests = guests_of(options, lab);
  if (lab.gather.ways.empty() || guests.empty()) {
    return complain(
        Error{Errc::malformed, lab.gather.ways.empty()
                                   ? "the lab file names no way to dumps (gather: {ways: ...})"
                                   : "no guest is listed in the lab file; name some with --guest"});
  }
  if (!options.confirmed_credential.empty()) {
    if (const Status forgotten =
            forget_rejection(options.journal, lab_key(lab), options.confirmed_credential);
        !forgotten) {
      return complain(forgotten.error());
    }
  }
  if (const Status good = refuse_rejected(options.journal, lab); !good) {
    return complain(good.error());
  }
  const Result<DumpWays> made = make_dump_ways(lab);
  if (!made) {
    return complain(made.error());
  }
  const std::vector<Tried> tried = try_all(*made, lab, guests);
  keep_rejections(options, lab, *made);
  print(tried, options.json);
  return exit_for(tried, guests);
}

} // namespace

void add_ways(CLI::App& app, Action& action) {
  CLI::App* command = app.add_subcommand("ways", "Try every way to the guests' dumps; changes nothing");
  auto options = std::make_shared<WaysOptions>();
  command->add_option("--lab", options->lab, "The lab file")->required()->type_name("FILE");
  command
      ->add_option("--guest", options->guests,
                   "A guest's name, repeatable; default: those the lab file lists")
      ->type_name("NAME");
  command->add_flag("--json", options->json, "As JSON");
  add_journal_option(*command, options->journal);
  add_confirm_option(*command, options->confirmed_credential);
  command->footer(
      "Exit codes: 0 every guest is reached by some way; 2 a faulty lab file; 3 some are not reached.");
  command->callback([options, &action] { action = [options] { return ways(*options); }; });
}

} // namespace migstorm
