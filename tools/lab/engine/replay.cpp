// Going on from a ledger: commands are done again, everything else must come about by itself.
#include "tools/lab/engine/world.hpp"

#include <fmt/format.h>

#include <charconv>

namespace migstorm::lab {
namespace {

using Words = std::vector<std::string>;

// The words at `places` as numbers; nothing if one is missing or none.
std::optional<std::vector<std::uint64_t>> numbers_of(const Words& words,
                                                     std::initializer_list<std::size_t> places) {
  std::vector<std::uint64_t> numbers;
  for (const std::size_t place : places) {
    if (place >= words.size()) {
      return std::nullopt;
    }
    const std::string& text = words[place];
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      return std::nullopt;
    }
    numbers.push_back(value);
  }
  return numbers;
}

bool foreign(const Words& words) { return words[0].ends_with("-foreign"); }

} // namespace

Status World::replay() {
  while (ledger.recorded()) {
    const Ledger::Line line = *ledger.recorded();
    if (auto status = repeat(line); !status) {
      return status;
    }
  }
  return ledger.flush();
}

Status World::repeat(const Ledger::Line& line) {
  const std::uint64_t number = ledger.line();
  const auto given = [&] { return !ledger.recorded() || ledger.line() != number; };
  const auto wrong = [&](std::string_view why) {
    return Error(Errc::malformed, fmt::format("ledger: line {} {}", number, why));
  };
  if (line.at < now) {
    return wrong("is older than the one before it");
  }
  advance(line.at);
  if (!given() && !command_again(line.words)) {
    return wrong("is not a command, and does not follow from the lines before it");
  }
  if (ledger.problem()) {
    return *ledger.problem();
  }
  return given() ? Status(Unit{}) : wrong("could not be done again");
}

bool World::command_again(const Words& words) {
  const std::string& verb = words[0];
  if (verb == "open") {
    start_session();
    return true;
  }
  if (verb.starts_with("migrate")) {
    const auto numbers = numbers_of(words, {1, 3});
    if (numbers && (*numbers)[0] < guests.size()) {
      const MigrateRequest request{static_cast<GuestIndex>((*numbers)[0]), words[2],
                                   static_cast<std::uint16_t>((*numbers)[1])};
      migrate(request, foreign(words));
      return true;
    }
  }
  if (verb.starts_with("group")) {
    const auto numbers = numbers_of(words, {1, 3, 4});
    if (numbers && (*numbers)[0] < guests.size()) {
      move_group(static_cast<GuestIndex>((*numbers)[0]), words[2], static_cast<std::uint32_t>((*numbers)[1]),
                 static_cast<std::uint32_t>((*numbers)[2]), foreign(words));
      return true;
    }
  }
  if (verb == "cancel") {
    const auto numbers = numbers_of(words, {1, 3});
    if (numbers && (*numbers)[0] < hosts.size()) {
      cancel_job(static_cast<HostIndex>((*numbers)[0]), words[2], static_cast<std::uint16_t>((*numbers)[1]));
      return true;
    }
  }
  return job_command_again(words);
}

bool World::job_command_again(const Words& words) {
  if (words[0] == "cancel-group") {
    const auto numbers = numbers_of(words, {1});
    if (numbers && (*numbers)[0] < guests.size()) {
      cancel_group_move(static_cast<GuestIndex>((*numbers)[0]));
      return true;
    }
  }
  if (words[0] == "schedule") {
    const auto numbers = numbers_of(words, {1, 3});
    if (numbers && (*numbers)[0] < hosts.size()) {
      std::uint32_t id = 0;
      schedule_job(static_cast<HostIndex>((*numbers)[0]), words[2], static_cast<std::uint32_t>((*numbers)[1]),
                   id);
      return true;
    }
  }
  if (words[0] == "unschedule") {
    const auto numbers = numbers_of(words, {1, 2});
    if (numbers && (*numbers)[0] < hosts.size()) {
      delete_job(static_cast<HostIndex>((*numbers)[0]), static_cast<std::uint32_t>((*numbers)[1]));
      return true;
    }
  }
  return task_command_again(words);
}

bool World::task_command_again(const Words& words) {
  if (words[0] == "task" && words.size() == 11) {
    const auto n = numbers_of(words, {1, 2, 3, 4, 5, 6, 7, 8, 9});
    if (n && (*n)[0] < hosts.size() && (*n)[1] < kTaskKinds && (*n)[2] < guests.size() && (*n)[3] <= 1 &&
        (*n)[7] <= 1 && (*n)[8] <= 1) {
      ask_task(static_cast<HostIndex>((*n)[0]),
               {static_cast<TaskKind>((*n)[1]),
                static_cast<GuestIndex>((*n)[2]),
                {static_cast<Bus>((*n)[3]), static_cast<std::uint32_t>((*n)[4]),
                 static_cast<std::uint32_t>((*n)[5])},
                words[10],
                (*n)[6],
                static_cast<VhdType>((*n)[7]),
                static_cast<VhdFormat>((*n)[8])});
      return true;
    }
  }
  const auto first = numbers_of(words, {1});
  if (words[0] == "delete-file" && first && (*first)[0] < hosts.size() && words.size() == 3) {
    delete_file(static_cast<HostIndex>((*first)[0]), words[2]);
    return true;
  }
  if (first && (*first)[0] < guests.size() && (words[0] == "refresh" || words[0] == "nmi")) {
    const auto guest = static_cast<GuestIndex>((*first)[0]);
    if (words[0] == "refresh") {
      return refresh_role(guest).hresult == 0;
    }
    inject_nmi(guest);
    return true;
  }
  return false;
}

} // namespace migstorm::lab
