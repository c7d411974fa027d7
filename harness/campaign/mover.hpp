// Carries out single moves: the journal first, then the request, then following it to an end that is told
// once.
#pragma once

#include "harness/campaign/core.hpp"
#include "harness/campaign/retry_policy.hpp"

namespace migstorm::campaign {

struct Carried {
  Ending ending = Ending::abandoned;
  bool asked = true;           // false: certainly refused, see `retry`
  Retry retry;                 // what to do about a refusal, or about a move that was not accepted
  Errc code = Errc::cancelled; // of the refusal
  std::string error;
};

class Mover {
public:
  explicit Mover(Core& core) noexcept : core_(core) {}

  // Takes the slots and marks the guest as moving; whoever carries the move gives them back.
  void occupy(std::uint32_t guest, HostId from, HostId to);
  // One attempt of the step at the guest's cursor. The slots are taken.
  // The guest's steps that are left will not be made.
  void skip_rest(std::uint32_t index, const std::string& reason);
  Task<Unit> attempt(std::uint32_t guest, HostId to);
  // A step that was intended before this process began: looks what became of it, never asks again.
  Task<Unit> reattach(std::uint32_t guest, StepRecord record);
  // A move outside the plan, for the way home. The slots are taken and given back.
  Task<Carried> carry_home(std::uint32_t guest, std::uint32_t attempt);

  hyperv::Move move_of(std::uint32_t guest, HostId to) const;

private:
  struct Leg {
    std::uint32_t step = 0;
    std::uint32_t attempt = 1;
    Instant began{};
    bool watched = true; // false: part of it happened while nobody watched
  };
  Task<Carried> ask_and_follow(Flight& flight, std::uint32_t attempt);
  Task<Carried> follow(Flight& flight, std::uint32_t attempt);
  void conclude(const Flight& flight, const Leg& leg, const Carried& carried);
  void completed(const Flight& flight, const Leg& leg);
  void not_completed(const Flight& flight, const Leg& leg, StepState state, const Carried& carried);
  void try_again(const Flight& flight, const Leg& leg, const Carried& carried);
  void write(const Flight& flight, const Leg& leg, Outcome outcome);
  void release(const Flight& flight, bool keep_slots);
  void place(const Flight& flight, Ending ending);

  Core& core_;
};

} // namespace migstorm::campaign
