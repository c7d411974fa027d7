// The ledger file: what was asked and what happened, one line each, in order. The cluster is deterministic,
// so going on from a ledger means doing again what was asked at the same instants; the lines that this gives
// must be those in the file, and when the file is through, new ones are appended. A last line without its
// newline was torn by the end of the process: it is dropped, and nobody was told of it.
#pragma once

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab {

class Ledger {
public:
  struct Line {
    Instant at{};
    std::vector<std::string> words; // decoded; the first says what it is
  };

  // An empty path: a ledger that keeps nothing. `header` names engine, seed and configuration.
  static Result<Ledger> open(const std::string& path, const std::string& header);

  // The next line of an existing file that was not given again yet; nothing when it is through.
  const std::optional<Line>& recorded() const noexcept { return recorded_; }
  std::uint64_t line() const noexcept { return line_; } // its number

  // Compares with the recorded line while there is one, appends otherwise. Kept in memory until flush().
  void write(Instant at, const std::vector<std::string>& words);
  // Hands what was written to the operating system. Also reports what went wrong before.
  Status flush();
  bool kept() const noexcept { return !path_.empty(); }
  // A line that differs from the recorded one, or a line that cannot be read.
  const std::optional<Error>& problem() const noexcept { return problem_; }

private:
  struct Close {
    void operator()(std::FILE* file) const noexcept {
      static_cast<void>(std::fclose(file));
    } // all was flushed
  };
  void read_next();
  void start_appending();
  void fail(std::string why);

  std::string path_;
  std::unique_ptr<std::ifstream> input_;
  std::uint64_t whole_ = 0; // bytes up to the end of the last whole line read
  std::uint64_t line_ = 0;  // number of that line
  std::optional<Line> recorded_;
  std::string recorded_text_;
  std::unique_ptr<std::FILE, Close> output_;
  std::string buffer_;
  std::optional<Error> problem_;
};

} // namespace migstorm::lab
