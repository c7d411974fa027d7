#include "harness/hyperv/wsman_cluster.hpp"

#include "harness/hyperv/canary.hpp"
#include "harness/hyperv/clocks.hpp"
#include "harness/hyperv/cluster.hpp"
#include "harness/hyperv/console.hpp"
#include "harness/hyperv/disks.hpp"
#include "harness/hyperv/dump_setup.hpp"
#include "harness/hyperv/event_stream.hpp"
#include "harness/hyperv/events.hpp"
#include "harness/hyperv/inventory.hpp"
#include "harness/hyperv/jobs.hpp"
#include "harness/hyperv/moves.hpp"
#include "harness/hyperv/own_disks.hpp"
#include "harness/hyperv/probe.hpp"
#include "harness/hyperv/room.hpp"
#include "harness/hyperv/software.hpp"
#include "harness/hyperv/summary.hpp"

#include <migstorm/scope.hpp>

namespace migstorm::hyperv {

namespace {

enum class Kind : std::uint8_t { read, change };

constexpr std::size_t kEndedAtOnce = 16; // subscriptions

// The port knows fewer codes: what went wrong inside an answer is the host's fault to our callers, and a read
// whose answer got lost was simply not answered.
Error at_the_port(Error error, std::string_view machine, Kind kind) {
  switch (error.code) {
  case Errc::truncated:
  case Errc::malformed:
  case Errc::over_limit:
  case Errc::stale:
  case Errc::too_large:
    error.code = Errc::remote_fault;
    break;
  case Errc::unknown_outcome:
    error.code = kind == Kind::read ? Errc::transport : Errc::unknown_outcome;
    break;
  default:
    break;
  }
  return std::move(error).within(machine);
}

template <class T>
Result<T> at_the_port(Result<T> result, std::string_view machine, Kind kind = Kind::read) {
  return result ? std::move(result) : Result<T>(at_the_port(std::move(result).error(), machine, kind));
}

class WsmanCluster final : public Cluster {
public:
  WsmanCluster(Runtime& runtime, const LabFile& lab, TransportFactory connect)
      : runtime_(runtime), directory_(runtime, lab, std::move(connect)) {}

  Task<Result<HostFacts>> probe(HostName name) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<KnownPtr> known = co_await probe_host(**host);
    if (!known) {
      co_return at_the_port(std::move(known).error(), name, Kind::read);
    }
    co_return (*known)->facts;
  }

  Task<Result<std::vector<GuestFacts>>> inventory(HostName name) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<std::vector<GuestFacts>> guests = co_await read_inventory(**host);
    co_return at_the_port(std::move(guests), name);
  }

  Task<Result<MoveTicket>> start_move(Move move) override {
    const HostName from = move.from;
    Result<MoveTicket> ticket = co_await hyperv::start_move(directory_, std::move(move));
    co_return at_the_port(std::move(ticket), from, Kind::change);
  }

  Task<Status> cancel_move(MoveTicket ticket) override {
    const HostName name = ticket.host;
    Status ended = co_await hyperv::cancel_move(directory_, std::move(ticket));
    co_return at_the_port(std::move(ended), name, Kind::change);
  }

  Task<Result<std::vector<Job>>> jobs(HostName name, std::vector<std::string> wanted) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<std::vector<Job>> jobs = co_await read_jobs(**host, std::move(wanted));
    co_return at_the_port(std::move(jobs), name);
  }

  Task<Result<std::vector<Group>>> groups(HostName name) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<std::vector<Group>> groups = co_await read_groups(**host, directory_);
    co_return at_the_port(std::move(groups), name);
  }

  Task<Result<std::uint32_t>> move_failure(HostName name, std::string group) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<std::uint32_t> reason = co_await read_move_failure(**host, std::move(group));
    co_return at_the_port(std::move(reason), name);
  }

  Task<Result<ClusterState>> cluster_state(HostName name) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<ClusterState> state = co_await read_cluster_state(**host, directory_);
    co_return at_the_port(std::move(state), name);
  }

  Task<Result<ClockReading>> host_clock(HostName name) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<ClockReading> clock = co_await read_clock_offset(**host);
    co_return at_the_port(std::move(clock), name);
  }

  Task<Result<ClockReading>> guest_clock(std::string guest_name) override {
    Result<Host*> guest = directory_.guest(guest_name);
    if (!guest) {
      co_return std::move(guest).error();
    }
    Result<ClockReading> clock = co_await read_clock_offset(**guest);
    co_return at_the_port(std::move(clock), guest_name);
  }

  Task<Result<HostRoom>> room(HostName name) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<HostRoom> room = co_await read_room(**host);
    co_return at_the_port(std::move(room), name);
  }

  Task<Result<HostSummary>> summary(HostName name) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<HostSummary> summary = co_await read_summary(**host);
    if (summary) {
      summary->host = (*host)->endpoint.name;
    }
    co_return at_the_port(std::move(summary), name);
  }

  Task<Result<EventBatch<HostEvent>>> host_events(HostName name, std::vector<EventMark> marks) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<EventBatch<HostEvent>> events = co_await read_host_events(**host, std::move(marks));
    co_return at_the_port(std::move(events), name);
  }

  Task<Result<EventBatch<GuestEvent>>> guest_events(std::string guest_name,
                                                    std::vector<EventMark> marks) override {
    Result<Host*> guest = directory_.guest(guest_name);
    if (!guest) {
      co_return std::move(guest).error();
    }
    Result<EventBatch<GuestEvent>> events = co_await read_guest_events(**guest, std::move(marks));
    co_return at_the_port(std::move(events), guest_name);
  }

  Task<Result<Span>> guest_uptime(std::string guest_name) override {
    Result<Host*> guest = directory_.guest(guest_name);
    if (!guest) {
      co_return std::move(guest).error();
    }
    Result<Span> uptime = co_await read_uptime(**guest);
    co_return at_the_port(std::move(uptime), guest_name);
  }

  Task<Unit> end_events() override {
    Scope scope(runtime_, kEndedAtOnce);
    for (Host* machine : directory_.machines()) {
      scope.spawn(end_event_stream(*machine));
    }
    co_await scope.join();
    co_return Unit{};
  }

  Task<Result<Software>> guest_software(std::string guest_name) override {
    Result<Host*> guest = directory_.guest(guest_name);
    if (!guest) {
      co_return std::move(guest).error();
    }
    Result<Software> software = co_await read_software(**guest);
    co_return at_the_port(std::move(software), guest_name);
  }

  Task<Result<DumpSetup>> dump_setup(std::string guest_name) override {
    Result<Host*> guest = directory_.guest(guest_name);
    if (!guest) {
      co_return std::move(guest).error();
    }
    Result<DumpSetup> setup = co_await read_dump_setup(**guest);
    co_return at_the_port(std::move(setup), guest_name);
  }

  Task<Result<std::vector<HeartbeatRecovery>>> heartbeat_recovery(HostName name) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<std::vector<HeartbeatRecovery>> rules = co_await read_heartbeat_recovery(**host);
    co_return at_the_port(std::move(rules), name);
  }

  Task<Result<ConsolePicture>> console(HostName name, GuestId guest) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<ConsolePicture> picture = co_await read_console(**host, std::move(guest));
    co_return at_the_port(std::move(picture), name);
  }

  Task<Status> crash_canary(HostName name, GuestId guest, std::string mark) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Status crashed = co_await hyperv::crash_canary(**host, std::move(guest), std::move(mark));
    co_return at_the_port(std::move(crashed), name, Kind::change);
  }

  Task<Result<std::vector<DiskSize>>> disk_sizes(HostName name, std::vector<std::string> paths) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<std::vector<DiskSize>> sizes = co_await read_disk_sizes(**host, std::move(paths));
    co_return at_the_port(std::move(sizes), name);
  }

  Task<Status> make_file(HostName name, OwnFile file) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Status made = co_await hyperv::make_file(**host, std::move(file));
    co_return at_the_port(std::move(made), name, Kind::change);
  }

  Task<Result<std::optional<std::uint64_t>>> file_size_max(HostName name, std::string path) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Result<std::optional<std::uint64_t>> size = co_await read_file_size_max(**host, std::move(path));
    co_return at_the_port(std::move(size), name);
  }

  Task<Status> delete_file(HostName name, std::string path) override {
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Status deleted = co_await hyperv::delete_file(**host, std::move(path));
    co_return at_the_port(std::move(deleted), name, Kind::change);
  }

  Task<Status> add_disk(OwnDisk disk) override {
    const HostName name = disk.host;
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Status added = co_await hyperv::add_disk(**host, std::move(disk));
    co_return at_the_port(std::move(added), name, Kind::change);
  }

  Task<Status> remove_disk(OwnDisk disk) override {
    const HostName name = disk.host;
    Result<Host*> host = directory_.host(name);
    if (!host) {
      co_return std::move(host).error();
    }
    Status removed = co_await hyperv::remove_disk(**host, std::move(disk));
    co_return at_the_port(std::move(removed), name, Kind::change);
  }

  WireCounters counters() const override { return directory_.counters(); }

private:
  Runtime& runtime_;
  Directory directory_;
};

} // namespace

std::unique_ptr<Cluster> make_wsman_cluster(Runtime& runtime, const LabFile& lab, TransportFactory connect) {
  return std::make_unique<WsmanCluster>(runtime, lab, std::move(connect));
}

} // namespace migstorm::hyperv
