// --set KEY=VALUE: changes the tree of a document, and writes a tree as YAML again.
#include "harness/scenario/units.hpp"
#include "harness/scenario/yaml_tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace migstorm::yaml {
namespace {

constexpr std::size_t kSettingMax = 4096;

struct Step {
  std::string key;                  // of a map, or
  std::optional<std::size_t> index; // of a list
};

Error refuse(std::string message) { return {Errc::malformed, std::move(message)}; }

// "disks[0].count" as disks, 0, count.
Result<std::vector<Step>> parse_path(std::string_view path) {
  std::vector<Step> steps;
  const auto malformed = [&] {
    return refuse(fmt::format("{} is no path of keys, write it like migrate.count or disks[0].count",
                              units::quoted(path)));
  };
  for (std::string_view rest = path;;) {
    const std::size_t end = std::min(rest.find_first_of(".[]"), rest.size());
    if (end == 0 || steps.size() >= kDepthMax) {
      return malformed();
    }
    steps.push_back({std::string(rest.substr(0, end)), {}});
    rest.remove_prefix(end);
    while (rest.starts_with('[')) {
      const std::size_t close = rest.find(']');
      const auto index = units::parse_whole(rest.substr(1, std::min(close, rest.size()) - 1));
      if (close == std::string_view::npos || !index || steps.size() >= kDepthMax) {
        return malformed();
      }
      steps.push_back({{}, static_cast<std::size_t>(*index)});
      rest.remove_prefix(close + 1);
    }
    if (rest.empty()) {
      return steps;
    }
    if (rest.front() != '.') {
      return malformed();
    }
    rest.remove_prefix(1);
  }
}

void stamp(Tree& tree, const std::string& origin) {
  tree.origin = origin;
  tree.place = {};
  for (Entry& entry : tree.entries) {
    entry.place = {};
    stamp(*entry.value, origin);
  }
  for (const auto& item : tree.items) {
    stamp(*item, origin);
  }
}

std::shared_ptr<Tree> copy_of(const Tree& tree) {
  auto copy = std::make_shared<Tree>(tree);
  for (Entry& entry : copy->entries) {
    entry.value = copy_of(*entry.value);
  }
  for (auto& item : copy->items) {
    item = copy_of(*item);
  }
  return copy;
}

Result<std::shared_ptr<Tree>*> enter_list(Tree& tree, std::size_t index) {
  if (tree.kind != Kind::list) {
    return refuse(fmt::format("[{}] asks for a list, and there is none", index));
  }
  if (index > tree.items.size()) {
    return refuse(fmt::format("[{}] is past the end, the list has {} entries", index, tree.items.size()));
  }
  if (index == tree.items.size()) {
    tree.items.push_back(std::make_shared<Tree>());
  }
  return &tree.items[index];
}

Result<std::shared_ptr<Tree>*> enter_map(Tree& tree, const std::string& key, const std::string& origin) {
  if (tree.kind == Kind::empty) {
    tree.kind = Kind::map;
    tree.origin = origin;
    tree.place = {};
  }
  if (tree.kind != Kind::map) {
    return refuse(fmt::format("{} asks for a map of keys, and there is none", units::quoted(key)));
  }
  const auto entry =
      std::find_if(tree.entries.begin(), tree.entries.end(), [&](const Entry& e) { return e.key == key; });
  if (entry != tree.entries.end()) {
    return &entry->value;
  }
  tree.entries.push_back({key, {}, std::make_shared<Tree>()});
  return &tree.entries.back().value;
}

bool is_null_word(std::string_view text) {
  static constexpr std::array<std::string_view, 5> kWords = {"", "~", "null", "Null", "NULL"};
  return std::find(kWords.begin(), kWords.end(), text) != kWords.end();
}

// Text that every YAML reader takes as itself without quotes.
bool is_plain(std::string_view text) {
  const auto plain = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           std::string_view("_./%+ -").find(c) != std::string_view::npos;
  };
  return !is_null_word(text) && std::isalnum(static_cast<unsigned char>(text.front())) != 0 &&
         text.back() != ' ' && std::all_of(text.begin(), text.end(), plain);
}

std::string scalar_text(std::string_view text) {
  if (is_plain(text)) {
    return std::string(text);
  }
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(byte));
    } else {
      out += c;
    }
  }
  return out + '"';
}

void emit_into(std::string& out, const Tree& tree, std::size_t indent);

// A value behind "key:" or "-": on the same line if it is short, else below and deeper.
void emit_value(std::string& out, const Tree& value, std::size_t indent) {
  if (!value.entries.empty() || !value.items.empty()) {
    out += '\n';
    emit_into(out, value, indent + 2);
  } else {
    out += ' ';
    emit_into(out, value, indent);
  }
}

void emit_into(std::string& out, const Tree& tree, std::size_t indent) {
  switch (tree.kind) {
  case Kind::empty:
    out += "~\n";
    return;
  case Kind::scalar:
    out += scalar_text(tree.text) + '\n';
    return;
  case Kind::map:
    for (const Entry& entry : tree.entries) {
      out += std::string(indent, ' ') + scalar_text(entry.key) + ':';
      emit_value(out, *entry.value, indent);
    }
    out += tree.entries.empty() ? "{}\n" : "";
    return;
  case Kind::list:
    for (const auto& item : tree.items) {
      out += std::string(indent, ' ') + '-';
      emit_value(out, *item, indent);
    }
    out += tree.items.empty() ? "[]\n" : "";
    return;
  }
}

} // namespace

Status apply_setting(Document& document, const std::string& assignment) {
  const std::size_t equals = assignment.find('=');
  if (assignment.size() > kSettingMax) {
    return Error{Errc::over_limit, fmt::format("{} bytes, the limit is {}", assignment.size(), kSettingMax)};
  }
  if (equals == std::string::npos) {
    return refuse(fmt::format("{} is no assignment, write it KEY=VALUE", units::quoted(assignment)));
  }
  auto steps = parse_path(std::string_view(assignment).substr(0, equals));
  if (!steps) {
    return std::move(steps).error();
  }
  auto value = read_value(std::string_view(assignment).substr(equals + 1));
  if (!value) {
    return std::move(value).error();
  }
  if (steps->size() + (*value)->height > kDepthMax) {
    return Error{Errc::over_limit, fmt::format("nested more than {} deep", kDepthMax)};
  }
  const std::string origin = "--set " + assignment;
  // Aliases share nodes: what one repeats must not change with it. A failure leaves the document as it was.
  std::shared_ptr<Tree> changed = copy_of(*document.root);
  std::shared_ptr<Tree>* slot = &changed;
  for (const Step& step : *steps) {
    auto next = step.index ? enter_list(**slot, *step.index) : enter_map(**slot, step.key, origin);
    if (!next) {
      return std::move(next).error();
    }
    slot = *next;
  }
  stamp(**value, origin);
  *slot = *value;
  document.root = std::move(changed);
  return Unit{};
}

std::string emit(const Tree& tree) {
  std::string out;
  emit_into(out, tree, 0);
  return out;
}

} // namespace migstorm::yaml
