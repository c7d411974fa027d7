#include "analyzers/triage/rules.hpp"

#include "analyzers/triage/data_file.hpp"

#include <stdexcept>

namespace migstorm {
std::string_view triage_rules_text(); // embedded
} // namespace migstorm

namespace migstorm::triage {
namespace {

unsigned parameter_index(DataRow& row, const char* key) {
  const std::uint64_t index = row.number(key).value_or(0);
  row.require(index <= 4, "parameters are counted from 1 to 4");
  return static_cast<unsigned>(index);
}

Status read_bugcheck(DataRow& row, Rules& rules) {
  BugcheckRule rule;
  const std::uint64_t code = row.number("code").value_or(0);
  row.require(code > 0 && code <= UINT32_MAX, "a bugcheck's code is missing or out of range");
  rule.code = static_cast<std::uint32_t>(code);
  const std::vector<std::string> parameters = row.texts("parameters");
  row.require(parameters.size() == 4, "a bugcheck has four parameters");
  for (std::size_t i = 0; i < parameters.size() && i < 4; ++i) {
    rule.parameters[i] = parameters[i];
  }
  rule.address = parameter_index(row, "address");
  rule.instruction = parameter_index(row, "instruction");
  rule.context = parameter_index(row, "context");
  rule.exception = parameter_index(row, "exception");
  rule.trap_frame = parameter_index(row, "trap_frame");
  rule.witness = row.word("at_fault", {"stack", "caller"}) == 1;
  row.require(rules.find(rule.code) == nullptr, "this code has a rule already");
  rules.bugchecks.push_back(std::move(rule));
  return Unit{};
}

} // namespace

const BugcheckRule* Rules::find(std::uint32_t code) const noexcept {
  for (const BugcheckRule& rule : bugchecks) {
    if (rule.code == code) {
      return &rule;
    }
  }
  return nullptr;
}

Result<Rules> parse_rules(std::string_view text) {
  Rules rules;
  Status read = read_data(text, [&rules](DataRow& document) -> Status {
    rules.ignore = document.texts("ignore");
    rules.sentinels = document.texts("sentinels");
    rules.prefixes = document.texts("prefixes");
    rules.system_modules = document.texts("system_modules");
    rules.bottoms = document.texts("bottoms");
    document.rows("bugchecks", [&rules](DataRow& row) { return read_bugcheck(row, rules); });
    return Unit{};
  });
  if (!read) {
    return std::move(read).error().within("rules");
  }
  return rules;
}

const Rules& built_in_rules() {
  static const Rules kRules = [] {
    Result<Rules> parsed = parse_rules(triage_rules_text());
    if (!parsed) {
      throw std::logic_error(parsed.error().detail); // a fault of the build; a test reads them all
    }
    return *std::move(parsed);
  }();
  return kRules;
}

} // namespace migstorm::triage
