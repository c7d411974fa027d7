#include "analyzers/triage/culprit.hpp"

#include "analyzers/triage/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::triage {
namespace {

class Search {
public:
  Search(const CulpritQuestion& question, std::vector<std::string>& trace)
      : question_(question), rules_(question.rules), trace_(trace) {}

  Culprit run() {
    if (question_.bugcheck != nullptr && question_.bugcheck->witness) {
      note("this bugcheck finds harm that was done earlier: the culprit is a witness first of all");
    }
    const std::size_t first = where_to_begin();
    if (settled_) {
      return std::move(culprit_);
    }
    walk(first);
    return found_ ? std::move(culprit_) : fall_back();
  }

private:
  void note(std::string line) { trace_.push_back(std::move(line)); }

  bool is_system(const Place& place) const {
    return first_match(rules_.system_modules, place.module) != nullptr;
  }

  // The frame that the bugcheck itself names, or the one below the trap, or the top.
  std::size_t where_to_begin() {
    const std::optional<Place>& named = question_.instruction;
    if (named && named->in_module()) {
      const auto& frames = question_.frames;
      const auto at = std::find_if(frames.begin(), frames.end(), [&named](const NamedFrame& each) {
        return each.frame.ip == named->address;
      });
      note(fmt::format("the bugcheck names the instruction {}", named->text()));
      if (at != frames.end()) {
        return static_cast<std::size_t>(at - frames.begin());
      }
      if (!is_system(*named)) {
        culprit_.place = *named;
        settled_ = true;
        note("it is not on the stack, and lies in no module of the system: it is the culprit");
        return 0;
      }
      system_ = *named;
    }
    return below_the_trap();
  }

  // Only frames of the system may stand above the trap; a driver that comes first ended the system itself.
  std::size_t below_the_trap() {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < question_.frames.size(); ++i) {
      const Place& place = question_.frames[i].place;
      if (!is_system(place) && first_match(rules_.ignore, place.key()) == nullptr) {
        break;
      }
      if (const std::string* rule = first_match(rules_.sentinels, place.key())) {
        begin = i + 1;
        note(fmt::format("frame {} {}: a trap ({}), the fault is below it", i, place.text(), *rule));
      }
    }
    return begin;
  }

  void walk(std::size_t first) {
    for (std::size_t i = first; i < question_.frames.size() && !found_; ++i) {
      if (!consider(i)) {
        break;
      }
    }
  }

  // False at the bottom of the thread.
  bool consider(std::size_t i) {
    const NamedFrame& each = question_.frames[i];
    const Place& place = each.place;
    if (!place.in_module()) {
      note(fmt::format("frame {}: in no module, passed over", i));
      return true;
    }
    const std::string key = place.key();
    if (const std::string* rule = first_match(rules_.ignore, key)) {
      note(fmt::format("frame {} {}: ignored ({})", i, place.text(), *rule));
      return true;
    }
    if (const std::string* rule = first_match(rules_.prefixes, key)) {
      note(fmt::format("frame {} {}: a helper ({}), its caller counts", i, place.text(), *rule));
      culprit_.via = culprit_.via.empty() ? key : culprit_.via;
      helper_ = helper_.in_module() ? helper_ : place;
      return true;
    }
    if (first_match(rules_.bottoms, key) != nullptr && system_) {
      note(fmt::format("frame {} {}: the thread's bottom", i, place.text()));
      return false;
    }
    return is_system(place) ? remember(i) : choose(i);
  }

  bool remember(std::size_t i) {
    const NamedFrame& each = question_.frames[i];
    // Without symbols the kernel's own end cannot be told by name; it is always the first frame.
    const bool end_of_system = i == 0 && !each.place.named() && question_.frames.size() > 1;
    if (!system_ && !end_of_system) {
      system_ = each.place;
      system_guessed_ = each.frame.source == FrameSource::scan;
    }
    note(fmt::format("frame {} {}: the system itself, a driver further down would count", i,
                     each.place.text()));
    return true;
  }

  bool choose(std::size_t i) {
    const NamedFrame& each = question_.frames[i];
    culprit_.place = each.place;
    culprit_.guessed = each.frame.source == FrameSource::scan;
    found_ = true;
    note(fmt::format("frame {} {}: the first that no rule passes over, it is the culprit{}", i,
                     each.place.text(), culprit_.guessed ? " (the frame was scanned for)" : ""));
    return true;
  }

  Culprit fall_back() {
    if (system_) {
      culprit_.place = *system_;
      culprit_.guessed = system_guessed_;
      note(fmt::format("no driver on the stack: {} is named", system_->text()));
    } else if (helper_.in_module()) {
      culprit_.place = helper_;
      culprit_.via.clear();
      note(fmt::format("nobody called the helper: {} is named", helper_.text()));
    } else {
      note("nobody can be named");
    }
    return std::move(culprit_);
  }

  const CulpritQuestion& question_;
  const Rules& rules_;
  std::vector<std::string>& trace_;
  Culprit culprit_;
  std::optional<Place> system_;
  Place helper_;
  bool system_guessed_ = false;
  bool settled_ = false;
  bool found_ = false;
};

} // namespace

Culprit find_culprit(const CulpritQuestion& question, std::vector<std::string>& trace) {
  return Search(question, trace).run();
}

std::string signature_of(std::uint32_t code, const Parameters& parameters, const Place& culprit) {
  std::string head = signature_head(code, parameters);
  if (head.empty() || !culprit.in_module()) {
    return head;
  }
  if (culprit.named()) {
    return fmt::format("{}|{}!{}", head, culprit.module, culprit.function);
  }
  return culprit.timestamp
             ? fmt::format("{}|{}+{:#x}@{:x}", head, culprit.module, culprit.rva, *culprit.timestamp)
             : fmt::format("{}|{}+{:#x}", head, culprit.module, culprit.rva);
}

} // namespace migstorm::triage
