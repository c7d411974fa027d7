#include "analyzers/triage/data_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace migstorm::triage {
namespace {

std::string place(const YAML::Mark& mark) {
  return fmt::format("line {}, column {}", mark.line + 1, mark.column + 1);
}

// Decimal, or hexadecimal after 0x; nothing else, so that an octal reading is never a surprise.
std::optional<std::uint64_t> parse_number(std::string_view text) {
  const bool hex = text.size() > 2 && text.substr(0, 2) == "0x";
  text.remove_prefix(hex ? 2 : 0);
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value, hex ? 16 : 10);
  if (error != std::errc{} || stopped != end || text.empty()) {
    return std::nullopt;
  }
  return value;
}

bool printable(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
}

} // namespace

DataRow::DataRow(const YAML::Node& node) : node_(node) {
  if (!node_.IsMap()) {
    fail(node_, "expected a mapping");
  }
}

YAML::Node DataRow::get(const char* key) {
  asked_.insert(key);
  const YAML::Node& constant = node_; // the other operator[] would add the key
  return error_ ? YAML::Node() : YAML::Node(constant[key] ? constant[key] : YAML::Node());
}

std::vector<YAML::Node> DataRow::items(const char* key) {
  const YAML::Node list = get(key);
  if (list.IsNull()) {
    return {};
  }
  if (!list.IsSequence() || list.size() > kDataRowsMax) {
    fail(list, fmt::format("{}: expected a list of at most {} entries", key, kDataRowsMax));
    return {};
  }
  return {list.begin(), list.end()};
}

std::string DataRow::text_of(const YAML::Node& node) {
  if (!node.IsScalar() || node.Scalar().size() > kDataTextMax || !printable(node.Scalar())) {
    fail(node, fmt::format("expected printable text of at most {} bytes", kDataTextMax));
    return {};
  }
  return node.Scalar();
}

std::uint64_t DataRow::number_of(const YAML::Node& node) {
  const std::optional<std::uint64_t> value = node.IsScalar() ? parse_number(node.Scalar()) : std::nullopt;
  if (!value) {
    fail(node, "expected a number, decimal or 0x...");
  }
  return value.value_or(0);
}

std::string DataRow::text(const char* key) {
  const YAML::Node node = get(key);
  return node.IsNull() ? std::string() : text_of(node);
}

std::vector<std::string> DataRow::texts(const char* key) {
  std::vector<std::string> out;
  for (const YAML::Node& item : items(key)) {
    out.push_back(text_of(item));
  }
  return out;
}

std::optional<std::uint64_t> DataRow::number(const char* key) {
  const YAML::Node node = get(key);
  return node.IsNull() ? std::nullopt : std::optional(number_of(node));
}

std::vector<std::uint64_t> DataRow::numbers(const char* key) {
  std::vector<std::uint64_t> out;
  for (const YAML::Node& item : items(key)) {
    out.push_back(number_of(item));
  }
  return out;
}

std::vector<std::optional<std::uint64_t>> DataRow::numbers_or_any(const char* key) {
  std::vector<std::optional<std::uint64_t>> out;
  for (const YAML::Node& item : items(key)) {
    out.push_back(item.IsNull() ? std::nullopt : std::optional(number_of(item)));
  }
  return out;
}

std::size_t DataRow::word(const char* key, std::initializer_list<std::string_view> words) {
  const std::string found = text(key);
  const auto* at = std::find(words.begin(), words.end(), found);
  if (found.empty()) {
    return 0;
  }
  if (at == words.end()) {
    fail(node_, fmt::format("{}: '{}' is not one of {}", key, found, fmt::join(words, ", ")));
    return 0;
  }
  return static_cast<std::size_t>(at - words.begin());
}

void DataRow::rows(const char* key, const std::function<Status(DataRow&)>& each) {
  for (const YAML::Node& item : items(key)) {
    DataRow row(item);
    Status read = each(row);
    Status rest = row.finish();
    if (!rest || !read) {
      error_ = rest ? std::move(read).error() : std::move(rest).error();
      return;
    }
  }
}

void DataRow::require(bool holds, const char* why) {
  if (!holds) {
    fail(node_, why);
  }
}

Status DataRow::finish() {
  if (!error_) {
    for (const auto& entry : node_) {
      const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string("(not a word)");
      if (asked_.count(key) == 0) {
        fail(entry.first, fmt::format("unknown key '{}'", key.substr(0, 40)));
        break;
      }
    }
  }
  return error_ ? Status(*error_) : Status(Unit{});
}

void DataRow::fail(const YAML::Node& at, const std::string& why) {
  if (!error_) {
    const YAML::Mark mark = at.IsDefined() && !at.Mark().is_null() ? at.Mark() : node_.Mark();
    error_ = Error(Errc::malformed, fmt::format("{}: {}", place(mark), why));
  }
}

Status read_data(std::string_view text, const std::function<Status(DataRow&)>& read) {
  if (text.size() > kDataFileBytesMax) {
    return Error(Errc::over_limit, fmt::format("{} bytes, limit {}", text.size(), kDataFileBytesMax));
  }
  try {
    DataRow document(YAML::Load(std::string(text)));
    Status done = read(document);
    Status rest = document.finish();
    return rest ? done : rest;
  } catch (const YAML::Exception& error) {
    return Error(Errc::malformed, fmt::format("{}: {}", place(error.mark), error.msg));
  }
}

} // namespace migstorm::triage
