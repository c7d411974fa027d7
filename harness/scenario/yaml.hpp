// Reading YAML documents of ours: every problem is collected with its line and column, unknown keys are
// errors with a suggestion, and a mad file (size, depth, aliases) is refused before it costs anything.
#pragma once

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace migstorm {

struct Diagnostic {
  std::string file;
  int line = 0; // from 1; 0: the file as a whole
  int column = 0;
  std::string message; // "unknown key 'dwel', did you mean 'dwell'?"
};
// "scenarios/x.yaml:12:5: unknown key ..."
std::string to_string(const Diagnostic& diagnostic);

namespace yaml {

class Reader;

// A node with the place it came from. Reading the wrong kind records a diagnostic and yields the default.
class Node {
public:
  bool defined() const noexcept;
  bool is_map() const noexcept;
  bool is_list() const noexcept;
  bool is_scalar() const noexcept;

  // Children. `key` is marked as known; finish() reports the keys of a map that nobody asked for.
  Node key(std::string_view name) const;     // undefined if absent
  Node require(std::string_view name) const; // diagnostic if absent
  std::vector<Node> list() const;            // a scalar is a list of one
  std::vector<std::pair<std::string, Node>>
  entries() const; // a map in document order; marks every key as known
  void finish() const;

  std::string text(std::string_view fallback = "") const;
  bool flag(bool fallback) const;
  std::uint64_t whole(std::uint64_t low, std::uint64_t high, std::uint64_t fallback) const;
  double fraction(double low, double high, double fallback) const; // "5%", "0.05", "1/1500"
  Span span(Span low, Span high, Span fallback) const;             // "250ms", "2s", "10min", "8h", "3d"
  std::pair<Span, Span> span_range(std::pair<Span, Span> fallback) const; // "2s..10s" or one span
  std::uint64_t bytes(std::uint64_t low, std::uint64_t high,
                      std::uint64_t fallback) const; // "64KiB", "40 GiB", "1MB"
  std::uint64_t rate(std::uint64_t fallback) const;  // "40MiB/s", with "per disk" ignored after it
  // One of `words`; the diagnostic lists them. Returns its index.
  std::size_t choice(const std::vector<std::string_view>& words, std::size_t fallback) const;

  void error(std::string message) const; // a diagnostic at this place

private:
  friend class Reader;
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

// Limits: 1 MiB of text, depth 32, 20,000 nodes, 64 aliases.
class Reader {
public:
  // `file` names the document in diagnostics.
  Reader(std::string text, std::string file);
  // The same with every "--set KEY=VALUE" applied; a problem with one of those names it instead of a line.
  Reader(std::string text, std::string file, const std::vector<std::string>& settings);
  Node root() const;        // undefined when the text could not be read
  std::string text() const; // what is read, as YAML; comments are gone
  // Every key that was asked for so far, "migrate.count": for tests that hold the manuals to the code.
  std::vector<std::string> known_keys() const;
  const std::vector<Diagnostic>& diagnostics() const noexcept; // in the order of line and column

private:
  std::shared_ptr<struct Document> document_;
  friend class Node;
};

// Applies "--set migrate.count=300" to a document's text and gives the new text; malformed names the bad
// assignment.
Result<std::string> apply_settings(std::string text, const std::vector<std::string>& assignments);

} // namespace yaml
} // namespace migstorm
