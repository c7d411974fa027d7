#include "harness/campaign/prepare.hpp"

#include "harness/scenario/canaries.hpp"
#include "harness/scenario/glob.hpp"

#include <migstorm/scope.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace migstorm {

namespace {

// Hosts asked at the same time; each one costs a handful of requests and a connection.
constexpr std::size_t kHostsAtOnce = 8;

template <class T>
using Answers = std::vector<std::optional<Result<T>>>;

using Facts = hyperv::HostFacts;
using Guests = std::vector<hyperv::GuestFacts>;

Task<Unit> probe_one(hyperv::Cluster& cluster, std::string host, std::optional<Result<Facts>>& answer) {
  answer.emplace(co_await cluster.probe(std::move(host)));
  co_return Unit{};
}

Task<Unit> list_one(hyperv::Cluster& cluster, std::string host, std::optional<Result<Guests>>& answer) {
  answer.emplace(co_await cluster.inventory(std::move(host)));
  co_return Unit{};
}

// Every host's answer, or the first error in the lab file's order.
template <class T>
Result<std::vector<T>> collect(Answers<T> answers, const LabFile& lab, std::string_view step) {
  std::vector<T> all;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    Result<T>& answer = *answers[i];
    if (!answer) {
      return std::move(answer).error().within(fmt::format("{} {}", step, lab.hosts[i].name));
    }
    all.push_back(*std::move(answer));
  }
  return all;
}

Result<Guests> all_guests(GuestLists answers, const LabFile& lab) {
  Result<std::vector<Guests>> lists = collect(std::move(answers), lab, "list the guests of");
  if (!lists) {
    return std::move(lists).error();
  }
  Guests all;
  for (Guests& list : *lists) {
    all.insert(all.end(), std::make_move_iterator(list.begin()), std::make_move_iterator(list.end()));
  }
  return all;
}

std::vector<hyperv::HostName> host_names(const LabFile& lab) {
  std::vector<hyperv::HostName> names;
  names.reserve(lab.hosts.size());
  for (const Endpoint& host : lab.hosts) {
    names.push_back(host.name);
  }
  return names;
}

Task<Result<std::vector<Facts>>> probe_hosts(Runtime& runtime, hyperv::Cluster& cluster, const LabFile& lab) {
  Answers<Facts> answers(lab.hosts.size());
  co_await probe_one(cluster, lab.hosts[0].name,
                     answers[0]); // alone: it may be the one that rejects the password
  if (*answers[0]) {
    Scope scope(runtime, kHostsAtOnce);
    for (std::size_t i = 1; i < lab.hosts.size(); ++i) {
      scope.spawn(probe_one(cluster, lab.hosts[i].name, answers[i]));
    }
    co_await scope.join();
  } else {
    answers.resize(1);
  }
  co_return collect(std::move(answers), lab, "probe");
}

Status check_cluster(const std::vector<Facts>& hosts, const LabFile& lab) {
  for (const Facts& host : hosts) {
    if (!lab.cluster_id.empty() && host.cluster_name && host.cluster_id != lab.cluster_id) {
      return Error{
          Errc::unsupported,
          fmt::format(
              "{} is a node of a cluster with the id {}, the lab file is for {}; leave `cluster: id` out "
              "where nodes do not tell theirs",
              host.host, host.cluster_id.value_or("that it does not tell"), lab.cluster_id)};
    }
    if (!lab.cluster_name.empty() && host.cluster_name &&
        !equal_without_case(*host.cluster_name, lab.cluster_name)) {
      return Error{Errc::unsupported, fmt::format("{} is a node of cluster {}, the lab file is for {}",
                                                  host.host, *host.cluster_name, lab.cluster_name)};
    }
  }
  return Unit{};
}

// With the reasons: who set the cluster up has to find the mistake.
Error none_chosen(const std::vector<LeftOut>& left_out) {
  constexpr std::size_t kShown = 5;
  std::string text = "there is no guest to migrate";
  for (std::size_t i = 0; i < std::min(kShown, left_out.size()); ++i) {
    text += fmt::format("{} {}: {}", i == 0 ? ":" : ";", left_out[i].guest, left_out[i].reason);
  }
  if (left_out.size() > kShown) {
    text += fmt::format("; and {} more", left_out.size() - kShown);
  }
  return Error{Errc::not_found, std::move(text)};
}

} // namespace

Task<GuestLists> list_guests(Runtime& runtime, hyperv::Cluster& cluster,
                             std::vector<hyperv::HostName> hosts) {
  GuestLists answers(hosts.size());
  Scope scope(runtime, kHostsAtOnce);
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    scope.spawn(list_one(cluster, hosts[i], answers[i]));
  }
  co_await scope.join();
  co_return answers;
}

Task<Result<Survey>> survey(Runtime& runtime, hyperv::Cluster& cluster, LabFile lab) {
  if (lab.hosts.empty()) {
    co_return Error{Errc::malformed, "the lab file names no hosts"};
  }
  Result<std::vector<Facts>> hosts = co_await probe_hosts(runtime, cluster, lab);
  if (!hosts) {
    co_return std::move(hosts).error();
  }
  if (Status same = check_cluster(*hosts, lab); !same) {
    co_return std::move(same).error();
  }
  std::vector<hyperv::HostName> names = host_names(lab);
  Result<Guests> guests = all_guests(co_await list_guests(runtime, cluster, std::move(names)), lab);
  if (!guests) {
    co_return std::move(guests).error();
  }
  Survey found;
  found.hosts = *std::move(hosts);
  found.guests = *std::move(guests);
  co_return found;
}

Result<Prepared> prepare(const Survey& survey, const Scenario& scenario, const LabFile& lab,
                         std::uint64_t seed) {
  if (Status fit = check_canaries(survey.guests, scenario, lab); !fit) {
    return std::move(fit).error();
  }
  Selection selection = select_guests(scenario, lab, survey.guests, survey.hosts);
  if (selection.chosen.empty() && !selection.left_out.empty()) {
    return none_chosen(selection.left_out);
  }
  Result<Plan> plan = make_plan(scenario, selection.chosen, seed);
  if (!plan) {
    return std::move(plan).error();
  }
  return Prepared{std::move(selection.left_out), std::move(selection.remarks), *std::move(plan)};
}

Guests facts_of(Guests all, const std::vector<PlanGuest>& planned) {
  std::set<std::string_view> ids;
  for (const PlanGuest& guest : planned) {
    ids.insert(guest.id);
  }
  std::erase_if(all, [&ids](const hyperv::GuestFacts& guest) { return ids.count(guest.id) == 0; });
  return all;
}

} // namespace migstorm
