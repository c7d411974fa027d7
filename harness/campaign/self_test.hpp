// Proof that crashes are noticed: at the run's start and every so often a canary is made to bugcheck, and
// every link of the chain from its death to the named dump has to show it. Where that may not be, each
// source's answering in time is all the proof there is.
//
// What is found is journalled as notes: the subject is the link or "canary", the detail when and how.
#pragma once

#include "harness/campaign/core.hpp"
#include "harness/campaign/dump_reader.hpp"
#include "harness/campaign/picture_keeper.hpp"

#include <migstorm/scope.hpp>

#include <array>
#include <optional>
#include <string>
#include <vector>

namespace migstorm::campaign {

// Kinds of notes.
inline constexpr const char* kSelfTestProven = "self-test-proven";
inline constexpr const char* kSelfTestPassive = "self-test-passive"; // the sources answered, no more
inline constexpr const char* kSelfTestFailed = "self-test-failed";
inline constexpr const char* kSelfTestRemark = "self-test";

inline constexpr std::size_t kSelfTestLinks = 8; // of the chain from a crash to its name

// What is known of a canary's crash so far.
struct SelfTestProof {
  std::uint32_t canary = 0;
  std::uint32_t number = 0; // of its folder
  Instant asked{};
  Instant next_log{};
  Instant next_dump{};
  std::array<std::string, kSelfTestLinks> how; // empty: not proven
  std::string dump_trouble;
};

class SelfTest {
public:
  // Both may be null: dumps are not read, pictures not kept.
  SelfTest(Core& core, DumpReader* dumps, PictureKeeper* pictures);

  Task<Unit> keep(); // until the campaign closes
  // A canary has been crashed and is still watched.
  bool busy() const noexcept { return proof_.has_value(); }

private:
  enum Link : std::uint8_t { heartbeat, uptime, host_events, guest_log, console, verdict, dump, fetched };
  enum class Outcome : std::uint8_t {
    done,
    later, // nothing could be done now
    never, // and nothing will be
  };

  std::optional<std::uint32_t> choose();
  std::string objection(std::uint32_t canary) const;
  Task<Outcome> provoke();
  Task<Unit> follow();
  Task<Unit> look_at_console();
  Task<Unit> read_log();
  Task<Unit> read_dump();
  void look_at_signals();
  bool applies(Link link) const;
  bool complete() const;
  bool wanted() const noexcept { return !core_.closing && !core_.broken && !core_.stop.requested(); }
  Crash crash() const;
  void prove(Link link, std::string how);
  void report();
  void prove_by_answers();
  void say(const char* kind, std::string_view link, std::string detail);

  Core& core_;
  DumpReader* dumps_;
  PictureKeeper* pictures_;
  std::vector<hyperv::GuestFacts> canaries_;
  std::uint32_t last_ = 0;
  std::string told_; // why none could be crashed, told once
  std::optional<SelfTestProof> proof_;
};

} // namespace migstorm::campaign
