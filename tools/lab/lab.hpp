// The simulated Hyper-V cluster: an engine behind management classes, answered over WS-Man. Two fronts serve
// it, in process (wsman/endpoint.hpp) and over HTTP on loopback (wsman/server.hpp).
#pragma once

#include "tools/lab/cim/model.hpp"

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab {

// What time it is in the lab. Shared with the harness in lockstep, scaled real time when served alone.
class LabClock {
public:
  virtual ~LabClock() = default;
  virtual Instant now() const noexcept = 0; // callable from the server's thread
  virtual CivilTime epoch() const noexcept = 0;
};

// What became of a request on the wire, decided by the seed: the endpoint carries it out.
enum class WireFault : std::uint8_t {
  none,
  refuse,       // the connection is refused: nothing was executed
  reset_before, // closed before the request was executed
  lose_reply,   // executed, then closed without an answer
  context_lost, // enumeration contexts of this machine are forgotten first
};

// One machine's front: address, accounts, and what answers.
struct Front {
  std::string name;    // host name, or guest name
  std::string address; // "127.0.1.1"; the same for every run
  std::uint16_t port = 5985;
  std::string user;
  std::string password;
  bool guest = false;
  cim::Machine* machine = nullptr;
};

struct SimulatedConfig; // engine/config.hpp

// One step of a guest as the cluster itself recorded it; the ledger's answer to "what really happened".
struct LedgerMove {
  std::uint64_t number = 0; // in the order of acceptance
  std::string guest;        // GUID
  std::string from;
  std::string to;
  Instant asked{};
  Instant ended{};      // zero while under way
  bool landed = false;  // the guest is on `to`
  bool foreign = false; // not asked through the wire
};
struct LedgerCrash {
  std::string guest;
  std::uint64_t move = 0; // LedgerMove::number it happened in; 0: none
  Instant at{};
  std::uint32_t bugcheck = 0;
  // The traces that it left, each with the time from which on it could be found.
  std::optional<Instant> reported{};    // 18590 on the host
  std::optional<Instant> reset{};       // the guest reset itself: 18514, and a new life
  std::optional<Instant> told{};        // 1001 and 41 with its code in the guest's own log
  std::optional<Instant> dump_failed{}; // volmgr 161 there
};

// A request that would change something, as it arrived: carried out or refused.
struct LedgerChange {
  Instant at{};
  std::string call;                 // "migrate", "group", "cancel", "cancel-group", "schedule", "unschedule",
                                    // "make-file", "delete-file", "devices", "nmi"
  std::string guest;                // GUID; empty where the call names none
  std::string notes;                // the guest's, at that time
  std::string to;                   // host or file, as the caller wrote it; empty where the call names none
  std::vector<std::string> against; // what the guest has that should keep it from being moved there
  std::string name = {};            // the guest's, at that time
};
// Trouble of the whole cluster: a node was down, a shared volume not as it should be. Without a duration: a
// guest that somebody deleted.
struct LedgerTrouble {
  Instant from{};
  Instant to = Instant::max(); // while it lasts
  std::string what;            // "node NODE3 down", "removed <GUID>"
};

// Requests by kind ("invoke MigrateVirtualSystemToHost", "query Msvm_MigrationJob", ...), counted by the
// server.
using RequestCounts = std::map<std::string, std::uint64_t>;

class Engine {
public:
  virtual ~Engine() = default;

  virtual std::vector<Front> fronts() = 0;
  // Lets everything happen that is due by now; called before each request is answered.
  virtual void advance() = 0;
  // Asked once per request and before it is executed.
  virtual WireFault next_wire_fault(std::string_view machine, bool is_invoke) = 0;

  virtual const std::vector<LedgerMove>& moves() const = 0;
  virtual const std::vector<LedgerCrash>& crashes() const = 0;
  virtual const std::vector<LedgerChange>& changes() const = 0;
  virtual const std::vector<LedgerTrouble>& troubles() const = 0;
  // Owner of every guest by GUID, now.
  virtual std::map<std::string, std::string> owners() const = 0;
  // Violations of what a real cluster guarantees or of its limits, seen so far: "guest X moved twice at
  // once", "host Y ran 3 moves, limit 2". Empty in a correct run of a correct harness.
  virtual const std::vector<std::string>& violations() const = 0;
};

// `ledger_path`: an append-only file; an existing one is replayed and the cluster goes on from it. Empty:
// none. `start`: the clock's instant to go on from must not be before the ledger's last (ledger_last).
Result<std::unique_ptr<Engine>> make_engine(const SimulatedConfig& config, LabClock& clock,
                                            std::uint64_t seed, std::string ledger_path);
Result<Instant> ledger_last(const std::string& ledger_path); // zero if there is no such file

} // namespace migstorm::lab
