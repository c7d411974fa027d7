#include "tools/lab/cim/text.hpp"
#include "tools/lab/wql/lexer.hpp"
#include "tools/lab/wql/query.hpp"

#include <fmt/format.h>

namespace migstorm::lab::wql {

namespace {

using cim::iequals;

// Recursive descent; the first error sticks and every later step does nothing.
class Parser {
public:
  explicit Parser(std::string_view text) : lexer_(text) { advance(); }

  Result<Statement> statement();

private:
  bool failed() const noexcept { return error_.has_value(); }
  void fail(std::string_view wanted);
  void fail_limit(std::string_view what, std::size_t limit);
  void advance();

  bool at_word(std::string_view word) const noexcept {
    return token_.kind == Token::Kind::name && iequals(token_.text, word);
  }
  bool at_symbol(std::string_view symbol) const noexcept {
    return token_.kind == Token::Kind::symbol && token_.text == symbol;
  }
  bool take_word(std::string_view word);
  bool take_symbol(std::string_view symbol);
  void expect_word(std::string_view word);
  void expect_symbol(std::string_view symbol);
  std::string take_name(std::string_view wanted);

  Select select();
  Related related(bool references);
  void related_term(Related& related);
  Condition any_of();
  Condition all_of();
  Condition factor();
  Condition comparison();
  Condition null_test(Operand left);
  Operand operand();
  Operand literal();
  std::optional<Op> take_operator();

  Lexer lexer_;
  Token token_;
  std::optional<Error> error_;
  std::size_t depth_ = 0;
  std::size_t terms_ = 0;
};

void Parser::fail(std::string_view wanted) {
  if (!failed()) {
    error_.emplace(Errc::malformed, fmt::format("WQL: {} expected at byte {}", wanted, token_.offset),
                   token_.offset);
  }
}

void Parser::fail_limit(std::string_view what, std::size_t limit) {
  if (!failed()) {
    error_.emplace(Errc::over_limit, fmt::format("WQL: over {} {}", limit, what), token_.offset);
  }
}

void Parser::advance() {
  if (failed()) {
    return;
  }
  auto next = lexer_.next();
  if (next) {
    token_ = std::move(*next);
  } else {
    error_.emplace(std::move(next).error());
  }
}

bool Parser::take_word(std::string_view word) {
  if (failed() || !at_word(word)) {
    return false;
  }
  advance();
  return true;
}

bool Parser::take_symbol(std::string_view symbol) {
  if (failed() || !at_symbol(symbol)) {
    return false;
  }
  advance();
  return true;
}

void Parser::expect_word(std::string_view word) {
  if (!take_word(word)) {
    fail(word);
  }
}

void Parser::expect_symbol(std::string_view symbol) {
  if (!take_symbol(symbol)) {
    fail(symbol);
  }
}

std::string Parser::take_name(std::string_view wanted) {
  if (failed() || token_.kind != Token::Kind::name) {
    fail(wanted);
    return {};
  }
  auto name = std::move(token_.text);
  advance();
  return name;
}

Result<Statement> Parser::statement() {
  Statement statement;
  statement.is_select = at_word("SELECT");
  if (take_word("SELECT")) {
    statement.select = select();
  } else if (take_word("ASSOCIATORS")) {
    statement.related = related(false);
  } else if (take_word("REFERENCES")) {
    statement.related = related(true);
  } else {
    fail("SELECT, ASSOCIATORS or REFERENCES");
  }
  if (!failed() && token_.kind != Token::Kind::end) {
    fail("the end");
  }
  if (failed()) {
    return *std::move(error_);
  }
  return statement;
}

Select Parser::select() {
  Select select;
  if (!take_symbol("*")) {
    do {
      select.properties.push_back(take_name("a property or *"));
      if (select.properties.size() > kPropertiesMax) {
        fail_limit("selected properties", kPropertiesMax);
      }
    } while (take_symbol(","));
  }
  expect_word("FROM");
  select.class_name = take_name("a class");
  if (take_word("WHERE")) {
    select.where = any_of();
  }
  return select;
}

Related Parser::related(bool references) {
  Related related;
  related.references = references;
  expect_word("OF");
  if (failed() || token_.kind != Token::Kind::path) {
    fail("{path}");
    return related;
  }
  auto path = cim::parse_path(token_.text);
  if (!path) {
    fail("an object path in braces");
    return related;
  }
  related.path = *std::move(path);
  advance();
  if (take_word("WHERE")) {
    do {
      related_term(related);
    } while (!failed() && token_.kind != Token::Kind::end);
  }
  return related;
}

void Parser::related_term(Related& related) {
  const std::pair<std::string_view, std::string*> terms[] = {{"AssocClass", &related.assoc_class},
                                                             {"ResultClass", &related.result_class},
                                                             {"Role", &related.role},
                                                             {"ResultRole", &related.result_role}};
  for (const auto& [word, value] : terms) {
    if (take_word(word)) {
      expect_symbol("=");
      *value = take_name("a name");
      return;
    }
  }
  fail("AssocClass, ResultClass, Role or ResultRole");
}

Condition Parser::any_of() {
  Condition first = all_of();
  if (failed() || !at_word("OR")) {
    return first;
  }
  Condition any;
  any.kind = Condition::Kind::any;
  any.parts.push_back(std::move(first));
  while (take_word("OR")) {
    any.parts.push_back(all_of());
  }
  return any;
}

Condition Parser::all_of() {
  Condition first = factor();
  if (failed() || !at_word("AND")) {
    return first;
  }
  Condition all;
  all.kind = Condition::Kind::all;
  all.parts.push_back(std::move(first));
  while (take_word("AND")) {
    all.parts.push_back(factor());
  }
  return all;
}

Condition negated(Condition condition) {
  Condition negation;
  negation.kind = Condition::Kind::negation;
  negation.parts.push_back(std::move(condition));
  return negation;
}

Condition Parser::factor() {
  const bool negation = at_word("NOT");
  if (!negation && !at_symbol("(")) {
    return comparison();
  }
  if (depth_ == kDepthMax) {
    fail_limit("levels of parentheses", kDepthMax);
  }
  if (failed()) {
    return {};
  }
  ++depth_;
  advance();
  Condition inner = negation ? negated(factor()) : any_of();
  if (!negation) {
    expect_symbol(")");
  }
  --depth_;
  return inner;
}

Condition Parser::comparison() {
  if (++terms_ > kTermsMax) {
    fail_limit("comparisons", kTermsMax);
  }
  Condition condition;
  condition.left = operand();
  if (take_word("IS")) {
    return null_test(std::move(condition.left));
  }
  const bool not_like = take_word("NOT");
  const auto op = take_operator();
  if (!op || (not_like && *op != Op::like)) {
    fail("a comparison");
    return condition;
  }
  condition.op = *op;
  condition.right = operand();
  if (*op == Op::like &&
      (condition.right.is_name || !std::holds_alternative<std::string>(condition.right.literal))) {
    fail("a pattern in quotes");
  }
  if (!condition.left.is_name && !condition.right.is_name) {
    fail("a property");
  }
  return not_like ? negated(std::move(condition)) : condition;
}

Condition Parser::null_test(Operand left) {
  const bool negation = take_word("NOT");
  expect_word("NULL");
  Condition test;
  test.op = Op::is_null;
  if (!left.is_name) {
    fail("a property before IS");
  }
  test.left = std::move(left);
  return negation ? negated(std::move(test)) : test;
}

Operand Parser::operand() {
  if (!failed() && token_.kind == Token::Kind::name && !at_word("TRUE") && !at_word("FALSE") &&
      !at_word("NULL")) {
    Operand named;
    named.is_name = true;
    named.name = take_name("a property");
    return named;
  }
  return literal();
}

std::optional<cim::Scalar> number_of(std::string_view text) {
  if (const auto number = cim::parse_signed(text)) {
    return cim::Scalar(*number);
  }
  if (const auto number = cim::parse_unsigned(text)) {
    return cim::Scalar(*number);
  }
  return std::nullopt;
}

Operand Parser::literal() {
  Operand operand;
  if (take_word("TRUE")) {
    operand.literal = true;
  } else if (take_word("FALSE")) {
    operand.literal = false;
  } else if (take_word("NULL")) {
    operand.literal = std::monostate();
  } else if (!failed() && token_.kind == Token::Kind::string) {
    operand.literal = std::move(token_.text);
    advance();
  } else if (auto number = token_.kind == Token::Kind::number ? number_of(token_.text) : std::nullopt) {
    operand.literal = *std::move(number);
    advance();
  } else {
    fail("a property or a value");
  }
  return operand;
}

std::optional<Op> Parser::take_operator() {
  static constexpr std::pair<std::string_view, Op> kSymbols[] = {
      {"=", Op::equal},       {"!=", Op::not_equal}, {"<>", Op::not_equal},    {"<", Op::less},
      {"<=", Op::less_equal}, {">", Op::greater},    {">=", Op::greater_equal}};
  for (const auto& [symbol, op] : kSymbols) {
    if (take_symbol(symbol)) {
      return op;
    }
  }
  return take_word("LIKE") ? std::optional(Op::like) : std::nullopt;
}

bool is_equality(const Condition& term) noexcept {
  return term.kind == Condition::Kind::comparison && term.op == Op::equal && term.left.is_name &&
         !term.right.is_name;
}

// Empty unless every term holds the same property against a text.
std::vector<cim::Key> one_of(const std::vector<Condition>& terms) {
  std::vector<cim::Key> values;
  values.reserve(terms.size());
  for (const auto& term : terms) {
    const auto* text = is_equality(term) ? std::get_if<std::string>(&term.right.literal) : nullptr;
    if (text == nullptr || term.left.name.starts_with("__") ||
        !iequals(term.left.name, terms.front().left.name)) {
      return {};
    }
    values.push_back({term.left.name, *text});
  }
  return values;
}

void add_hint(const Condition& term, cim::Hint& hint) {
  if (!is_equality(term)) {
    return;
  }
  const auto* text = std::get_if<std::string>(&term.right.literal);
  if (text != nullptr && iequals(term.left.name, "__PATH")) {
    if (auto path = cim::parse_path(*text)) {
      hint.equal.insert(hint.equal.end(), path->keys.begin(), path->keys.end());
    }
  } else if (!term.left.name.starts_with("__") && term.right.literal.index() != 0 &&
             !std::holds_alternative<bool>(term.right.literal)) {
    hint.equal.push_back({term.left.name, cim::to_text(term.right.literal)});
  }
}

} // namespace

Result<Statement> parse(std::string_view text) {
  if (text.size() > kBytesMax) {
    return Error{Errc::over_limit, fmt::format("WQL: {} bytes, limit {}", text.size(), kBytesMax)};
  }
  return Parser(text).statement();
}

cim::Hint hint_of(const Condition& condition) {
  cim::Hint hint;
  if (condition.kind == Condition::Kind::all) {
    for (const auto& part : condition.parts) {
      add_hint(part, hint);
    }
  } else if (condition.kind == Condition::Kind::any) {
    hint.one_of = one_of(condition.parts);
  } else {
    add_hint(condition, hint);
  }
  return hint;
}

} // namespace migstorm::lab::wql
