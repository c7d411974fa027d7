#include "tools/lab/engine/ledger.hpp"

#include "tools/lab/lab.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <charconv>
#include <filesystem>
#include <system_error>

namespace migstorm::lab {
namespace {

constexpr std::size_t kLineMax = 4096;

// Words are separated by spaces and lines by newlines, so neither may stand in a word: it is percent-encoded.
std::string encode(std::string_view word) {
  std::string text;
  for (const char c : word) {
    if (c > ' ' && c < 0x7f && c != '%') {
      text += c;
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return text.empty() ? "%" : text;
}

std::optional<std::string> decode(std::string_view text) {
  std::string word;
  if (text == "%") {
    return word;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      word += text[i];
      continue;
    }
    unsigned value = 0;
    if (i + 2 >= text.size() ||
        std::from_chars(text.data() + i + 1, text.data() + i + 3, value, 16).ptr != text.data() + i + 3) {
      return std::nullopt;
    }
    word += static_cast<char>(value);
    i += 2;
  }
  return word;
}

std::optional<Instant> parse_instant(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return Instant(value);
}

std::optional<Ledger::Line> parse_line(std::string_view text) {
  const std::size_t space = text.find(' ');
  const auto at = parse_instant(text.substr(0, space));
  if (!at || space == std::string_view::npos) {
    return std::nullopt;
  }
  Ledger::Line line{*at, {}};
  for (std::string_view rest = text.substr(space + 1);;) {
    const std::size_t end = rest.find(' ');
    auto word = decode(rest.substr(0, end));
    if (!word) {
      return std::nullopt;
    }
    line.words.push_back(std::move(*word));
    if (end == std::string_view::npos) {
      return line;
    }
    rest.remove_prefix(end + 1);
  }
}

} // namespace

Result<Ledger> Ledger::open(const std::string& path, const std::string& header) {
  Ledger ledger;
  ledger.path_ = path;
  if (path.empty()) {
    return ledger;
  }
  std::error_code error;
  const bool fresh = !std::filesystem::exists(path, error) || std::filesystem::file_size(path, error) == 0;
  if (error) {
    return Error(Errc::storage, fmt::format("ledger {}: {}", path, error.message()));
  }
  std::string found;
  if (!fresh) {
    ledger.input_ = std::make_unique<std::ifstream>(path, std::ios::binary);
    std::getline(*ledger.input_, found);
    if (ledger.input_->bad() || found.size() > kLineMax) {
      return Error(Errc::storage, fmt::format("ledger {}: cannot be read", path));
    }
  }
  const bool torn = !fresh && ledger.input_->eof() && header.starts_with(found);
  if (fresh || torn) { // a header torn by the end of the process: nothing had happened yet
    ledger.input_.reset();
    ledger.start_appending();
    ledger.buffer_ = header + '\n';
    if (auto status = ledger.flush(); !status) {
      return std::move(status).error();
    }
    return ledger;
  }
  if (found != header) {
    return Error(Errc::malformed,
                 fmt::format("ledger {}: it was written for another configuration, seed or engine", path));
  }
  ledger.whole_ = found.size() + 1;
  ledger.line_ = 1;
  ledger.read_next();
  return ledger;
}

void Ledger::read_next() {
  recorded_.reset();
  std::getline(*input_, recorded_text_);
  if (input_->eof()) {
    if (!recorded_text_.empty()) {
      spdlog::warn("ledger {}: dropped a torn last line of {} bytes", path_, recorded_text_.size());
    }
    input_.reset();
    start_appending();
    return;
  }
  ++line_;
  if (input_->bad() || input_->fail() || recorded_text_.size() > kLineMax) {
    return fail("cannot be read");
  }
  recorded_ = parse_line(recorded_text_);
  if (!recorded_) {
    return fail("is not a line of a ledger");
  }
  whole_ += recorded_text_.size() + 1;
}

void Ledger::start_appending() {
  std::error_code error;
  std::filesystem::resize_file(path_, whole_, error); // of a new file: fails, and that is right
  output_.reset(std::fopen(path_.c_str(), "ab"));
  if (!output_) {
    problem_.emplace(Errc::storage, fmt::format("ledger {}: cannot be opened for writing", path_));
  }
}

void Ledger::fail(std::string why) {
  recorded_.reset();
  if (!problem_) {
    problem_.emplace(Errc::malformed, fmt::format("ledger {}: line {} {}", path_, line_, why));
  }
}

void Ledger::write(Instant at, const std::vector<std::string>& words) {
  if (!kept() || problem_) {
    return;
  }
  std::string line = fmt::format("{}", at.count());
  for (const std::string& word : words) {
    line += ' ';
    line += encode(word);
  }
  if (!recorded_) {
    buffer_ += line;
    buffer_ += '\n';
    return;
  }
  if (line != recorded_text_) {
    return fail(fmt::format("does not follow from the ones before: expected '{}'", line));
  }
  read_next();
}

Status Ledger::flush() {
  if (problem_) {
    return *problem_;
  }
  if (buffer_.empty()) {
    return Unit{};
  }
  const bool written = output_ &&
                       std::fwrite(buffer_.data(), 1, buffer_.size(), output_.get()) == buffer_.size() &&
                       std::fflush(output_.get()) == 0;
  buffer_.clear();
  if (!written) {
    problem_.emplace(Errc::storage, fmt::format("ledger {}: cannot be written", path_));
    return *problem_;
  }
  return Unit{};
}

Result<Instant> ledger_last(const std::string& ledger_path) {
  constexpr std::uint64_t kTail = 4 * kLineMax;
  std::error_code error;
  if (!std::filesystem::exists(ledger_path, error)) {
    return Instant{};
  }
  std::ifstream file(ledger_path, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::int64_t>(file.tellg());
  if (!file || size < 0) {
    return Error(Errc::storage, fmt::format("ledger {}: cannot be read", ledger_path));
  }
  const std::int64_t from = std::max<std::int64_t>(0, size - static_cast<std::int64_t>(kTail));
  std::string tail(static_cast<std::size_t>(size - from), '\0');
  file.seekg(from);
  file.read(tail.data(), static_cast<std::streamsize>(tail.size()));
  const std::size_t end = tail.rfind('\n');
  if (!file || end == std::string::npos) {
    return Instant{};
  }
  const std::size_t before = end == 0 ? std::string::npos : tail.rfind('\n', end - 1);
  if (before == std::string::npos && from == 0) {
    return Instant{}; // the header alone
  }
  const std::size_t start = before == std::string::npos ? 0 : before + 1;
  const auto line = parse_line(std::string_view(tail).substr(start, end - start));
  if (!line) {
    return Error(Errc::malformed,
                 fmt::format("ledger {}: its last line is not one of a ledger", ledger_path));
  }
  return line->at;
}

} // namespace migstorm::lab
