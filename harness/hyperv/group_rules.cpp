#include "harness/hyperv/group_rules.hpp"

#include "harness/hyperv/read_method.hpp"
#include "harness/wsman/text.hpp"

#include <algorithm>

namespace migstorm::hyperv {

namespace {

// A key's value inside an object path.
std::string quote_key(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    out.append(c == '"' || c == '\\' ? "\\" : "") += c;
  }
  return out + '"';
}

// Of the groups that this node owns: every other node tells its own.
Task<Status> read_anti_affinity(Host& host, KnownPtr known, std::vector<GuestFacts>& guests) {
  std::string wql = "SELECT Name, AntiAffinityClassNames FROM MSCluster_ResourceGroup WHERE OwnerNode = " +
                    quote_wql(known->facts.computer_name);
  Rows rows = co_await host.client->query(std::string(kNamespaceCluster), std::move(wql));
  if (!rows) {
    co_return is_refusal(rows.error().code) ? Status(Unit{}) : Status(std::move(rows).error());
  }
  for (GuestFacts& guest : guests) {
    const auto row = std::find_if(rows->begin(), rows->end(), [&](const wsman::Instance& each) {
      return guest.group && wsman::same_name(each.text("Name").value_or(""), *guest.group);
    });
    if (row != rows->end()) {
      std::vector<std::string>& names = guest.rules.anti_affinity.emplace();
      for (const std::string_view name : row->texts("AntiAffinityClassNames")) {
        names.push_back(wsman::printable(name, kNameMax));
      }
    }
  }
  co_return Unit{};
}

// MSCluster_Resource.GetPossibleOwners, from 2012 on: the names alone, where the association below answers
// with whole nodes, 64 of them for each guest of a large cluster.
Task<Result<std::vector<std::string>>> owners_by_method(Host& host, std::string resource) {
  wsman::Reference target{wsman::resource_uri(kNamespaceCluster, "MSCluster_Resource"), {}};
  target.selectors.push_back({"Name", std::move(resource)});
  std::vector<wsman::Argument> none;
  Result<ReadAnswer> answer =
      co_await read_method(host, std::move(target), "GetPossibleOwners", std::move(none));
  if (!answer) {
    co_return std::move(answer).error();
  }
  std::vector<std::string> names;
  for (const std::string_view name : answer->result.out.texts("NodeNames")) {
    names.push_back(wsman::printable(name, kNameMax));
  }
  co_return names;
}

// MSCluster_ResourceToPossibleOwner, in every release: GroupComponent is the resource, PartComponent a node.
Task<Result<std::vector<std::string>>> owners_by_association(Host& host, std::string resource) {
  std::string wql = "ASSOCIATORS OF {MSCluster_Resource.Name=" + quote_key(resource) +
                    "} WHERE AssocClass = MSCluster_ResourceToPossibleOwner ResultClass = MSCluster_Node";
  Rows rows = co_await host.client->query(std::string(kNamespaceCluster), std::move(wql));
  if (!rows) {
    co_return std::move(rows).error();
  }
  std::vector<std::string> names;
  for (const wsman::Instance& row : *rows) {
    names.push_back(wsman::printable(row.text("Name").value_or(""), kNameMax));
  }
  co_return names;
}

// That the resource of type "Virtual Machine" is asked, and not that of its configuration, is a choice: they
// are set alike where the cluster's own tools were used.
Task<Result<std::vector<std::string>>> possible_owners(Host& host, const Known& known, std::string resource) {
  const bool by_method = !older_than(known.facts.os_version, 6, 2);
  Task<Result<std::vector<std::string>>> owners = by_method
                                                      ? owners_by_method(host, std::move(resource))
                                                      : owners_by_association(host, std::move(resource));
  co_return co_await std::move(owners);
}

} // namespace

Task<Status> read_group_rules(Host& host, KnownPtr known, std::vector<GuestFacts>& guests) {
  const bool any = std::any_of(guests.begin(), guests.end(),
                               [](const GuestFacts& guest) { return guest.group.has_value(); });
  if (!any) {
    co_return Unit{};
  }
  if (Status read = co_await read_anti_affinity(host, known, guests); !read) {
    co_return read;
  }
  for (GuestFacts& guest : guests) {
    const VmGroup* group = guest.group ? known->groups.in_group(*guest.group) : nullptr;
    if (group == nullptr || group->resource.empty()) {
      continue;
    }
    Result<std::vector<std::string>> owners = co_await possible_owners(host, *known, group->resource);
    if (!owners) {
      // What it refuses for one, it refuses for all.
      co_return is_refusal(owners.error().code) ? Status(Unit{}) : Status(std::move(owners).error());
    }
    guest.rules.possible_owners = std::move(*owners);
  }
  co_return Unit{};
}

} // namespace migstorm::hyperv
