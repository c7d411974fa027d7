#include "harness/hyperv/moves.hpp"

#include "harness/hyperv/changes.hpp"
#include "harness/hyperv/probe.hpp"
#include "harness/wsman/text.hpp"

#include <fmt/format.h>

namespace migstorm::hyperv {

namespace {

// Whatever goes wrong before the move is asked for leaves it certainly not asked for.
Error not_asked(Error error) {
  if (error.code == Errc::unknown_outcome) {
    error.code = Errc::transport;
  }
  return std::move(error).within("before the move");
}

// A host is called by the lab file's name if that is a longer form of its own: tickets are issued for full
// names.
std::string destination_name(const Host& destination) {
  const std::string& own = destination.known ? destination.known->facts.computer_name : std::string();
  const std::string& in_lab = destination.endpoint.name;
  return own.empty() || wsman::same_name(first_label(in_lab), own) ? in_lab : own;
}

// Nodes are known to the cluster by their short names.
std::string node_name(const Host& destination) {
  const bool told = destination.known && !destination.known->facts.computer_name.empty();
  return told ? destination.known->facts.computer_name : std::string(first_label(destination.endpoint.name));
}

std::optional<std::string> job_of(const wsman::Instance& out) {
  if (const wsman::Reference* job = out.reference("Job")) {
    const std::string* id = job->find("InstanceID");
    return id == nullptr || id->empty() ? std::nullopt : std::optional(*id);
  }
  const auto path = out.text("Job");
  return path ? instance_id_of_path(*path) : std::nullopt;
}

Result<MoveTicket> to_ticket(const wsman::InvokeResult& result, HostName host) {
  MoveTicket ticket{Via::wmi, std::move(host), {}};
  if (result.return_value == kJobStarted) {
    auto job = job_of(result.out);
    if (!job) {
      return Error{Errc::unknown_outcome, "the host started a job and does not say which"};
    }
    ticket.job = std::move(*job);
  }
  return ticket;
}

struct Ends {
  Host* source = nullptr;
  Host* destination = nullptr;
  KnownPtr from;
  KnownPtr to;
};

Task<Result<Ends>> look_up(Directory& directory, HostName from, HostName to) {
  Ends ends;
  Result<Host*> source = directory.host(from);
  Result<Host*> destination = directory.host(to);
  if (!source || !destination) {
    co_return source ? std::move(destination).error() : std::move(source).error();
  }
  ends.source = *source;
  ends.destination = *destination;
  Result<KnownPtr> known = co_await known_host(*ends.source);
  if (!known) {
    co_return std::move(known).error();
  }
  ends.from = std::move(*known);
  known = co_await known_host(*ends.destination);
  if (!known) {
    co_return std::move(known).error().within(ends.destination->endpoint.name);
  }
  ends.to = std::move(*known);
  co_return ends;
}

Task<Result<MoveTicket>> start_by_service(Ends ends, GuestId guest) {
  std::string destination = destination_name(*ends.destination);
  std::vector<std::string> addresses = ends.to->facts.listener_addresses;
  Result<wsman::InvokeResult> result = co_await request_live_move(
      *ends.source, ends.from, std::move(guest), std::move(destination), std::move(addresses));
  if (!result) {
    co_return std::move(result).error();
  }
  co_return to_ticket(*result, ends.source->endpoint.name);
}

Task<Result<MoveTicket>> start_by_move_params(Ends ends, std::string group, std::string node) {
  Result<wsman::InvokeResult> result =
      co_await request_group_move(*ends.source, ends.from, std::move(group), std::move(node));
  if (!result) {
    co_return std::move(result).error();
  }
  co_return MoveTicket{Via::cluster, ends.source->endpoint.name, {}};
}

Task<Result<MoveTicket>> start_by_control_code(Ends ends, std::string group, std::string node) {
  Result<wsman::InvokeResult> result =
      co_await request_resource_move(*ends.source, ends.from, group, std::move(node));
  if (!result) {
    co_return std::move(result).error();
  }
  const VmGroup* resource = ends.from->groups.in_group(group);
  co_return MoveTicket{Via::cluster, ends.source->endpoint.name, resource->resource};
}

Task<Result<LocalClock>> read_clock(Host& host) {
  Rows rows = co_await host.client->query(std::string(kNamespaceCim),
                                          "SELECT LocalDateTime, CurrentTimeZone FROM Win32_OperatingSystem");
  if (!rows) {
    co_return std::move(rows).error();
  }
  const auto utc = rows->empty() ? std::nullopt : rows->front().datetime("LocalDateTime");
  const auto bias = rows->empty() ? std::nullopt : rows->front().signed_number("CurrentTimeZone");
  constexpr std::int64_t kBiasMax = 840; // minutes, of any time zone
  if (!utc || !bias || *bias < -kBiasMax || *bias > kBiasMax) {
    co_return Error{Errc::remote_fault, "the node does not tell its local time"};
  }
  co_return LocalClock{*utc, std::chrono::minutes(*bias)};
}

Task<Result<MoveTicket>> start_by_scheduled_job(Ends ends, std::string group, std::string node) {
  const Result<LocalClock> clock = co_await read_clock(*ends.source);
  if (!clock) {
    co_return not_asked(clock.error());
  }
  Result<MoveJob> job = move_job(group, node, *clock);
  if (!job) {
    co_return std::move(job).error();
  }
  Result<wsman::InvokeResult> result =
      co_await request_move_job(*ends.source, ends.from, std::move(group), *std::move(job));
  if (!result) {
    co_return std::move(result).error();
  }
  const auto id = result->out.number("JobId");
  co_return MoveTicket{Via::cluster, ends.source->endpoint.name, id ? std::to_string(*id) : std::string()};
}

Task<Result<MoveTicket>> start_by_cluster(Ends ends, std::string group) {
  std::string node = node_name(*ends.destination);
  switch (ends.from->facts.cluster_route) {
  case ClusterRoute::resource_control:
    co_return co_await start_by_control_code(std::move(ends), std::move(group), std::move(node));
  case ClusterRoute::scheduled_job:
    co_return co_await start_by_scheduled_job(std::move(ends), std::move(group), std::move(node));
  case ClusterRoute::none:
  case ClusterRoute::move_params:
    break;
  }
  co_return co_await start_by_move_params(std::move(ends), std::move(group), std::move(node));
}

Task<Result<wsman::InvokeResult>> end_move(Host& host, KnownPtr known, MoveTicket ticket) {
  if (ticket.via == Via::wmi) {
    co_return co_await request_move_end(host, std::move(known), std::move(ticket.job));
  }
  if (known->facts.cluster_route == ClusterRoute::resource_control) {
    co_return co_await request_resource_move_end(host, std::move(known), std::move(ticket.job));
  }
  co_return co_await request_move_job_end(host, std::move(known), std::move(ticket.job));
}

} // namespace

Task<Result<MoveTicket>> start_move(Directory& directory, Move move) {
  Result<Ends> ends = co_await look_up(directory, move.from, move.to);
  if (!ends) {
    co_return not_asked(std::move(ends).error());
  }
  if (move.via == Via::wmi && move.group) {
    co_return Error{Errc::unsupported,
                    fmt::format("guest {} is in a cluster group: the cluster must move it", move.guest)};
  }
  if (move.via == Via::wmi) {
    co_return co_await start_by_service(std::move(*ends), std::move(move.guest));
  }
  if (!move.group) {
    co_return Error{Errc::unsupported, fmt::format("guest {} is in no cluster group", move.guest)};
  }
  co_return co_await start_by_cluster(std::move(*ends), std::move(*move.group));
}

Task<Status> cancel_move(Directory& directory, MoveTicket ticket) {
  if (ticket.job.empty()) {
    if (ticket.via == Via::cluster) {
      co_return Error{Errc::unsupported, "this cluster's move cannot be ended by request"};
    }
    co_return Error{Errc::not_found, "the move has no job: it was over when it was asked for"};
  }
  Result<Host*> host = directory.host(ticket.host);
  if (!host) {
    co_return std::move(host).error();
  }
  Result<KnownPtr> known = co_await known_host(**host);
  if (!known) {
    co_return not_asked(std::move(known).error());
  }
  Result<wsman::InvokeResult> result = co_await end_move(**host, std::move(*known), std::move(ticket));
  if (!result) {
    co_return std::move(result).error();
  }
  co_return Unit{};
}

} // namespace migstorm::hyperv
