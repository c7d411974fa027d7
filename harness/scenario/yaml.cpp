#include "harness/scenario/yaml.hpp"

#include "harness/scenario/units.hpp"
#include "harness/scenario/yaml_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

namespace migstorm {

std::string to_string(const Diagnostic& diagnostic) {
  if (diagnostic.line == 0) {
    return fmt::format("{}: {}", diagnostic.file, diagnostic.message);
  }
  return fmt::format("{}:{}:{}: {}", diagnostic.file, diagnostic.line, diagnostic.column, diagnostic.message);
}

namespace yaml {
namespace {

struct Utf8 {
  std::size_t length = 0; // 0: not UTF-8
};

Utf8 utf8_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const std::size_t length = lead < 0x80   ? 1
                             : lead < 0xc2 ? 0
                             : lead < 0xe0 ? 2
                             : lead < 0xf0 ? 3
                             : lead < 0xf5 ? 4
                                           : 0;
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

void strip_byte_order_mark(std::string& text) {
  constexpr std::string_view kMark = "\xef\xbb\xbf";
  if (text.starts_with(kMark)) {
    text.erase(0, kMark.size());
  }
}

void collect_asked(const Tree& tree, const std::string& path, std::set<std::string>& keys) {
  for (const std::string& key : tree.asked) {
    keys.insert(path + key);
  }
  for (const Entry& entry : tree.entries) {
    collect_asked(*entry.value, path + entry.key + '.', keys);
  }
  for (const auto& item : tree.items) {
    collect_asked(*item, path, keys);
  }
}

} // namespace

void Document::add(const Tree* near, Place place, std::string message) {
  Diagnostic diagnostic{near != nullptr && !near->origin.empty() ? near->origin : file, place.line,
                        place.column, std::move(message)};
  const auto key = [](const Diagnostic& d) { return std::tie(d.line, d.column, d.file, d.message); };
  const auto at = std::lower_bound(diagnostics.begin(), diagnostics.end(), diagnostic,
                                   [&](const Diagnostic& a, const Diagnostic& b) { return key(a) < key(b); });
  if ((at != diagnostics.end() && key(*at) == key(diagnostic)) || diagnostics.size() > kDiagnosticsMax) {
    return;
  }
  if (diagnostics.size() == kDiagnosticsMax) {
    diagnostics.insert(
        diagnostics.begin(),
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
  Built built = build_tree(text);
  for (const Refusal& duplicate : built.duplicates) {
    document->add(nullptr, duplicate.place, duplicate.message);
  }
  if (built.refusal) {
    document->add(nullptr, built.refusal->place, built.refusal->message);
  } else if (!built.root || built.root->kind == Kind::empty) {
    document->add(nullptr, {1, 1}, "the file is empty");
  } else {
    document->root = std::move(built.root);
  }
  return document;
}

Reader::Reader(std::string text, std::string file)
    : document_(read_document(std::move(text), std::move(file))) {}

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

std::vector<std::string> Reader::known_keys() const {
  std::set<std::string> keys;
  if (document_->root) {
    collect_asked(*document_->root, "", keys);
  }
  return {keys.begin(), keys.end()};
}

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
  Built built = build_tree(copy);
  if (built.refusal) {
    return Error{Errc::malformed, built.refusal->message};
  }
  if (!built.duplicates.empty()) {
    return Error{Errc::malformed, built.duplicates.front().message};
  }
  return std::move(built.root);
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
