#include "tools/migstorm/dump_ways.hpp"

#include "harness/gather/file_way.hpp"
#include "harness/gather/hook_way.hpp"
#include "harness/scenario/credential.hpp"
#include "harness/scenario/endpoint_url.hpp"

#include <algorithm>

namespace migstorm {
namespace {

bool is_smb(const DumpWay& way) { return way.url.starts_with("smb://"); }

Result<std::unique_ptr<gather::SmbAccount>> make_account(const LabFile& lab) {
  auto account = std::make_unique<gather::SmbAccount>();
  const auto credential =
      std::find_if(lab.credentials.begin(), lab.credentials.end(),
                   [&lab](const Credential& one) { return one.name == lab.smb.credential; });
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

} // namespace

Result<DumpWays> make_dump_ways(const LabFile& lab) {
  DumpWays made;
  std::string program;
  if (std::any_of(lab.gather.ways.begin(), lab.gather.ways.end(), is_smb)) {
    Result<std::string> found = smb::find_program();
    if (!found) {
      return std::move(found).error();
    }
    program = *std::move(found);
    Result<std::unique_ptr<gather::SmbAccount>> account = make_account(lab);
    if (!account) {
      return std::move(account).error();
    }
    made.account = *std::move(account);
  }
  for (const DumpWay& way : lab.gather.ways) {
    if (!way.command.empty()) {
      made.ways.push_back(gather::make_hook_way(way.command));
    } else if (is_smb(way)) {
      made.ways.push_back(gather::make_smb_way(way.url, *made.account, program));
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
