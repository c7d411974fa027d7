#include "harness/scenario/lab_dumps.hpp"

#include "harness/scenario/fields.hpp"
#include "harness/scenario/units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kWaysMax = 16;
constexpr std::size_t kArgumentsMax = 64;
constexpr std::size_t kDumpPathMax = 4096;
constexpr std::uint64_t kRateMin = 1ULL << 20U;

bool is_smb(const DumpWay& way) { return way.url.starts_with("smb://"); }

void check_url(const yaml::Node& node, const std::string& url) {
  if (url.starts_with("file:///")) {
    return;
  }
  if (!url.starts_with("smb://")) {
    node.error(
        "a way to a dump begins with smb:// or file:///, or is a map with command:; {guest} in it stands "
        "for the guest's name, {address} for its address");
    return;
  }
  const std::string rest = url.substr(6);
  const std::size_t share = rest.find('/');
  const std::size_t path = share == std::string::npos ? share : rest.find('/', share + 1);
  if (share == 0 || path == std::string::npos || path == share + 1 || path + 1 == rest.size()) {
    node.error("not of the form smb://SERVER/SHARE/PATH, as smb://{address}/c$/Windows/MEMORY.DMP");
  } else if (rest.find('@') != std::string::npos && rest.find('@') < share) {
    node.error("who asks stands in smb.credential or guests.credential, not here");
  } else if (rest.find('\\') != std::string::npos || rest.find("..") != std::string::npos) {
    node.error("a path on a share is written with forward slashes, and without ..");
  }
}

DumpWay read_way(const yaml::Node& node) {
  DumpWay way;
  if (!node.is_map()) {
    way.url = read_short_text(node, "", kDumpPathMax);
    check_url(node, way.url);
    return way;
  }
  for (const yaml::Node& argument : read_some(node.require("command"), kArgumentsMax)) {
    way.command.push_back(read_short_text(argument, "", kDumpPathMax));
  }
  if (way.command.empty() || !way.command.front().starts_with('/')) {
    node.key("command").error("expected a list: the program's path, which begins with /, and its arguments");
  }
  node.finish();
  return way;
}

} // namespace

void read_gather(const yaml::Node& node, LabFile::Gather& gather) {
  for (const yaml::Node& way : read_some(node.key("ways"), kWaysMax)) {
    gather.ways.push_back(read_way(way));
  }
  gather.symbols = read_short_text(node.key("symbols"), gather.symbols, kDumpPathMax);
  node.finish();
}

void read_smb(const yaml::Node& node, LabFile& lab) {
  const yaml::Node credential = node.key("credential");
  const auto named = [&lab](const std::string& name) {
    return std::any_of(lab.credentials.begin(), lab.credentials.end(),
                       [&name](const Credential& one) { return one.name == name; });
  };
  if (credential.defined()) {
    lab.smb.credential = credential.text();
    if (credential.is_scalar() && !named(lab.smb.credential)) {
      credential.error(fmt::format("unknown credential {}", units::quoted(lab.smb.credential)));
    }
  } else if (std::any_of(lab.gather.ways.begin(), lab.gather.ways.end(), is_smb)) {
    if (lab.credentials.size() == 1) {
      lab.smb.credential = lab.credentials.front().name;
    } else if (lab.guests.empty()) {
      node.error("a way to dumps over smb:// needs smb: {credential: NAME}, or guests: with their own");
    }
  }
  lab.smb.kerberos = node.key("kerberos").flag(lab.smb.kerberos);
  lab.smb.allow_unencrypted = node.key("allow_unencrypted").flag(lab.smb.allow_unencrypted);
  lab.smb.timeout = node.key("timeout").span(1s, 10min, lab.smb.timeout);
  node.finish();
}

void read_dumps(const yaml::Node& node, LabFile::Dumps& dumps) {
  dumps.rename = node.key("rename").flag(dumps.rename);
  dumps.folder = read_short_text(node.key("folder"), dumps.folder, kDumpPathMax);
  if (const yaml::Node rate = node.key("rate"); rate.defined()) {
    dumps.rate = rate.rate(dumps.rate);
    if (rate.is_scalar() && dumps.rate != 0 && dumps.rate < kRateMin) {
      rate.error("less than 1MiB/s, a dump would take days");
    }
  }
  if (const yaml::Node free = node.key("free"); free.defined()) {
    dumps.keep_free = free.bytes(0, 1ULL << 60U, dumps.keep_free);
  }
  node.finish();
}

} // namespace migstorm
