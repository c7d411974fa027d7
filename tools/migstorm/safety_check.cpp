#include "tools/migstorm/safety_check.hpp"

#include "harness/scenario/glob.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

namespace migstorm {

namespace {

using std::chrono::seconds;

// What the one door lets out.
constexpr std::array<std::string_view, 9> kKnownCalls = {"migrate",      "group",       "cancel",
                                                         "cancel-group", "schedule",    "unschedule",
                                                         "make-file",    "delete-file", "nmi"};
constexpr Span kLastLook = seconds(5);
constexpr Span kToNoMove = seconds(5); // from the breaker's cause to no new move

bool begins_a_move(const lab::LedgerChange& change) {
  return change.call == "migrate" || change.call == "group" || change.call == "schedule";
}

bool is_of_a_file(const lab::LedgerChange& change) {
  return change.call == "make-file" || change.call == "delete-file";
}

class SafetyCheck {
public:
  SafetyCheck(const SafetyInput& input, lab::Engine& engine) : in_(input), engine_(engine) {
    for (const PlanGuest& guest : in_.run.guests) {
      guests_.emplace(guest.id, &guest);
    }
  }

  std::vector<std::string> run() {
    for (const lab::LedgerChange& change : engine_.changes()) {
      check_call(change);
      if (is_of_a_file(change)) {
        check_file(change);
        continue;
      }
      if (change.call == "nmi") {
        check_canary(change);
        check_time(change);
        continue;
      }
      check_guest(change);
      if (begins_a_move(change)) {
        check_destination(change);
        check_hardware(change);
        check_time(change);
      }
    }
    check_home();
    check_files_gone();
    return std::move(sentences_);
  }

private:
  void say(const lab::LedgerChange& change, std::string_view what) {
    sentences_.push_back(fmt::format(
        "{} of {} to {} at {} s: {}", change.call, change.guest.empty() ? "?" : change.guest,
        change.to.empty() ? "?" : change.to, std::chrono::duration_cast<seconds>(change.at).count(), what));
  }

  void check_call(const lab::LedgerChange& change) {
    if (std::find(kKnownCalls.begin(), kKnownCalls.end(), change.call) == kKnownCalls.end()) {
      say(change, "no such call goes through the door");
    }
  }

  void check_file(const lab::LedgerChange& change) {
    const std::string name = change.to.substr(change.to.rfind('\\') + 1);
    if (!name.starts_with("migstorm-")) {
      say(change, "the file is not ours");
    }
    const auto& allowed = in_.lab.allowed_volumes;
    if (!allowed.empty() && std::none_of(allowed.begin(), allowed.end(), [&](const std::string& pattern) {
          return glob_match(pattern, change.to) || glob_match(pattern + "\\*", change.to);
        })) {
      say(change, "allow: does not name the volume");
    }
    if (change.call == "make-file") {
      files_.insert(change.to);
    } else {
      files_.erase(change.to);
    }
  }

  // A run that has ended leaves nothing behind, or says what.
  void check_files_gone() {
    const bool told =
        std::any_of(in_.run.conditions.begin(), in_.run.conditions.end(),
                    [](const Condition& each) { return each.what == "lease file" && each.differs(); });
    if (in_.run.end && !in_.run.end->resumable && !files_.empty() && !told) {
      sentences_.push_back(fmt::format("{} was left behind", *files_.begin()));
    }
  }

  void check_guest(const lab::LedgerChange& change) {
    if (change.guest.empty()) {
      if (begins_a_move(change)) {
        say(change, "a move of a guest that the cluster does not know");
      }
      return;
    }
    const auto planned = guests_.find(change.guest);
    if (planned == guests_.end()) {
      say(change, "the guest is not in the plan");
      return;
    }
    const std::string& name = planned->second->name;
    const auto matches = [&](const std::string& pattern) {
      return glob_match(pattern, name) || equal_without_case(pattern, change.guest);
    };
    const LabFile& lab = in_.lab;
    const bool by_guid =
        std::any_of(lab.allowed_guests.begin(), lab.allowed_guests.end(),
                    [&](const auto& pattern) { return equal_without_case(pattern, change.guest); });
    if (std::any_of(lab.never.begin(), lab.never.end(), matches)) {
      say(change, "never: names the guest");
    }
    if (!lab.allowed_guests.empty() &&
        std::none_of(lab.allowed_guests.begin(), lab.allowed_guests.end(), matches)) {
      say(change, "allow: does not name the guest");
    }
    if (!by_guid && change.notes.find(lab.mark) == std::string::npos) {
      say(change, "the guest does not carry the mark");
    }
    if (!glob_match(in_.scenario.guests_match, name)) {
      say(change, "the scenario does not match the guest");
    }
  }

  // What is crashed on purpose.
  void check_canary(const lab::LedgerChange& change) {
    const LabFile& lab = in_.lab;
    if (!in_.scenario.self_test.nmi) {
      say(change, "the scenario asks for no self-test");
    }
    if (std::none_of(lab.canaries.begin(), lab.canaries.end(),
                     [&](const std::string& each) { return equal_without_case(each, change.guest); })) {
      say(change, "canary: does not list the guest");
    }
    if (change.notes.find(lab.mark + "-canary") == std::string::npos) {
      say(change, "the guest does not carry the mark of a canary");
    }
    if (guests_.count(change.guest) != 0 || glob_match(in_.scenario.guests_match, change.name)) {
      say(change, "it is a guest that the scenario moves");
    }
    if (std::any_of(lab.never.begin(), lab.never.end(), [&](const std::string& pattern) {
          return glob_match(pattern, change.name) || equal_without_case(pattern, change.guest);
        })) {
      say(change, "never: names the guest");
    }
    if (last_crash_ && change.at - *last_crash_ < in_.scenario.self_test.every) {
      say(change, "it is not yet time for another one");
    }
    last_crash_ = change.at;
  }

  void check_destination(const lab::LedgerChange& change) {
    const auto& allowed = in_.lab.allowed_hosts;
    const std::string host = change.to.substr(0, change.to.find('.'));
    if (!allowed.empty() && std::none_of(allowed.begin(), allowed.end(), [&](const std::string& pattern) {
          return glob_match(pattern, host);
        })) {
      say(change, "allow: does not name the host");
    }
  }

  void check_hardware(const lab::LedgerChange& change) {
    for (const std::string& what : change.against) {
      say(change, "the guest has " + what);
    }
  }

  void check_time(const lab::LedgerChange& change) {
    if (!in_.hours.open(in_.epoch + change.at)) {
      say(change, "no window is open");
    }
    for (const lab::LedgerTrouble& trouble : engine_.troubles()) {
      if (change.at > trouble.from + kToNoMove && change.at < trouble.to) {
        say(change, fmt::format("{} since {} s", trouble.what,
                                std::chrono::duration_cast<seconds>(change.at - trouble.from).count()));
      }
    }
  }

  // While the run took its last look, others may already have had their hands on the guest, or it was on its
  // way by their doing.
  bool touched_lately(const std::string& guest, Instant end) const {
    const auto late = [end](Instant at) { return at > end - kLastLook; };
    return std::any_of(engine_.troubles().begin(), engine_.troubles().end(),
                       [&](const lab::LedgerTrouble& trouble) {
                         return late(trouble.from) && trouble.what == "removed " + guest;
                       }) ||
           std::any_of(engine_.moves().begin(), engine_.moves().end(), [&](const lab::LedgerMove& move) {
             return move.foreign && move.guest == guest && (late(move.ended) || move.ended == Instant{});
           });
  }

  // Where the run ended by itself and was to bring guests home.
  void check_home() {
    const auto& end = in_.run.end;
    if (!end || end->resumable || !in_.scenario.restore_placement) {
      return;
    }
    const std::map<std::string, std::string> owners = engine_.owners();
    for (const PlanGuest& guest : in_.run.guests) {
      const auto owner = owners.find(guest.id);
      const bool home = owner != owners.end() && equal_without_case(owner->second, guest.host);
      const bool told =
          std::any_of(in_.run.conditions.begin(), in_.run.conditions.end(), [&](const Condition& each) {
            return each.subject == guest.name && each.what == "host" && each.differs();
          });
      if (!home && !told && !touched_lately(guest.id, end->at)) {
        sentences_.push_back(
            fmt::format("{} is not at home on {}, and no difference says so", guest.name, guest.host));
      }
    }
  }

  const SafetyInput& in_;
  lab::Engine& engine_;
  std::map<std::string, const PlanGuest*, std::less<>> guests_;
  std::set<std::string> files_;       // of ours that are there
  std::optional<Instant> last_crash_; // that was provoked
  std::vector<std::string> sentences_;
};

} // namespace

std::vector<std::string> unsafe_acts(const SafetyInput& input, lab::Engine& engine) {
  return SafetyCheck(input, engine).run();
}

} // namespace migstorm
