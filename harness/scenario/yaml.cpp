#include "harness/scenario/yaml.hpp"

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

namespace migstorm {

std::string to_string(const Diagnostic& diagnostic) {
  if (diagnostic.line == 0) {
    return fmt::format("{}: {}", diagnostic.file, diagnostic.message);
  }
  return fmt::format("{}:{}:{}: {}", diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.message);
}

namespace yaml {
namespace {

struct Refusal {
  Place place;
  std::string message;
};

[[noreturn]] void refuse(const YAML::Mark& mark, const std::string& message) {
  throw YAML::ParserException(mark, message);
}

// yaml-cpp counts columns in bytes; editors count characters.
class Columns {
public:
  explicit Columns(std::string_view text) : text_(text), starts_{0} {
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

private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
  int line_ = 0;
  int column_ = 0;
  int inner_bytes_ = 0;
};

// Builds our own tree from yaml-cpp's events. Its nodes know neither their end nor how often an alias repeats them,
// and by the time it has built them a mad document has already cost what it wanted.
class TreeBuilder final : public YAML::EventHandler {
public:
  explicit TreeBuilder(std::string_view text) : columns_(text) {}

  std::shared_ptr<Tree> root;
  std::vector<Refusal> duplicates;

  Place place(const YAML::Mark& mark) { return columns_.place(mark); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) {
      refuse(mark, "a second document starts here, one file holds one document");
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
    if (wants_key()) {
      count(mark, 1);
      start_key(mark, value);
      return;
    }
    auto tree = make(Kind::scalar, mark, anchor);
    tree->text = value;
    add_value(std::move(tree));
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
      refuse(mark, fmt::format("the tag {} means nothing here", units::quoted(tag)));
    }
  }

  std::shared_ptr<Tree> make(Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    count(mark, 1);
    auto tree = std::make_shared<Tree>();
    tree->kind = kind;
    tree->place = place(mark);
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
    map.key_place = place(mark);
    map.has_key = true;
    map.duplicate = !added;
    if (!added) {
      duplicates.push_back({map.key_place, fmt::format("key {} stands twice, first in line {}", units::quoted(key),
                                                       first->second)});
    }
  }

  void start_collection(Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    refuse_tag(mark, tag);
    if (wants_key()) {
      refuse(mark, "a key must be plain text");
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

  Columns columns_;
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
      {YAML::ErrorMsg::TAB_IN_INDENTATION, "a tab in the indentation, YAML wants spaces"},
      {YAML::ErrorMsg::END_OF_MAP, "this does not fit the keys above, check the indentation"},
      {YAML::ErrorMsg::END_OF_SEQ, "this does not fit the list above, check the indentation"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "a '{' is not closed, or a ',' is missing"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "a '[' is not closed, or a ',' is missing"},
      {YAML::ErrorMsg::FLOW_END, "a ']' or '}' that nothing opened"},
      {YAML::ErrorMsg::MAP_VALUE, "a ':' where no key can stand, put text with ': ' in quotes"},
      {YAML::ErrorMsg::MAP_KEY, "a key where none can stand, check the indentation"},
      {YAML::ErrorMsg::BLOCK_ENTRY, "a '- ' where no list can stand, check the indentation"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "a quoted text is not closed"},
      {YAML::ErrorMsg::ALIAS_NOT_FOUND, "'*' starts an alias in YAML, put text that starts with it in quotes"},
  }};
  for (const Wording& wording : kWordings) {
    if (message == wording.theirs) {
      return std::string(wording.ours);
    }
  }
  return message.substr(0, 200);
}

struct Utf8 {
  std::size_t length = 0; // 0: not UTF-8
};

Utf8 utf8_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80 ? 1 : lead < 0xc2 ? 0 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : lead < 0xf5 ? 4 : 0;
  for (std::size_t i = 1; i < length; ++i) {
    if (at + i >= text.size() || (static_cast<unsigned char>(text[at + i]) & 0xC0U) != 0x80U) {
      return {};
    }
  }
  return {length};
}

// What yaml-cpp must never see: it recurses by brackets and passes any byte on.
std::optional<Refusal> check_text(std::string_view text) {
  if (text.size() > kTextMax) {
    return Refusal{{}, fmt::format("{} bytes, the limit is {}", text.size(), kTextMax)};
  }
  Place place{1, 1};
  std::size_t open = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const std::size_t length = utf8_at(text, at).length;
    if (length == 0) {
      return Refusal{place, fmt::format("byte 0x{:02x} is not UTF-8, save the file as UTF-8",
                                        static_cast<unsigned>(static_cast<unsigned char>(c)))};
    }
    if ((static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f) {
      return Refusal{place, fmt::format("control character 0x{:02x}", static_cast<unsigned>(c))};
    }
    if (c == '[' || c == '{') {
      ++open;
    } else if ((c == ']' || c == '}') && open > 0) {
      --open;
    }
    if (open > kOpenBracketsMax) {
      return Refusal{place, fmt::format("more than {} open brackets", kOpenBracketsMax)};
    }
    place = c == '\n' ? Place{place.line + 1, 1} : Place{place.line, place.column + 1};
    at += length;
  }
  return std::nullopt;
}

// The refusal that ended the reading, if any. The tree is complete only without one.
std::optional<Refusal> build(const std::string& text, TreeBuilder& builder) {
  try {
    std::istringstream in(text);
    YAML::Parser parser(in);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    return Refusal{builder.place(error.mark), reworded(error.msg)};
  }
  return std::nullopt;
}

void strip_byte_order_mark(std::string& text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (text.starts_with(kMark)) {
    text.erase(0, kMark.size());
  }
}

} // namespace

void Document::add(const Tree* near, Place place, std::string message) {
  Diagnostic diagnostic{near != nullptr && !near->origin.empty() ? near->origin : file, place.line, place.column,
                        std::move(message)};
  const auto key = [](const Diagnostic& d) { return std::tie(d.line, d.column, d.file, d.message); };
  const auto at = std::lower_bound(diagnostics.begin(), diagnostics.end(), diagnostic,
                                   [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  if ((at != diagnostics.end() && key(*at) == key(diagnostic)) || diagnostics.size() > kDiagnosticsMax) {
    return;
  }
  if (diagnostics.size() == kDiagnosticsMax) {
    diagnostics.insert(diagnostics.begin(),
                       {file, 0, 0, fmt::format("more than {} problems, the first ones found are shown", kDiagnosticsMax)});
    return;
  }
  diagnostics.insert(at, std::move(diagnostic));
}

std::shared_ptr<Document> read_document(std::string text, std::string file) {
  auto document = std::make_shared<Document>();
  document->file = std::move(file);
  strip_byte_order_mark(text);
  if (const auto refusal = check_text(text)) {
    document->add(nullptr, refusal->place, refusal->message);
    return document;
  }
  TreeBuilder builder(text);
  const auto refusal = build(text, builder);
  for (const Refusal& duplicate : builder.duplicates) {
    document->add(nullptr, duplicate.place, duplicate.message);
  }
  if (refusal) {
    document->add(nullptr, refusal->place, refusal->message);
  } else if (!builder.root || builder.root->kind == Kind::empty) {
    document->add(nullptr, {1, 1}, "the file is empty");
  } else {
    document->root = builder.root;
  }
  return document;
}

Reader::Reader(std::string text, std::string file) : document_(read_document(std::move(text), std::move(file))) {}

Reader::Reader(std::string text, std::string file, const std::vector<std::string>& settings)
    : Reader(std::move(text), std::move(file)) {
  for (const std::string& setting : settings) {
    if (!document_->root) {
      return;
    }
    if (const Status applied = apply_setting(*document_, setting); !applied) {
      Tree origin;
      origin.origin = "--set " + setting;
      document_->add(&origin, {}, applied.error().detail);
    }
  }
}

Node Reader::root() const {
  Node node;
  node.impl_ = std::make_shared<Node::Impl>();
  node.impl_->document = document_;
  node.impl_->tree = node.impl_->near = document_->root.get();
  node.impl_->place = document_->root ? document_->root->place : Place{};
  return node;
}

std::string Reader::text() const { return document_->root ? emit(*document_->root) : std::string(); }

const std::vector<Diagnostic>& Reader::diagnostics() const noexcept { return document_->diagnostics; }

Result<std::shared_ptr<Tree>> read_value(std::string_view text) {
  if (text.empty()) {
    return Error{Errc::malformed, "no value after '='"};
  }
  const std::string copy(text);
  if (const auto refusal = check_text(copy)) {
    return Error{Errc::malformed, refusal->message};
  }
  if (std::string_view("[{\"'").find(text.front()) == std::string_view::npos) {
    auto tree = std::make_shared<Tree>();
    tree->kind = Kind::scalar;
    tree->text = copy;
    return tree;
  }
  TreeBuilder builder(copy);
  if (const auto refusal = build(copy, builder)) {
    return Error{Errc::malformed, refusal->message};
  }
  if (!builder.duplicates.empty()) {
    return Error{Errc::malformed, builder.duplicates.front().message};
  }
  return builder.root;
}

Result<std::string> apply_settings(std::string text, const std::vector<std::string>& assignments) {
  if (assignments.empty()) {
    return text;
  }
  const auto document = read_document(std::move(text), "the document");
  if (!document->root) {
    return Error{Errc::malformed, to_string(document->diagnostics.front())};
  }
  for (const std::string& assignment : assignments) {
    if (Status applied = apply_setting(*document, assignment); !applied) {
      return std::move(applied).error().within("--set " + assignment);
    }
  }
  return emit(*document->root);
}

} // namespace yaml
} // namespace migstorm
