// WQL statements as parsed: SELECT ... FROM ... WHERE ..., ASSOCIATORS OF {path} ..., REFERENCES OF {path}
// ... Nothing here knows the classes; filter.hpp binds conditions to them, run.hpp executes statements.
#pragma once

#include "tools/lab/cim/model.hpp"

#include <migstorm/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab::wql {

inline constexpr std::size_t kBytesMax = std::size_t{64} * 1024;
inline constexpr std::size_t kDepthMax = 32;       // of parentheses and NOT
inline constexpr std::size_t kTermsMax = 1024;     // comparisons in one WHERE clause
inline constexpr std::size_t kPropertiesMax = 256; // selected by name

enum class Op : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal, like, is_null };

struct Operand {
  bool is_name = false;
  // The name, or the literal: NULL, TRUE/FALSE, a number or a string.
  std::string name;
  cim::Scalar literal;
};

struct Condition {
  enum class Kind : std::uint8_t { all, any, negation, comparison };
  Kind kind = Kind::comparison;
  std::vector<Condition> parts; // of all and any; one of negation
  Op op = Op::equal;
  Operand left;
  Operand right; // unused by is_null
};

struct Select {
  std::vector<std::string> properties; // empty: *
  std::string class_name;
  std::optional<Condition> where;
};

struct Related {
  bool references = false; // the associations themselves rather than what is at their other end
  cim::ObjectPath path;
  std::string assoc_class;
  std::string result_class;
  std::string role;
  std::string result_role;
};

// Only one of the two is filled in. (GCC 12 warns of uninitialised members when a variant of them moves.)
struct Statement {
  bool is_select = true;
  Select select;
  Related related;
};

// Errors name the byte where parsing stopped.
Result<Statement> parse(std::string_view text);

// The equalities that every row must fulfil, for providers that can answer with fewer instances.
cim::Hint hint_of(const Condition& condition);

} // namespace migstorm::lab::wql
