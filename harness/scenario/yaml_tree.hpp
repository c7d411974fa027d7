// What yaml.cpp makes of a document, and what Node looks at. Internal to harness/scenario/yaml*.cpp.
#pragma once

#include "harness/scenario/yaml.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::yaml {

inline constexpr std::size_t kTextMax = 1U << 20;
inline constexpr std::size_t kDepthMax = 32;
inline constexpr std::size_t kNodesMax = 20'000; // keys and values, aliases counted as often as they stand
inline constexpr std::size_t kAliasesMax = 64;
inline constexpr std::size_t kOpenBracketsMax = 256; // anywhere in the text, before anybody parses it
inline constexpr std::size_t kDiagnosticsMax = 100;

struct Place {
  int line = 0; // 0: not from the document; `origin` says from where
  int column = 0;
};

enum class Kind : std::uint8_t { empty, scalar, map, list };

struct Tree;
struct Entry {
  std::string key;
  Place place;
  std::shared_ptr<Tree> value;
};

struct Tree {
  Kind kind = Kind::empty;
  Place place;
  std::string text;                         // of a scalar
  std::vector<Entry> entries;               // of a map
  std::vector<std::shared_ptr<Tree>> items; // of a list
  std::string origin;                       // the --set it comes from; empty: the document
  std::set<std::string, std::less<>> asked; // keys that somebody knows
  std::size_t weight = 1;                   // nodes, itself included
  std::size_t height = 1;
};

struct Document {
  std::string file;
  std::shared_ptr<Tree> root; // null when the text could not be read
  std::vector<Diagnostic> diagnostics;

  void add(const Tree* near, Place place, std::string message);
};

struct Node::Impl {
  std::shared_ptr<Document> document;
  Tree* tree = nullptr; // null: the key is absent
  Tree* near = nullptr; // what to point at: the node itself, or the map that lacks it
  Place place;
  std::string name; // its key, for messages; empty for the root
};

struct Refusal {
  Place place;
  std::string message;
};

// Of a text that was found harmless. The tree is complete only without a refusal; duplicate keys are left out
// of it.
struct Built {
  std::shared_ptr<Tree> root; // null for a text without a document
  std::vector<Refusal> duplicates;
  std::optional<Refusal> refusal;
};
Built build_tree(const std::string& text);

// What stands behind --set KEY=. Lists, maps and quoted text are YAML; anything else is the text itself, so
// that a glob needs no second quoting.
Result<std::shared_ptr<Tree>> read_value(std::string_view text);
// Changes the tree as the assignment says.
Status apply_setting(Document& document, const std::string& assignment);
// The tree as block-style YAML.
std::string emit(const Tree& tree);

} // namespace migstorm::yaml
