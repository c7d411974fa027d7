#include "harness/campaign/cluster_lease.hpp"

#include "harness/scenario/glob.hpp"
#include "harness/scenario/lab_rules.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::campaign {

namespace {

constexpr std::string_view kShared = "\\ClusterStorage\\";
// A request whose answer got lost may be carried out later.
constexpr Span kLeasePatience = std::chrono::seconds(20);
constexpr Span kLeasePause = std::chrono::seconds(2);

bool matches(const std::vector<std::string>& allowed, const std::string& path) {
  return allowed.empty() || names_path(allowed, path);
}

} // namespace

std::uint64_t lease_mark(std::string_view run) noexcept {
  constexpr std::uint64_t kLeast = 64ULL << 20U;
  constexpr std::uint64_t kSector = 512;
  std::uint32_t hash = 0x811c9dc5; // FNV-1a
  for (const char c : run) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
  }
  return kLeast + kSector * ((hash >> 24U) ^ (hash & 0xffffffU));
}

std::optional<std::string> lease_volume(std::vector<std::string> volumes,
                                        const std::vector<std::string>& allowed, bool shared) {
  std::sort(volumes.begin(), volumes.end());
  for (std::string& volume : volumes) {
    const bool on_shared = volume.find(kShared) != std::string::npos;
    const bool has_letter = volume.size() >= 2 && volume[1] == ':';
    if (on_shared == shared && has_letter && matches(allowed, volume + "\\" + std::string(kLeaseFile))) {
      return std::move(volume);
    }
  }
  return std::nullopt;
}

std::vector<ClusterLease::Place> ClusterLease::places() const {
  std::vector<Place> places;
  for (HostId host = 0; host < core_.hosts.size(); ++host) {
    const auto& cluster = core_.hosts.facts(host).cluster_name;
    const std::string& subject = cluster ? *cluster : core_.hosts.name(host);
    const auto known = std::find_if(places.begin(), places.end(), [&](const Place& place) {
      return cluster && equal_without_case(place.subject, subject);
    });
    Place& place = known == places.end() ? places.emplace_back() : *known;
    place.subject = subject;
    place.hosts.push_back(host);
  }
  return places;
}

void ClusterLease::do_without(Place& place, std::string_view why) {
  core_.note("no-lease", place.subject, fmt::format("nothing keeps another machine's run away: {}", why));
}

Task<Status> ClusterLease::find_volume(Place& place) {
  const bool shared = core_.hosts.facts(place.hosts.front()).cluster_name.has_value();
  std::vector<std::string> volumes;
  Error last(Errc::not_found, "no host was asked");
  bool answered = false;
  for (const HostId host : place.hosts) {
    Result<hyperv::HostRoom> room = co_await core_.cluster.room(core_.hosts.name(host));
    if (room) {
      for (const hyperv::Volume& volume : room->volumes) {
        volumes.push_back(volume.path);
      }
      answered = true;
      break;
    }
    last = std::move(room).error();
  }
  if (!answered) {
    co_return last;
  }
  const auto volume = lease_volume(std::move(volumes), core_.input.lab.allowed_volumes, shared);
  if (volume) {
    place.path = *volume + "\\" + std::string(kLeaseFile);
  } else {
    do_without(place, "it has no volume that may be used");
  }
  co_return Unit{};
}

Task<Result<std::optional<std::uint64_t>>> ClusterLease::read_mark(Place& place) {
  Error last(Errc::not_found, "no host was asked");
  for (const HostId host : place.hosts) {
    Result<std::optional<std::uint64_t>> mark =
        co_await core_.cluster.file_size_max(core_.hosts.name(host), place.path);
    if (mark) {
      co_return mark;
    }
    last = std::move(mark).error();
  }
  co_return last;
}

Task<Status> ClusterLease::make_mark(Place& place) {
  hyperv::OwnFile file;
  file.path = place.path;
  file.size = lease_mark(core_.input.run.id);
  Status made = co_await core_.cluster.make_file(core_.hosts.name(place.hosts.front()), std::move(file));
  place.asked = made || made.error().code != Errc::transport;
  co_return made;
}

Task<Result<std::optional<std::uint64_t>>> ClusterLease::look_for_mark(Place& place) {
  const Instant until = core_.runtime.now() + kLeasePatience;
  Result<std::optional<std::uint64_t>> mark = co_await read_mark(place);
  while (place.asked && mark && !*mark && core_.runtime.now() < until) {
    co_await core_.runtime.sleep_for(kLeasePause);
    mark = co_await read_mark(place);
  }
  co_return mark;
}

Task<bool> ClusterLease::is_ours(Place& place) {
  if (place.asked && !place.held) {
    const Result<std::optional<std::uint64_t>> mark = co_await read_mark(place);
    place.held = mark && *mark && **mark == lease_mark(core_.input.run.id);
  }
  co_return place.held;
}

Task<Status> ClusterLease::delete_mark(Place& place) {
  Status gone = Error{Errc::not_found, "no host was asked"};
  for (const HostId host : place.hosts) {
    gone = co_await core_.cluster.delete_file(core_.hosts.name(host), place.path);
    if (gone) {
      break;
    }
  }
  co_return gone;
}

Task<Status> ClusterLease::take_one(Place& place) {
  Status found = co_await find_volume(place);
  if (!found) {
    do_without(place, found.error().detail);
  }
  if (place.path.empty()) {
    co_return Unit{};
  }
  const std::uint64_t ours = lease_mark(core_.input.run.id);
  Result<std::optional<std::uint64_t>> mark = co_await read_mark(place);
  Status made = Unit{};
  if (mark && *mark && **mark != ours && core_.input.break_lease) {
    core_.note("lease-broken", place.subject, place.path);
    made = co_await delete_mark(place);
    mark = co_await read_mark(place);
  }
  if (mark && !*mark) {
    made = co_await make_mark(place);
    mark = co_await look_for_mark(place);
  }
  if (!mark) {
    do_without(place, mark.error().detail);
  } else if (!*mark) {
    do_without(place,
               made ? "the host says that it made the file, and it is not there" : made.error().detail);
  } else if (**mark != ours) {
    co_return Error{
        Errc::busy,
        fmt::format(
            "another run holds {}: its file is {}. If that run goes on, wait for it; if it was killed, "
            "resume it, or say --break-lease to take the cluster from it",
            place.subject, place.path)};
  } else {
    place.held = true;
    core_.note("lease", place.subject, place.path);
  }
  co_return Unit{};
}

Task<Status> ClusterLease::take() {
  places_ = places();
  Status all = Unit{};
  for (Place& place : places_) {
    Status one = co_await take_one(place);
    if (!one) {
      all = std::move(one);
      break;
    }
  }
  if (!all) {
    [[maybe_unused]] const auto noted = co_await release();
  }
  co_return all;
}

Task<std::vector<Condition>> ClusterLease::release() {
  std::vector<Condition> left;
  for (Place& place : places_) {
    if (!co_await is_ours(place)) {
      continue;
    }
    const Status gone = co_await delete_mark(place);
    place.held = place.asked = false;
    if (!gone) {
      core_.note("lease-left", place.subject,
                 fmt::format("{} is still there, delete it: {}", place.path, gone.error().detail));
      left.push_back({place.subject, "lease file", "none", place.path});
    }
  }
  co_return left;
}

} // namespace migstorm::campaign
