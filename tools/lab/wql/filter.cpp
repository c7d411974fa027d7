#include "tools/lab/wql/filter.hpp"

#include "tools/lab/cim/text.hpp"

#include <algorithm>
#include <optional>

namespace migstorm::lab::wql {

namespace {

using cim::iequals;
using cim::Scalar;
using cim::Type;

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

// Bytes of the UTF-8 character at the front; broken text counts byte by byte.
std::size_t character_size(std::string_view text) noexcept {
  const auto lead = static_cast<unsigned char>(text.front());
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
  return std::min(size, text.size());
}

// "[a-c%]" at the front of `pattern`: whether it takes `c`; `size` becomes its length, 0 if it never closes.
bool set_takes(std::string_view pattern, char c, std::size_t& size) noexcept {
  const auto close = pattern.find(']', 2);
  size = close == pattern.npos ? 0 : close + 1;
  if (size == 0) {
    return false;
  }
  auto set = pattern.substr(1, close - 1);
  const bool inverted = set.size() > 1 && (set.front() == '^' || set.front() == '!');
  set.remove_prefix(inverted ? 1 : 0);
  bool inside = false;
  for (std::size_t i = 0; i < set.size(); ++i) {
    const bool range = i + 2 < set.size() && set[i + 1] == '-';
    const char low = lower(set[i]);
    const char high = range ? lower(set[i + 2]) : low;
    inside = inside || (lower(c) >= low && lower(c) <= high);
    i += range ? 2 : 0;
  }
  return inside != inverted;
}

// One pattern element other than % against the front of `text`; both lengths consumed, or nothing.
struct Step {
  std::size_t text = 0;
  std::size_t pattern = 0;
};
std::optional<Step> match_one(std::string_view text, std::string_view pattern) noexcept {
  if (text.empty()) {
    return std::nullopt;
  }
  if (pattern.front() == '_') {
    return Step{character_size(text), 1};
  }
  if (pattern.front() == '[') {
    std::size_t size = 0;
    const bool taken = set_takes(pattern, text.front(), size);
    if (size != 0) {
      return taken ? std::optional(Step{1, size}) : std::nullopt;
    }
  }
  return lower(pattern.front()) == lower(text.front()) ? std::optional(Step{1, 1}) : std::nullopt;
}

int sign(bool less, bool equal) noexcept { return less ? -1 : (equal ? 0 : 1); }

// Of numbers whatever their signedness; nothing where one is no number.
std::optional<int> order_of_numbers(const Scalar& a, const Scalar& b) {
  const auto* ai = std::get_if<std::int64_t>(&a);
  const auto* au = std::get_if<std::uint64_t>(&a);
  const auto* bi = std::get_if<std::int64_t>(&b);
  const auto* bu = std::get_if<std::uint64_t>(&b);
  if ((ai == nullptr && au == nullptr) || (bi == nullptr && bu == nullptr)) {
    return std::nullopt;
  }
  const auto with = [&](auto x) {
    return bi != nullptr ? sign(std::cmp_less(x, *bi), std::cmp_equal(x, *bi))
                         : sign(std::cmp_less(x, *bu), std::cmp_equal(x, *bu));
  };
  return ai != nullptr ? with(*ai) : with(*au);
}

std::optional<int> order(const Scalar& a, const Scalar& b) {
  if (const auto numbers = order_of_numbers(a, b)) {
    return numbers;
  }
  if (a.index() != b.index()) {
    return std::nullopt;
  }
  if (const auto* text = std::get_if<std::string>(&a)) {
    return cim::icompare(*text, std::get<std::string>(b));
  }
  if (const auto* truth = std::get_if<bool>(&a)) {
    return static_cast<int>(*truth) - static_cast<int>(std::get<bool>(b));
  }
  if (const auto* time = std::get_if<cim::Datetime>(&a)) {
    const auto& other = std::get<cim::Datetime>(b).time;
    return sign(time->time < other, time->time == other);
  }
  if (const auto* interval = std::get_if<cim::Interval>(&a)) {
    const auto& other = std::get<cim::Interval>(b).span;
    return sign(interval->span < other, interval->span == other);
  }
  if (const auto* path = std::get_if<cim::ObjectPath>(&a)) {
    const auto& other = std::get<cim::ObjectPath>(b);
    return cim::same_object(*path, other) ? 0 : cim::icompare(format_path(*path), format_path(other));
  }
  return std::nullopt;
}

bool holds(Op op, int order) noexcept {
  switch (op) {
  case Op::equal:
    return order == 0;
  case Op::not_equal:
    return order != 0;
  case Op::less:
    return order < 0;
  case Op::less_equal:
    return order <= 0;
  case Op::greater:
    return order > 0;
  case Op::greater_equal:
    return order >= 0;
  case Op::like:
  case Op::is_null:
    break;
  }
  return false;
}

Op mirrored(Op op) noexcept {
  switch (op) {
  case Op::less:
    return Op::greater;
  case Op::less_equal:
    return Op::greater_equal;
  case Op::greater:
    return Op::less;
  case Op::greater_equal:
    return Op::less_equal;
  default:
    return op;
  }
}

Error invalid(std::string detail) { return {Errc::malformed, "WQL: " + std::move(detail)}; }

} // namespace

bool like(std::string_view text, std::string_view pattern) noexcept {
  std::size_t t = 0;
  std::size_t p = 0;
  std::size_t after_percent =
      std::string_view::npos; // where to go on after the last % took one more character
  std::size_t retry_text = 0;
  while (t < text.size() || p < pattern.size()) {
    if (p < pattern.size() && pattern[p] == '%') {
      after_percent = ++p;
      retry_text = t;
      continue;
    }
    if (p < pattern.size()) {
      if (const auto step = match_one(text.substr(t), pattern.substr(p))) {
        t += step->text;
        p += step->pattern;
        continue;
      }
    }
    if (after_percent == std::string_view::npos || retry_text >= text.size()) {
      return false;
    }
    t = ++retry_text;
    p = after_percent;
  }
  return true;
}

struct Filter::Binder {
  const cim::ClassDef& definition;
  std::string_view host;
  bool lenient;

  Result<Node> bind(const Condition& condition) const;
  Result<Node> bind_comparison(const Condition& condition) const;
  Result<Side> bind_side(const Operand& operand) const;
  std::optional<Side> system_property(std::string_view name) const;
};

std::optional<Filter::Side> Filter::Binder::system_property(std::string_view name) const {
  Side side;
  if (iequals(name, "__SERVER")) {
    side.constant = std::string(host);
  } else if (iequals(name, "__CLASS")) {
    side.constant = definition.name;
  } else if (iequals(name, "__SUPERCLASS")) {
    side.constant = definition.parent;
  } else if (iequals(name, "__NAMESPACE")) {
    auto ns = definition.ns;
    std::replace(ns.begin(), ns.end(), '/', '\\');
    side.constant = std::move(ns);
  } else if (iequals(name, "__PATH")) {
    side.kind = Side::Kind::path;
  } else if (iequals(name, "__RELPATH")) {
    side.kind = Side::Kind::relative_path;
  } else {
    return std::nullopt;
  }
  return side;
}

Result<Filter::Side> Filter::Binder::bind_side(const Operand& operand) const {
  Side side;
  if (!operand.is_name) {
    side.constant = operand.literal;
    return side;
  }
  if (auto system = system_property(operand.name)) {
    return *std::move(system);
  }
  side.index = definition.index_of(operand.name);
  if (side.index == cim::ClassDef::npos) {
    if (lenient) {
      return side; // a NULL constant
    }
    return invalid(definition.name + " has no property " + operand.name);
  }
  const auto& property = definition.properties[side.index];
  if (property.array || property.type == Type::object) {
    return invalid("arrays and objects cannot be compared: " + operand.name);
  }
  side.kind = Side::Kind::property;
  side.type = property.type;
  return side;
}

// The literal as the type of the property that it is compared with: '3' and 3 are the same to a number.
std::optional<Scalar> converted(const Scalar& literal, Type type) {
  const bool is_number =
      std::holds_alternative<std::int64_t>(literal) || std::holds_alternative<std::uint64_t>(literal);
  const bool to_number = type >= Type::uint8 && type <= Type::sint64;
  if (literal.index() == 0 || (is_number && to_number)) {
    return literal; // also a number that the type cannot hold: nothing is equal to it
  }
  if (to_number) {
    if (const auto* truth = std::get_if<bool>(&literal)) {
      return Scalar(static_cast<std::int64_t>(*truth));
    }
    return cim::from_text(type == Type::uint64 ? Type::uint64 : Type::sint64, cim::to_text(literal));
  }
  return cim::from_text(type, cim::to_text(literal));
}

Result<Filter::Node> Filter::Binder::bind_comparison(const Condition& condition) const {
  Node node;
  node.op = condition.op;
  auto left = bind_side(condition.left);
  if (!left) {
    return std::move(left).error();
  }
  node.left = *std::move(left);
  if (condition.op == Op::is_null) {
    return node;
  }
  auto right = bind_side(condition.right);
  if (!right) {
    return std::move(right).error();
  }
  node.right = *std::move(right);
  if (node.left.kind == Side::Kind::constant && node.right.kind != Side::Kind::constant) {
    std::swap(node.left, node.right);
    node.op = mirrored(node.op);
  }
  if (node.left.kind == Side::Kind::property && node.right.kind == Side::Kind::constant &&
      node.op != Op::like) {
    auto typed = converted(node.right.constant, node.left.type);
    if (!typed) {
      return invalid("the value compared with " + definition.properties[node.left.index].name +
                     " is not of type " + std::string(cim::type_name(node.left.type)));
    }
    node.right.constant = *std::move(typed);
  }
  // __PATH is compared as a path where that is possible: clients quote and order keys in ways of their own.
  if (node.left.kind == Side::Kind::path && (node.op == Op::equal || node.op == Op::not_equal)) {
    const auto* text = std::get_if<std::string>(&node.right.constant);
    if (auto path = text != nullptr ? cim::parse_path(*text) : std::nullopt) {
      node.left.kind = Side::Kind::object;
      node.right.constant = *std::move(path);
    }
  }
  // WMI takes `= NULL` and `<> NULL` for IS NULL and IS NOT NULL.
  const bool null_right = node.right.kind == Side::Kind::constant && node.right.constant.index() == 0;
  if (null_right && !condition.right.is_name && node.op == Op::equal) {
    node.op = Op::is_null;
  } else if (null_right && !condition.right.is_name && node.op == Op::not_equal) {
    Node negation;
    negation.kind = Condition::Kind::negation;
    node.op = Op::is_null;
    negation.parts.push_back(std::move(node));
    return negation;
  }
  return node;
}

Result<Filter::Node> Filter::Binder::bind(const Condition& condition) const {
  if (condition.kind == Condition::Kind::comparison) {
    return bind_comparison(condition);
  }
  Node node;
  node.kind = condition.kind;
  for (const auto& part : condition.parts) {
    auto bound = bind(part);
    if (!bound) {
      return bound;
    }
    node.parts.push_back(*std::move(bound));
  }
  return node;
}

Result<Filter> Filter::bind(const Condition& condition, const cim::ClassDef& definition,
                            std::string_view host, bool lenient) {
  auto root = Binder{definition, host, lenient}.bind(condition);
  if (!root) {
    return std::move(root).error();
  }
  return Filter(*std::move(root), std::string(host));
}

bool Filter::matches(const cim::Instance& instance) const { return evaluate(root_, instance) == Truth::yes; }

Filter::Truth Filter::evaluate(const Node& node, const cim::Instance& instance) const {
  if (node.kind == Condition::Kind::comparison) {
    return compare(node, instance);
  }
  if (node.kind == Condition::Kind::negation) {
    const auto inner = evaluate(node.parts.front(), instance);
    return inner == Truth::unknown ? inner : (inner == Truth::yes ? Truth::no : Truth::yes);
  }
  const bool all = node.kind == Condition::Kind::all;
  auto truth = all ? Truth::yes : Truth::no;
  for (const auto& part : node.parts) {
    const auto next = evaluate(part, instance);
    truth = all ? std::min(truth, next) : std::max(truth, next);
    if (truth == (all ? Truth::no : Truth::yes)) {
      break;
    }
  }
  return truth;
}

Filter::Truth Filter::compare(const Node& node, const cim::Instance& instance) const {
  Scalar left_scratch;
  const auto* left = value_of(node.left, instance, left_scratch);
  const bool is_null = left == nullptr || left->index() == 0;
  if (node.op == Op::is_null) {
    return is_null ? Truth::yes : Truth::no;
  }
  Scalar right_scratch;
  const auto* right = value_of(node.right, instance, right_scratch);
  if (is_null || right == nullptr || right->index() == 0) {
    return Truth::unknown;
  }
  if (node.op == Op::like) {
    const auto* text = std::get_if<std::string>(left);
    const auto& pattern = std::get<std::string>(*right);
    return like(text != nullptr ? *text : cim::to_text(*left), pattern) ? Truth::yes : Truth::no;
  }
  const auto* a = std::get_if<std::string>(left);
  const auto* b = std::get_if<std::string>(right);
  if (a != nullptr && b != nullptr && (node.op == Op::equal || node.op == Op::not_equal)) {
    return cim::iequals(*a, *b) == (node.op == Op::equal) ? Truth::yes : Truth::no;
  }
  const auto ordered = order(*left, *right);
  if (!ordered) {
    return Truth::unknown;
  }
  return holds(node.op, *ordered) ? Truth::yes : Truth::no;
}

const Scalar* Filter::value_of(const Side& side, const cim::Instance& instance, Scalar& scratch) const {
  switch (side.kind) {
  case Side::Kind::constant:
    return &side.constant;
  case Side::Kind::property:
    return std::get_if<Scalar>(&instance.values()[side.index]);
  case Side::Kind::object:
    scratch = path_of(instance, host_);
    return &scratch;
  case Side::Kind::path:
    scratch = format_path(path_of(instance, host_));
    return &scratch;
  case Side::Kind::relative_path: {
    auto path = path_of(instance, {});
    path.ns.clear();
    scratch = format_path(path);
    return &scratch;
  }
  }
  return nullptr;
}

} // namespace migstorm::lab::wql
