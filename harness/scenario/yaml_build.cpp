// From yaml-cpp's events to our tree.
#include "harness/scenario/units.hpp"
#include "harness/scenario/yaml_tree.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <map>
#include <sstream>

namespace migstorm::yaml {
namespace {

const char* const kQuoteOpen = "a quoted text is not closed";

[[noreturn]] void refuse(const YAML::Mark& mark, const std::string& message) {
  throw YAML::ParserException(mark, message);
}

// The text behind yaml-cpp's marks. It counts columns in bytes; editors count characters.
class Source {
public:
  explicit Source(std::string_view text) : text_(text), starts_{0} {
    for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n', end + 1)) {
      starts_.push_back(end + 1);
    }
  }

  Place place(const YAML::Mark& mark) {
    if (mark.is_null() || static_cast<std::size_t>(mark.line) >= starts_.size()) {
      return {};
    }
    if (mark.line != line_ || mark.column < column_) {
      line_ = mark.line;
      column_ = inner_bytes_ = 0;
    }
    // Marks come in order: a long line is walked once, not once for every node on it.
    const std::size_t from = starts_[static_cast<std::size_t>(line_)] + static_cast<std::size_t>(column_);
    const std::string_view step =
        text_.substr(std::min(from, text_.size()), static_cast<std::size_t>(mark.column - column_));
    inner_bytes_ += static_cast<int>(std::count_if(
        step.begin(), step.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }));
    column_ = mark.column;
    return {line_ + 1, column_ - inner_bytes_ + 1};
  }

  // Whether the quoted text that starts here ends somewhere; true for text without quotes.
  bool closes_quote(const YAML::Mark& mark) const {
    const auto start = static_cast<std::size_t>(std::max(mark.pos, 0));
    if (start >= text_.size() || (text_[start] != '"' && text_[start] != '\'')) {
      return true;
    }
    const char quote = text_[start];
    for (std::size_t at = start + 1; at < text_.size(); ++at) {
      const bool escapes = text_[at] == '\\' && quote == '"';
      const bool doubled = quote == '\'' && text_.substr(at, 2) == "''";
      if (escapes || doubled) {
        ++at;
      } else if (text_[at] == quote) {
        return true;
      }
    }
    return false;
  }

  bool has_tab_indentation(int line) const {
    if (line < 1 || static_cast<std::size_t>(line) > starts_.size()) {
      return false;
    }
    const std::string_view rest = text_.substr(starts_[static_cast<std::size_t>(line - 1)]);
    return rest.substr(0, rest.find_first_not_of(" \t")).find('\t') != std::string_view::npos;
  }

private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
  int line_ = 0;
  int column_ = 0;
  int inner_bytes_ = 0;
};

// Builds our own tree from yaml-cpp's events. Its nodes know neither their end nor how often an alias repeats
// them, and by the time it has built them a mad document has already cost what it wanted.
class TreeBuilder final : public YAML::EventHandler {
public:
  explicit TreeBuilder(std::string_view text) : source_(text) {}

  std::shared_ptr<Tree> root;
  std::vector<Refusal> duplicates;

  Refusal refusal(const YAML::Mark& mark, const std::string& message) {
    const Place place = source_.place(mark);
    return {place, source_.has_tab_indentation(place.line) ? "a tab in the indentation, YAML wants spaces"
                                                           : message};
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      refuse(mark, "more text after the end of the document, one file holds one document");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (wants_key()) {
      refuse(mark, "a key is missing before ':'");
    }
    add_value(make(Kind::empty, mark, anchor));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    refuse_tag(mark, tag);
    if (!source_.closes_quote(mark)) {
      refuse(mark, kQuoteOpen); // yaml-cpp lets it run to the end of the file
    }
    if (wants_key()) {
      count(mark, 1);
      start_key(mark, value);
      return;
    }
    auto tree = make(Kind::scalar, mark, anchor);
    tree->text = value;
    add_value(tree);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (wants_key()) {
      refuse(mark, "a key must be plain text");
    }
    if (++aliases_ > kAliasesMax) {
      refuse(mark, fmt::format("more than {} aliases", kAliasesMax));
    }
    const auto found = anchors_.find(anchor);
    const bool open = found != anchors_.end() && std::any_of(open_.begin(), open_.end(), [&](const Open& o) {
                        return o.tree == found->second;
                      });
    if (found == anchors_.end() || open) {
      refuse(mark, "an alias cannot stand inside of what it repeats");
    }
    if (open_.size() + found->second->height > kDepthMax) {
      refuse(mark, fmt::format("nested more than {} deep", kDepthMax));
    }
    count(mark, found->second->weight);
    add_value(found->second);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    start_collection(Kind::list, mark, tag, anchor);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    start_collection(Kind::map, mark, tag, anchor);
  }
  void OnSequenceEnd() override { end_collection(); }
  void OnMapEnd() override { end_collection(); }

private:
  struct Open {
    std::shared_ptr<Tree> tree;
    std::map<std::string, int, std::less<>> seen; // key and its line
    std::string key;
    Place key_place;
    bool has_key = false;
    bool duplicate = false;
  };

  bool wants_key() const {
    return !open_.empty() && open_.back().tree->kind == Kind::map && !open_.back().has_key;
  }

  void count(const YAML::Mark& mark, std::size_t nodes) {
    nodes_ += nodes;
    if (nodes_ > kNodesMax) {
      refuse(mark, fmt::format("more than {} keys and values", kNodesMax));
    }
  }

  static void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    if (!tag.empty() && tag != "?" && tag != "!") {
      // Not repeated: it may be a password that somebody forgot to quote.
      refuse(mark, "a tag means nothing here, put text that starts with '!' in quotes");
    }
  }

  std::shared_ptr<Tree> make(Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    count(mark, 1);
    auto tree = std::make_shared<Tree>();
    tree->kind = kind;
    tree->place = source_.place(mark);
    if (kind == Kind::empty && !open_.empty() && open_.back().has_key) {
      tree->place = open_.back().key_place; // yaml-cpp points at whatever comes next
    }
    if (anchor != YAML::NullAnchor) {
      anchors_[anchor] = tree;
    }
    return tree;
  }

  void start_key(const YAML::Mark& mark, const std::string& key) {
    Open& map = open_.back();
    const auto [first, added] = map.seen.emplace(key, mark.line + 1);
    map.key = key;
    map.key_place = source_.place(mark);
    map.has_key = true;
    map.duplicate = !added;
    if (!added) {
      duplicates.push_back({map.key_place, fmt::format("key {} stands twice, first in line {}",
                                                       units::quoted(key), first->second)});
    }
  }

  void start_collection(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    refuse_tag(mark, tag);
    if (wants_key()) {
      refuse(mark, "a bracket that starts here is not closed, or a key is not plain text");
    }
    if (open_.size() >= kDepthMax) {
      refuse(mark, fmt::format("nested more than {} deep", kDepthMax));
    }
    open_.push_back({make(kind, mark, anchor), {}, {}, {}, false, false});
  }

  void end_collection() {
    const auto tree = open_.back().tree;
    open_.pop_back();
    add_value(tree);
  }

  void add_value(const std::shared_ptr<Tree>& value) {
    if (open_.empty()) {
      root = value;
      return;
    }
    Open& parent = open_.back();
    parent.tree->weight += value->weight + (parent.tree->kind == Kind::map ? 1 : 0);
    parent.tree->height = std::max(parent.tree->height, value->height + 1);
    if (parent.tree->kind == Kind::list) {
      parent.tree->items.push_back(value);
    } else if (!parent.duplicate) {
      parent.tree->entries.push_back({parent.key, parent.key_place, value});
    }
    parent.has_key = false;
  }

  Source source_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, std::shared_ptr<Tree>> anchors_;
  std::size_t nodes_ = 0;
  std::size_t aliases_ = 0;
  int documents_ = 0;
};

// yaml-cpp's words where they would not help an operator.
std::string reworded(const std::string& message) {
  struct Wording {
    std::string_view theirs;
    std::string_view ours;
  };
  static const std::array<Wording, 11> kWordings = {{
      {YAML::ErrorMsg::END_OF_MAP, "this does not fit the keys above, check the indentation"},
      {YAML::ErrorMsg::END_OF_SEQ, "this does not fit the list above, check the indentation"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "a '{' is not closed, or a ',' is missing"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "a '[' is not closed, or a ',' is missing"},
      {YAML::ErrorMsg::FLOW_END, "a ']' or '}' that nothing opened"},
      {YAML::ErrorMsg::MAP_VALUE,
       "a ':' where no key can stand, check the indentation or put text that has ': ' in quotes"},
      {YAML::ErrorMsg::MAP_KEY, "a key where none can stand, check the indentation"},
      {YAML::ErrorMsg::BLOCK_ENTRY, "a '- ' where no list can stand, check the indentation"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, kQuoteOpen},
      {YAML::ErrorMsg::UNKNOWN_ANCHOR, "'*' starts an alias in YAML, put text that starts with it in quotes"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "no value can start with this character, put the text in quotes"},
  }};
  for (const Wording& wording : kWordings) {
    if (message == wording.theirs) {
      return std::string(wording.ours);
    }
  }
  return message.substr(0, 200);
}

} // namespace

Built build_tree(const std::string& text) {
  TreeBuilder builder(text);
  Built built;
  try {
    std::istringstream in(text);
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    built.refusal = builder.refusal(error.mark, reworded(error.msg));
  }
  built.root = builder.root;
  built.duplicates = std::move(builder.duplicates);
  return built;
}

} // namespace migstorm::yaml
