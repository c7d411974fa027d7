#include "harness/campaign/guests.hpp"

#include "harness/campaign/settle.hpp"

#include <algorithm>
#include <iterator>
#include <map>

namespace migstorm::campaign {

bool has_heartbeat(const hyperv::GuestFacts& facts) {
  const auto& components = facts.integration_components;
  return std::find(components.begin(), components.end(), "Msvm_HeartbeatComponent") != components.end();
}

GuestTable::GuestTable(const HostTable& hosts, const std::vector<PlanGuest>& guests,
                       const std::vector<hyperv::GuestFacts>& facts)
    : here_(guests.size()) {
  guests_.reserve(guests.size());
  for (const PlanGuest& planned : guests) {
    index_.emplace(planned.id, size());
    GuestState& guest = guests_.emplace_back();
    guest.id = planned.id;
    guest.name = planned.name;
    guest.home = guest.host = hosts.find(planned.host).value_or(0);
    for (const hyperv::HostName& name : planned.reach) {
      if (const auto host = hosts.find(name)) {
        guest.reach.push_back(*host);
      }
    }
  }
  std::map<std::string, std::vector<std::uint32_t>> classes;
  for (const hyperv::GuestFacts& known : facts) {
    if (const auto guest = find(known.id)) {
      guests_[*guest].group = known.group;
      for (const std::string& name : known.rules.anti_affinity.value_or(std::vector<std::string>())) {
        classes[name].push_back(*guest);
      }
    }
  }
  for (const auto& [name, members] : classes) {
    keep_apart(members);
  }
}

void GuestTable::keep_apart(const std::vector<std::uint32_t>& members) {
  for (const std::uint32_t one : members) {
    std::copy_if(members.begin(), members.end(), std::back_inserter(guests_[one].apart_from),
                 [one](std::uint32_t other) { return other != one; });
  }
}

bool GuestTable::crowds(std::uint32_t guest, HostId host) const {
  const std::vector<std::uint32_t>& others = guests_[guest].apart_from;
  return std::any_of(others.begin(), others.end(), [&](std::uint32_t other) {
    const GuestState& state = guests_[other];
    return state.host == host || (state.moving && state.bound_for == host) ||
           (state.doubt && state.doubt->to == host);
  });
}

std::optional<std::uint32_t> GuestTable::find(const hyperv::GuestId& id) const {
  const auto it = index_.find(id);
  return it != index_.end() ? std::optional(it->second) : std::nullopt;
}

const GuestTable::News& GuestTable::observe(HostId host, const hyperv::HostSummary& summary,
                                            SummaryNumber number) {
  news_.foreign.clear();
  news_.resolved.clear();
  std::fill(here_.begin(), here_.end(), Here::absent);
  for (const hyperv::GuestSummary& row : summary.guests) {
    if (const auto guest = find(row.id)) {
      const bool running = row.state == hyperv::EnabledState::enabled;
      here_[*guest] = row.migrating ? Here::migrating : running ? Here::running : Here::present;
      guests_[*guest].listed = summary.answered;
      guests_[*guest].busy = row.busy;
    }
  }
  for (std::uint32_t i = 0; i < size(); ++i) {
    if (!guests_[i].moving && number > guests_[i].settled) {
      observe_one(i, host, here_[i], summary.answered);
    }
  }
  return news_;
}

void GuestTable::observe_one(std::uint32_t index, HostId host, Here here, Instant now) {
  GuestState& guest = guests_[index];
  const bool running = here == Here::running;
  if (guest.doubt) {
    Doubt& doubt = *guest.doubt;
    doubt.since = here == Here::migrating ? now : doubt.since;
    doubt.away_from_source = host == doubt.from ? !running : doubt.away_from_source;
    doubt.away_from_destination = host == doubt.to ? !running : doubt.away_from_destination;
    const bool elsewhere_clear =
        (host == doubt.from || doubt.away_from_source) && (host == doubt.to || doubt.away_from_destination);
    if (running && elsewhere_clear) {
      guest.host = host;
      guest.placed = true;
      news_.resolved.push_back(index);
    }
    return;
  }
  if (running && host != guest.host) {
    news_.foreign.push_back({index, guest.host});
    guest.host = host;
    guest.placed = true;
  } else if (host == guest.host) {
    guest.placed = running;
  }
}

} // namespace migstorm::campaign
