#include "harness/report/dump_text.hpp"
#include "harness/report/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace migstorm::report {
namespace {

constexpr std::size_t kFilesShown = 3; // of a signature; all of them stand in the JSON

struct Group {
  std::string signature;
  std::string issue;
  std::vector<std::string> files;
};

std::vector<Group> by_signature(const std::vector<DumpLine>& dumps) {
  std::map<std::string, Group> groups;
  for (const DumpLine& each : dumps) {
    if (each.error.empty()) {
      Group& group = groups[each.signature];
      group.signature = each.signature;
      group.issue = each.issue;
      group.files.push_back(each.file);
    }
  }
  std::vector<Group> out;
  for (auto& [signature, group] : groups) {
    out.push_back(std::move(group));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Group& a, const Group& b) { return a.files.size() > b.files.size(); });
  return out;
}

std::string files_text(const std::vector<std::string>& files) {
  std::string out;
  for (std::size_t i = 0; i < files.size() && i < kFilesShown; ++i) {
    out += (i > 0 ? ", " : "") + printable(files[i], 80);
  }
  return files.size() > kFilesShown ? out + fmt::format(" and {} more", files.size() - kFilesShown) : out;
}

} // namespace

DumpLine line_of_dump(const triage::TriageResult& result) {
  DumpLine line;
  line.file = result.file;
  line.signature = result.signature.empty() ? "(no bugcheck)" : result.signature;
  if (!result.issues.empty()) {
    const triage::IssueMatch& best = result.issues.front();
    line.issue = fmt::format("{} ({})", best.issue.id, triage::to_string(best.grade));
  }
  return line;
}

std::string dump_table(const std::vector<DumpLine>& dumps) {
  const std::vector<Group> groups = by_signature(dumps);
  std::size_t widest = 9;
  for (const Group& group : groups) {
    widest = std::max(widest, printable(group.signature, 100).size());
  }
  std::string out =
      fmt::format("{:>6}  {:<{}}  {:<22}  {}\n", "dumps", "signature", widest, "known issue", "files");
  for (const Group& group : groups) {
    out +=
        fmt::format("{:>6}  {:<{}}  {:<22}  {}\n", group.files.size(), printable(group.signature, 100),
                    widest, group.issue.empty() ? "-" : printable(group.issue, 40), files_text(group.files));
  }
  for (const DumpLine& each : dumps) {
    if (!each.error.empty()) {
      out += fmt::format("unreadable: {}: {}\n", printable(each.file, 80), printable(each.error));
    }
  }
  return out;
}

} // namespace migstorm::report
