#include "tools/migstorm/dump_ways.hpp"

#include "harness/gather/file_way.hpp"
#include "harness/gather/hook_way.hpp"
#include "harness/scenario/credential.hpp"
#include "harness/scenario/endpoint_url.hpp"
#include "harness/scenario/glob.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace migstorm {
namespace {

bool is_smb(const DumpWay& way) { return way.url.starts_with("smb://"); }

Result<std::unique_ptr<gather::SmbAccount>> make_account(const LabFile& lab, const std::string& name) {
  auto account = std::make_unique<gather::SmbAccount>();
  const auto credential = std::find_if(lab.credentials.begin(), lab.credentials.end(),
                                       [&name](const Credential& one) { return one.name == name; });
  if (credential == lab.credentials.end()) {
    return Error{Errc::denied, "no credential for the ways over smb://"};
  }
  Result<std::string> password = read_password(*credential);
  if (!password) {
    return std::move(password).error();
  }
  account->credential = credential->name;
  gather::set_user(*account, credential->user);
  account->password = *std::move(password);
  account->kerberos = lab.smb.kerberos;
  account->allow_unencrypted = lab.smb.allow_unencrypted;
  account->may_rename = lab.dumps.rename;
  account->timeout_ms = static_cast<std::uint32_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(lab.smb.timeout).count());
  return account;
}

// Of the one credential that smb: names, or of each that guests have.
Result<std::vector<std::unique_ptr<gather::SmbAccount>>> make_accounts(const LabFile& lab) {
  std::set<std::string> names;
  for (const Endpoint& guest : lab.guests) {
    names.insert(guest.credential);
  }
  if (!lab.smb.credential.empty()) {
    names = {lab.smb.credential};
  }
  std::vector<std::unique_ptr<gather::SmbAccount>> accounts;
  for (const std::string& name : names) {
    Result<std::unique_ptr<gather::SmbAccount>> account = make_account(lab, name);
    if (!account) {
      return std::move(account).error();
    }
    accounts.push_back(*std::move(account));
  }
  return accounts;
}

gather::AccountOf chooser(const LabFile& lab,
                          const std::vector<std::unique_ptr<gather::SmbAccount>>& accounts) {
  if (!lab.smb.credential.empty()) {
    return [only = accounts.front().get()](const std::string&) { return only; };
  }
  std::map<std::string, gather::SmbAccount*> by_credential;
  for (const auto& account : accounts) {
    by_credential.emplace(account->credential, account.get());
  }
  return [by_credential, guests = lab.guests](const std::string& name) -> gather::SmbAccount* {
    const auto guest = std::find_if(guests.begin(), guests.end(), [&name](const Endpoint& each) {
      return equal_without_case(each.name, name);
    });
    return guest == guests.end() ? nullptr : by_credential.at(guest->credential);
  };
}

} // namespace

Result<DumpWays> make_dump_ways(const LabFile& lab) {
  DumpWays made;
  std::string program;
  gather::AccountOf account_of;
  if (std::any_of(lab.gather.ways.begin(), lab.gather.ways.end(), is_smb)) {
    Result<std::string> found = smb::find_program();
    if (!found) {
      return std::move(found).error();
    }
    program = *std::move(found);
    Result<std::vector<std::unique_ptr<gather::SmbAccount>>> accounts = make_accounts(lab);
    if (!accounts) {
      return std::move(accounts).error();
    }
    made.accounts = *std::move(accounts);
    account_of = chooser(lab, made.accounts);
  }
  for (const DumpWay& way : lab.gather.ways) {
    if (!way.command.empty()) {
      made.ways.push_back(gather::make_hook_way(way.command));
    } else if (is_smb(way)) {
      made.ways.push_back(gather::make_smb_way(way.url, account_of, program));
    } else {
      made.ways.push_back(gather::make_file_way(way.url));
    }
  }
  return made;
}

std::string guest_address(const LabFile& lab, const std::string& name) {
  const auto guest = std::find_if(lab.guests.begin(), lab.guests.end(),
                                  [&name](const Endpoint& one) { return one.name == name; });
  if (guest == lab.guests.end()) {
    return {};
  }
  const Result<EndpointUrl> url = parse_endpoint_url(guest->url);
  return url ? url->host : std::string();
}

} // namespace migstorm
