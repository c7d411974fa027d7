#include "harness/hyperv/bugcheck_text.hpp"

#include "harness/hyperv/names.hpp"
#include "harness/wsman/text.hpp"

#include <charconv>
#include <limits>

namespace migstorm::hyperv {

namespace {

constexpr std::size_t kMessageMax = std::size_t{64} * 1024;
constexpr std::uint32_t kMinidumpMark = 0x10000000;

class Cursor {
public:
  explicit Cursor(std::string_view text) noexcept : rest_(text) {}

  void spaces() noexcept {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\t')) {
      rest_.remove_prefix(1);
    }
  }
  bool take(char expected) noexcept {
    spaces();
    const bool there = !rest_.empty() && rest_.front() == expected;
    rest_.remove_prefix(there ? 1 : 0);
    return there;
  }
  template <class T>
  bool hex(T& value) noexcept {
    spaces();
    if (!rest_.starts_with("0x") && !rest_.starts_with("0X")) {
      return false;
    }
    const char* end = rest_.data() + rest_.size();
    const auto parsed = std::from_chars(rest_.data() + 2, end, value, 16);
    rest_ = std::string_view(parsed.ptr, static_cast<std::size_t>(end - parsed.ptr));
    return parsed.ec == std::errc{};
  }

private:
  std::string_view rest_;
};

// 0xdeaddead also has that bit, so the whole first digit decides.
std::uint32_t without_mark(std::uint32_t code) noexcept {
  return code >> 28 == 1 ? code & ~kMinidumpMark : code;
}

std::optional<BugcheckText> parse_at(std::string_view text) noexcept {
  Cursor cursor(text);
  BugcheckText bugcheck;
  if (!cursor.hex(bugcheck.code) || !cursor.take('(')) {
    return std::nullopt;
  }
  for (std::size_t i = 0; i < bugcheck.parameters.size(); ++i) {
    if ((i > 0 && !cursor.take(',')) || !cursor.hex(bugcheck.parameters[i])) {
      return std::nullopt;
    }
  }
  if (!cursor.take(')')) {
    return std::nullopt;
  }
  bugcheck.code = without_mark(bugcheck.code);
  return bugcheck;
}

std::optional<BugcheckText> find_bugcheck(std::string_view text) noexcept {
  text = text.substr(0, kMessageMax);
  for (std::size_t at = text.find('0'); at != std::string_view::npos; at = text.find('0', at + 1)) {
    if (auto bugcheck = parse_at(text.substr(at))) {
      return bugcheck;
    }
  }
  return std::nullopt;
}

// The last "C:\", "\\server\" or "%SystemRoot%\" before the position.
std::size_t path_start(std::string_view text) noexcept {
  const std::size_t drive = text.rfind(":\\");
  if (drive != std::string_view::npos && drive > 0) {
    return drive - 1;
  }
  const std::size_t share = text.rfind("\\\\");
  return share != std::string_view::npos ? share : text.find('%');
}

std::string find_dump_path(std::string_view text) {
  text = text.substr(0, kMessageMax);
  constexpr std::string_view kExtension = ".dmp";
  const std::size_t end = to_lower(text).find(kExtension);
  if (end == std::string_view::npos) {
    return {};
  }
  text = text.substr(0, end + kExtension.size());
  const std::size_t start = path_start(text);
  return start == std::string_view::npos ? std::string() : wsman::printable(text.substr(start), kTextMax);
}

std::optional<std::uint64_t> whole_number(std::string_view text) noexcept {
  text = wsman::trimmed(text);
  const bool hex = text.starts_with("0x") || text.starts_with("0X");
  text.remove_prefix(hex ? 2 : 0);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(value) : std::nullopt;
}

} // namespace

std::optional<BugcheckText> parse_bugcheck(const std::vector<std::string_view>& strings,
                                           std::string_view message) {
  std::optional<BugcheckText> bugcheck;
  std::string path;
  for (const std::string_view string : strings) {
    bugcheck = bugcheck ? bugcheck : find_bugcheck(string);
    path = path.empty() ? find_dump_path(string) : path;
  }
  bugcheck = bugcheck ? bugcheck : find_bugcheck(message);
  if (bugcheck) {
    bugcheck->dump_path = path.empty() ? find_dump_path(message) : path;
  }
  return bugcheck;
}

std::optional<BugcheckText> parse_unclean_start(const std::vector<std::string_view>& strings) {
  const auto code = strings.empty() ? std::nullopt : whole_number(strings.front());
  if (!code || *code == 0 || *code > std::numeric_limits<std::uint32_t>::max()) {
    return std::nullopt;
  }
  BugcheckText bugcheck;
  bugcheck.code = without_mark(static_cast<std::uint32_t>(*code));
  for (std::size_t i = 0; i < bugcheck.parameters.size() && i + 1 < strings.size(); ++i) {
    bugcheck.parameters[i] = whole_number(strings[i + 1]).value_or(0);
  }
  return bugcheck;
}

} // namespace migstorm::hyperv
