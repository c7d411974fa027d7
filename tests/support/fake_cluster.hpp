// A cluster in memory, on virtual time: guests move, take their time, fail, lose replies and crash as a test
// asks. It keeps a ledger of its own and counts requests by kind.
#pragma once

#include "tests/support/stop_screens.hpp"

#include <migstorm/hyperv.hpp>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace migstorm::testing {

struct LedgerMove {
  hyperv::GuestId guest;
  hyperv::HostName from;
  hyperv::HostName to;
  Instant started{};
  Instant ended = Instant::max();
  bool landed = false;
};

struct FakeFaults {
  double refuse = 0;             // start_move: transport, not carried out
  double busy = 0;               // start_move: busy, not carried out
  double lose_reply = 0;         // start_move: carried out, unknown_outcome
  double lose_request = 0;       // start_move: not carried out, unknown_outcome
  double fail = 0;               // the move ends on its source
  double land_though_failed = 0; // the job says failed, the guest is on the destination
  double stuck = 0;              // the move takes an hour
  double forget_job = 0;         // the job is gone when the move ends
  double read_error = 0;         // any read: transport
};

class FakeCluster final : public hyperv::Cluster {
  struct Travel {
    FakeCluster& cluster;
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> next) {
      cluster.runtime_.post_at(cluster.runtime_.now() + cluster.latency, next);
    }
    void await_resume() { cluster.advance(); }
  };
  Travel travel() { return Travel{*this}; }

public:
  struct Guest {
    hyperv::GuestSummary row;
    hyperv::HostName host;
    std::string group;
    Instant booted{};
    Instant silent_from = Instant::max(); // heartbeat
    Instant silent_to = Instant::max();
    std::uint32_t bugcheck = 0;
    Instant blue_from = Instant::max(); // its console shows a stop screen
    Instant blue_to = Instant::max();
    std::uint64_t disk_bytes = 0;
    bool moving = false;
  };
  struct Counts {
    std::uint64_t starts = 0, jobs = 0, groups = 0, states = 0, summaries = 0, events = 0, logs = 0,
                  disks = 0, cancels = 0, pictures = 0, ends = 0;
    std::uint64_t all() const {
      return starts + jobs + groups + states + summaries + events + logs + disks + cancels + pictures;
    }
  };

  explicit FakeCluster(Runtime& runtime) : runtime_(runtime), random_(runtime.random("fake-cluster")) {}

  // --- the world
  Span move_min{};
  Span move_max{};
  Span latency{};
  FakeFaults faults;
  bool reports_crashes = true; // 18590, as newer guests do
  bool host_log = true;
  bool guest_log = true;
  bool consoles = true;
  double crash_chance = 0; // of each landed move
  std::uint32_t host_limit = 2;
  std::vector<hyperv::SharedVolume> volumes;
  std::set<std::string> paused;                  // nodes
  std::map<std::string, std::uint32_t> failures; // by group, of its newest move
  bool forgets_failures = false;
  bool names_owners_ahead = false;    // a group is the destination's while its guest is still on its way
  std::map<std::string, Span> clocks; // how far hosts and guests are ahead
  std::map<std::string, hyperv::HostRoom> rooms; // by host; none: nothing is known of it
  std::map<std::string, std::uint64_t> files;    // made by us, and the sizes they would have
  bool loses_file_answers = false;
  Span makes_files_after{}; // what make_file asks for is there only then
  std::vector<LedgerMove> ledger;
  std::vector<std::string> violations;
  std::size_t crashes = 0;
  std::vector<std::array<std::string, 3>> canaries_asked; // host, id, mark
  bool refuses_canaries = false;
  Counts counts;

  void add_host(const std::string& name, std::string cluster = {}) {
    hosts_.push_back(name);
    clusters_[name] = std::move(cluster);
  }
  void add_guest(const std::string& name, const std::string& host, std::string group = {}) {
    Guest guest;
    guest.row.id = "GUID-" + name;
    guest.row.name = name;
    guest.row.state = hyperv::EnabledState::enabled;
    guest.host = host;
    guest.group = std::move(group);
    guest.booted = runtime_.now() - std::chrono::hours(2);
    guests_.emplace(guest.row.id, std::move(guest));
  }
  Guest& guest(const std::string& name) { return guests_.at("GUID-" + name); }
  void remove_guest(const std::string& name) { guests_.erase("GUID-" + name); }
  void host_down(const std::string& host, Instant from, Instant to) { down_[host] = {from, to}; }

  void crash(const std::string& name, Instant at, std::uint32_t code = 0xd1) {
    ++crashes;
    Guest& dying = guest(name);
    const Instant reset = at + std::chrono::seconds(30);
    dying.silent_from = at;
    dying.silent_to = at + std::chrono::seconds(60);
    dying.blue_from = at;
    dying.blue_to = reset;
    dying.bugcheck = code;
    resets_.emplace(reset, dying.row.id);
    if (reports_crashes) {
      add_event(dying, 18590, at);
    }
    add_event(dying, 18514, reset);
    hyperv::GuestEvent record;
    record.time = runtime_.civil(at + std::chrono::seconds(70)) + clocks[name];
    record.record = ++records_;
    record.code = code;
    record.parameters = {0x10, 2, 0, 0xfffff80000001000};
    record.dump_path = "C:\\Windows\\MEMORY.DMP";
    logs_[name].push_back(record);
  }

  std::vector<hyperv::HostFacts> host_facts() const {
    std::vector<hyperv::HostFacts> out;
    for (const std::string& name : hosts_) {
      hyperv::HostFacts& facts = out.emplace_back();
      facts.host = facts.computer_name = name;
      facts.os_version = "6.3.9600";
      facts.migrations_max = host_limit;
      facts.migration_enabled = true;
      if (const std::string& cluster = clusters_.at(name); !cluster.empty()) {
        facts.cluster_name = cluster;
      }
    }
    return out;
  }
  std::vector<hyperv::GuestFacts> guest_facts() const {
    std::vector<hyperv::GuestFacts> out;
    for (const auto& [id, guest] : guests_) {
      hyperv::GuestFacts& facts = out.emplace_back();
      facts.id = id;
      facts.name = guest.row.name;
      facts.state = guest.row.state;
      facts.host = guest.host;
      facts.group = guest.group.empty() ? std::nullopt : std::optional(guest.group);
      facts.integration_components = {"Msvm_HeartbeatComponent"};
      facts.disks.push_back({});
      facts.disks.back().path = "C:\\disks\\" + guest.row.name + ".vhd";
    }
    return out;
  }

  // --- the port
  Task<Result<hyperv::HostFacts>> probe(hyperv::HostName host) override {
    for (hyperv::HostFacts& facts : host_facts()) {
      if (facts.host == host) {
        co_return facts;
      }
    }
    co_return Error{Errc::not_found, host};
  }
  Task<Result<std::vector<hyperv::GuestFacts>>> inventory(hyperv::HostName host) override {
    std::vector<hyperv::GuestFacts> all = guest_facts();
    std::erase_if(all, [&](const hyperv::GuestFacts& each) { return each.host != host; });
    co_return all;
  }

  Task<Result<hyperv::MoveTicket>> start_move(hyperv::Move move) override {
    ++counts.starts;
    co_await travel();
    if (away(move.from) || random_.chance(faults.refuse)) {
      co_return Error{Errc::transport, "connection refused"};
    }
    if (random_.chance(faults.busy)) {
      co_return Error{Errc::busy, "limit reached"};
    }
    if (random_.chance(faults.lose_request)) {
      co_return Error{Errc::unknown_outcome, "connection closed"};
    }
    const auto found = guests_.find(move.guest);
    if (found == guests_.end() || found->second.host != move.from) {
      co_return Error{Errc::not_found, "no such guest here"};
    }
    Guest& guest = found->second;
    hyperv::MoveTicket ticket = begin(guest, move);
    if (random_.chance(faults.lose_reply)) {
      co_return Error{Errc::unknown_outcome, "no reply"};
    }
    co_return ticket;
  }

  Task<Status> cancel_move(hyperv::MoveTicket ticket) override {
    ++counts.cancels;
    co_await travel();
    if (const auto it = active_.find(ticket.job); it != active_.end()) {
      it->second.lands = false;
      it->second.job_says_failed = true; // terminated
      it->second.ends = runtime_.now();
    }
    co_return Unit{};
  }

  Task<Result<std::vector<hyperv::Job>>> jobs(hyperv::HostName host,
                                              std::vector<std::string> wanted) override {
    ++counts.jobs;
    co_await travel();
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    std::vector<hyperv::Job> out;
    for (const auto& [id, job] : jobs_) {
      const bool named = wanted.empty() || std::find(wanted.begin(), wanted.end(), id) != wanted.end();
      if (job.first == host && named) {
        out.push_back(job.second);
      }
    }
    co_return out;
  }

  Task<Result<std::vector<hyperv::Group>>> groups(hyperv::HostName host) override {
    ++counts.groups;
    co_await travel();
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    std::vector<hyperv::Group> out;
    for (const auto& [id, guest] : guests_) {
      if (!guest.group.empty()) {
        out.push_back({guest.group, owner_of(id, guest),
                       guest.moving ? hyperv::GroupState::pending : hyperv::GroupState::online, false});
      }
    }
    co_return out;
  }

  Task<Result<hyperv::HostSummary>> summary(hyperv::HostName host) override {
    ++counts.summaries;
    hyperv::HostSummary out;
    out.host = host;
    out.asked = runtime_.now();
    co_await travel();
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    const Instant now = runtime_.now();
    for (const auto& [id, guest] : guests_) {
      if (guest.host == host) {
        hyperv::GuestSummary& row = out.guests.emplace_back(guest.row);
        const bool silent = now >= guest.silent_from && now < guest.silent_to;
        row.heartbeat = silent ? hyperv::Heartbeat::lost_communication : hyperv::Heartbeat::ok;
        row.uptime_ms = static_cast<std::uint64_t>((now - guest.booted).count() / 1'000'000);
        row.migrating = guest.moving;
      }
    }
    out.answered = now;
    co_return out;
  }

  Task<Result<std::uint32_t>> move_failure(hyperv::HostName host, std::string group) override {
    co_await travel();
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    co_return forgets_failures ? 0U : failures[group];
  }

  Task<Result<hyperv::ClusterState>> cluster_state(hyperv::HostName host) override {
    ++counts.states;
    co_await travel();
    if (clusters_[host].empty()) {
      co_return Error{Errc::unsupported, "no node"};
    }
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    hyperv::ClusterState state;
    for (const auto& name : hosts_) {
      if (clusters_[name] == clusters_[host]) {
        const auto up = paused.count(name) != 0 ? hyperv::NodeState::paused : hyperv::NodeState::up;
        state.nodes.push_back({name, away(name) ? hyperv::NodeState::down : up, false});
      }
    }
    state.volumes = volumes;
    co_return state;
  }

  Task<Result<hyperv::ClockReading>> host_clock(hyperv::HostName host) override {
    co_await travel();
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    co_return hyperv::ClockReading{clocks[host], {}};
  }

  Task<Result<hyperv::ClockReading>> guest_clock(std::string guest_name) override {
    co_await travel();
    co_return hyperv::ClockReading{clocks[guest_name], {}};
  }

  Task<Result<hyperv::HostRoom>> room(hyperv::HostName host) override {
    co_await travel();
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    co_return rooms[host];
  }

  Task<Result<hyperv::EventBatch<hyperv::HostEvent>>>
  host_events(hyperv::HostName host, std::vector<hyperv::EventMark> marks) override {
    ++counts.events;
    co_await travel();
    if (!host_log) {
      co_return Error{Errc::unsupported, "no such log"};
    }
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    co_return after_marks(events_[host], std::move(marks));
  }

  Task<Result<hyperv::EventBatch<hyperv::GuestEvent>>>
  guest_events(std::string name, std::vector<hyperv::EventMark> marks) override {
    ++counts.logs;
    co_await travel();
    if (!guest_log) {
      co_return Error{Errc::unsupported, "no way to the guest"};
    }
    co_return after_marks(logs_[name], std::move(marks));
  }

  Task<Result<Span>> guest_uptime(std::string name) override {
    co_await travel();
    const auto found = guests_.find("GUID-" + name);
    if (!guest_log || found == guests_.end()) {
      co_return Error{Errc::unsupported, "no way to the guest"};
    }
    co_return runtime_.now() - found->second.booted;
  }

  Task<Unit> end_events() override {
    ++counts.ends;
    co_return Unit{};
  }

  Task<Result<std::vector<hyperv::DiskSize>>> disk_sizes(hyperv::HostName /*host*/,
                                                         std::vector<std::string> paths) override {
    ++counts.disks;
    co_await travel();
    std::vector<hyperv::DiskSize> out;
    for (const auto& [id, guest] : guests_) {
      const std::string path = "C:\\disks\\" + guest.row.name + ".vhd";
      if (std::find(paths.begin(), paths.end(), path) != paths.end()) {
        out.push_back({path, guest.disk_bytes + growth_rate * static_cast<std::uint64_t>(
                                                                  runtime_.now().count() / 1'000'000'000)});
      }
    }
    co_return out;
  }
  std::uint64_t growth_rate = 1 << 20; // bytes a second, each disk

  Task<Result<hyperv::Software>> guest_software(std::string /*guest_name*/) override {
    co_await travel();
    co_return hyperv::Software{"6.1.7601", {"KB2636573"}};
  }
  Task<Result<hyperv::DumpSetup>> dump_setup(std::string guest_name) override {
    co_await travel();
    const auto found = dump_setups.find(guest_name);
    if (found == dump_setups.end()) {
      co_return Error{Errc::unsupported, "no way to the guest"};
    }
    co_return found->second;
  }
  Task<Result<std::vector<hyperv::HeartbeatRecovery>>> heartbeat_recovery(hyperv::HostName host) override {
    co_await travel();
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    co_return recovery_rules;
  }
  std::map<std::string, hyperv::DumpSetup> dump_setups; // by guest
  std::vector<hyperv::HeartbeatRecovery> recovery_rules;

  // Files lie where every host sees them.
  Task<Status> make_file(hyperv::HostName host, hyperv::OwnFile file) override {
    co_await travel();
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    settle_files();
    if (files.contains(file.path)) {
      co_return Error{Errc::remote_fault, "the file exists"};
    }
    files_to_come_.push_back({runtime_.now() + makes_files_after, std::move(file)});
    settle_files();
    co_return loses_file_answers ? Status(Error{Errc::unknown_outcome, "no answer"}) : Status(Unit{});
  }
  Task<Result<std::optional<std::uint64_t>>> file_size_max(hyperv::HostName host, std::string path) override {
    co_await travel();
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    settle_files();
    const auto found = files.find(path);
    co_return found == files.end() ? std::optional<std::uint64_t>() : std::optional(found->second);
  }
  Task<Status> delete_file(hyperv::HostName host, std::string path) override {
    co_await travel();
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    settle_files();
    files.erase(path);
    co_return Unit{};
  }
  void settle_files() {
    std::erase_if(files_to_come_, [&](const FileToCome& coming) {
      if (runtime_.now() < coming.when) {
        return false;
      }
      files.emplace(coming.file.path, coming.file.size);
      return true;
    });
  }
  Task<Status> add_disk(hyperv::OwnDisk disk) override {
    co_await travel();
    files.emplace(disk.file.path, disk.file.size);
    co_return Unit{};
  }
  Task<Status> remove_disk(hyperv::OwnDisk disk) override {
    co_await travel();
    files.erase(disk.file.path);
    co_return Unit{};
  }

  Task<Result<hyperv::ConsolePicture>> console(hyperv::HostName host, hyperv::GuestId id) override {
    ++counts.pictures;
    co_await travel();
    if (!consoles) {
      co_return Error{Errc::unsupported, "no pictures"};
    }
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    const auto found = guests_.find(id);
    if (found == guests_.end() || found->second.host != host) {
      co_return Error{Errc::not_found, "no such guest here"};
    }
    const Guest& shown = found->second;
    const bool blue = runtime_.now() >= shown.blue_from && runtime_.now() < shown.blue_to;
    const test::Screen screen = blue ? test::classic_stop_screen(640, 480, test::kNavy, test::kWhite, 0)
                                     : test::Screen(640, 480, {0, 78, 138});
    co_return hyperv::ConsolePicture{56, 42, screen.thumbnail(56, 42)};
  }

  Task<Status> crash_canary(hyperv::HostName host, hyperv::GuestId id, std::string mark) override {
    canaries_asked.push_back({host, id, mark});
    co_await travel();
    if (unreadable(host)) {
      co_return Error{Errc::transport, "reset"};
    }
    const auto found = guests_.find(id);
    if (found == guests_.end() || found->second.host != host) {
      co_return Error{Errc::not_found, "no such guest here"};
    }
    if (refuses_canaries) {
      co_return Error{Errc::unsupported, "no interrupts"};
    }
    crash(found->second.row.name, runtime_.now(), 0x80);
    co_return Unit{};
  }

  hyperv::WireCounters counters() const override {
    hyperv::WireCounters wire;
    wire.requests = counts.all();
    return wire;
  }

private:
  struct Active {
    hyperv::GuestId guest;
    hyperv::HostName to;
    Instant ends{};
    bool lands = true;
    bool job_says_failed = false;
    bool job_forgotten = false;
    std::size_t entry = 0; // in the ledger
  };
  struct FileToCome {
    Instant when{};
    hyperv::OwnFile file;
  };
  std::vector<FileToCome> files_to_come_;

  // All of one log: the worker's of a host, the System log of a guest.
  template <class Event>
  hyperv::EventBatch<Event> after_marks(const std::vector<Event>& log,
                                        std::vector<hyperv::EventMark> marks) const {
    hyperv::EventBatch<Event> out;
    out.marks = std::move(marks);
    out.subscribed = true;
    for (const Event& event : log) {
      hyperv::EventMark& mark = out.marks.front();
      if (event.record > mark.record && event.time <= runtime_.civil_now()) {
        mark.record = event.record;
        mark.time = event.time;
        out.events.push_back(event);
      }
    }
    return out;
  }

  bool away(const std::string& host) const {
    const auto it = down_.find(host);
    return it != down_.end() && runtime_.now() >= it->second.first && runtime_.now() < it->second.second;
  }
  hyperv::HostName owner_of(const hyperv::GuestId& id, const Guest& guest) const {
    const auto move = std::find_if(active_.begin(), active_.end(),
                                   [&](const auto& each) { return each.second.guest == id; });
    return names_owners_ahead && move != active_.end() ? move->second.to : guest.host;
  }
  bool unreadable(const std::string& host) { return away(host) || random_.chance(faults.read_error); }

  hyperv::MoveTicket begin(Guest& guest, const hyperv::Move& move) {
    if (guest.moving) {
      violations.push_back(guest.row.name + " is moved twice at once");
    }
    Active active;
    active.guest = move.guest;
    active.to = move.to;
    active.lands = !random_.chance(faults.fail);
    active.job_says_failed = !active.lands || random_.chance(faults.land_though_failed);
    active.job_forgotten = random_.chance(faults.forget_job);
    Span takes = move_min + Span(random_.between(0, (move_max - move_min).count()));
    takes = random_.chance(faults.stuck) ? Span(std::chrono::hours(1)) : takes;
    active.ends = runtime_.now() + takes;
    active.entry = ledger.size();
    ledger.push_back({move.guest, move.from, move.to, runtime_.now(), Instant::max(), false});
    guest.moving = true;
    const std::string id = "job-" + std::to_string(++job_ids_);
    for (const hyperv::HostName& host : {move.from, move.to}) {
      if (++busy_[host] > host_limit) {
        violations.push_back(host + " has more moves than it allows");
      }
    }
    if (move.via == hyperv::Via::wmi) {
      hyperv::Job job;
      job.id = id;
      job.guest = move.guest;
      job.destination = move.to;
      jobs_[id] = {move.from, job};
    }
    active_.emplace(id, active);
    advance();
    return {move.via, move.from, move.via == hyperv::Via::wmi ? id : std::string()};
  }

  void advance() {
    const Instant now = runtime_.now();
    for (auto it = active_.begin(); it != active_.end();) {
      if (it->second.ends > now) {
        ++it;
        continue;
      }
      end(it->first, it->second);
      it = active_.erase(it);
    }
    while (!resets_.empty() && resets_.begin()->first <= now) {
      guests_.at(resets_.begin()->second).booted = resets_.begin()->first;
      resets_.erase(resets_.begin());
    }
    while (!expiry_.empty() && expiry_.front().first <= now) {
      jobs_.erase(expiry_.front().second);
      expiry_.erase(expiry_.begin());
    }
  }

  void end(const std::string& id, const Active& active) {
    LedgerMove& entry = ledger[active.entry];
    --busy_[entry.from];
    --busy_[entry.to];
    entry.ended = active.ends;
    const auto found = guests_.find(active.guest);
    if (found == guests_.end()) { // deleted meanwhile
      jobs_.erase(id);
      return;
    }
    Guest& guest = found->second;
    guest.moving = false;
    entry.landed = active.lands;
    failures[guest.group] = active.lands ? 0 : 0x800705b4;
    if (active.lands) {
      guest.host = active.to;
      const bool dead = active.ends >= guest.silent_from && active.ends < guest.silent_to;
      if (random_.chance(crash_chance) && !dead) {
        crash(guest.row.name, active.ends);
      }
    }
    if (const auto job = jobs_.find(id); job != jobs_.end()) {
      job->second.second.state =
          active.job_says_failed ? hyperv::JobState::exception : hyperv::JobState::completed;
      job->second.second.error = active.job_says_failed ? "0x800705B4" : "";
      if (active.job_forgotten) {
        jobs_.erase(job);
      } else {
        expiry_.emplace_back(active.ends + std::chrono::minutes(5), id);
      }
    }
  }

  void add_event(const Guest& guest, std::uint32_t id, Instant at) {
    hyperv::HostEvent event;
    event.id = id;
    event.record = ++records_;
    event.time = runtime_.civil(at);
    event.guest = guest.row.id;
    event.strings = {guest.row.name, guest.row.id};
    if (id == 18590) {
      event.strings.insert(event.strings.end(), {guest.bugcheck == 0x80 ? "0x80" : "0xD1", "0x10", "0x2",
                                                 "0x0", "0xFFFFF80000001000"});
    }
    events_[guest.host].push_back(std::move(event));
  }

  Runtime& runtime_;
  Random random_;
  std::vector<std::string> hosts_;
  std::map<std::string, std::string> clusters_;
  std::map<std::string, Guest> guests_;
  std::map<std::string, std::pair<hyperv::HostName, hyperv::Job>> jobs_;
  std::map<std::string, Active> active_;
  std::vector<std::pair<Instant, std::string>> expiry_;
  std::multimap<Instant, std::string> resets_;
  std::map<std::string, std::pair<Instant, Instant>> down_;
  std::map<std::string, std::uint32_t> busy_;
  std::map<std::string, std::vector<hyperv::HostEvent>> events_;
  std::map<std::string, std::vector<hyperv::GuestEvent>> logs_;
  std::uint64_t records_ = 0;
  std::uint64_t job_ids_ = 0;
};

} // namespace migstorm::testing
