#include "harness/campaign/dump_watch.hpp"

#include <algorithm>

namespace migstorm::campaign {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Span kPeriod = seconds(5);
// A guest writes its dump, boots and moves the dump out of its page file before it can be read.
constexpr Span kPatience = minutes(20);

// Only a dump names a module.
bool named_by_dump(const Crash& crash) { return crash.signature.find_first_of("!+") != std::string::npos; }

} // namespace

bool DumpWatch::waiting() const {
  return reader_ != nullptr &&
         std::any_of(core_.crashes.begin(), core_.crashes.end(), [this](const Crash& crash) {
           const auto known = tries_.find(crash.number);
           return !named_by_dump(crash) && (known == tries_.end() || !known->second.over);
         });
}

Task<Unit> DumpWatch::keep() {
  if (reader_ == nullptr) {
    co_return Unit{};
  }
  while (co_await core_.idle_until(core_.runtime.now() + kPeriod)) {
    for (std::size_t i = 0; i < core_.crashes.size(); ++i) { // NOLINT(modernize-loop-convert): it may grow
      const std::uint32_t number = core_.crashes[i].number;
      const auto [entry, fresh] = tries_.try_emplace(number, Try{core_.runtime.now(), false});
      if (!entry->second.over && named_by_dump(core_.crashes[i])) {
        entry->second.over = true; // before a resume
      }
      if (!entry->second.over) {
        co_await look(number);
      }
    }
  }
  co_return Unit{};
}

Task<Unit> DumpWatch::look(std::uint32_t number) {
  const auto find = [this, number] {
    return std::find_if(core_.crashes.begin(), core_.crashes.end(),
                        [number](const Crash& each) { return each.number == number; });
  };
  Crash asked = *find();
  const Result<DumpFinding> found = co_await reader_->read(std::move(asked));
  const auto crash = find();
  Try& attempt = tries_[number];
  if (found) {
    attempt.over = true;
    core_.name_crash(*crash, found->signature, found->known_issue);
  } else if (found.error().code == Errc::unsupported || core_.runtime.now() - attempt.since >= kPatience) {
    attempt.over = true;
    give_up(*crash, found.error());
  }
  co_return Unit{};
}

void DumpWatch::give_up(const Crash& crash, const Error& why) {
  core_.note("dump-unread", crash.guest_name, why.detail);
  core_.changed.notify_all();
}

} // namespace migstorm::campaign
