// A WHERE clause bound to one class: names are resolved and literals converted once, rows are then only
// compared. Comparisons with NULL are neither true nor false (three-valued logic); a row passes if the whole
// is true.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/wql/query.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab::wql {

// Case-insensitive: % is any text, _ one character, [abc], [a-z] and [^abc] one of a set ([%] is a percent
// sign).
bool like(std::string_view text, std::string_view pattern) noexcept;

class Filter {
public:
  // Fails on a property that the class does not have, on arrays, and on values that are not of the property's
  // type. In a subclass's rows (`lenient`) a missing property is NULL: only the queried class must have it.
  static Result<Filter> bind(const Condition& condition, const cim::ClassDef& definition,
                             std::string_view host, bool lenient);

  bool matches(const cim::Instance& instance) const;

private:
  enum class Truth : std::uint8_t { no, unknown, yes }; // AND is the smallest, OR the largest

  struct Side {
    enum class Kind : std::uint8_t { constant, property, object, path, relative_path };
    Kind kind = Kind::constant;
    std::size_t index = 0;
    cim::Type type = cim::Type::string;
    cim::Scalar constant;
  };
  struct Node {
    Condition::Kind kind = Condition::Kind::comparison;
    std::vector<Node> parts;
    Op op = Op::equal;
    Side left;
    Side right;
  };
  struct Binder;

  Filter(Node root, std::string host) : root_(std::move(root)), host_(std::move(host)) {}
  Truth evaluate(const Node& node, const cim::Instance& instance) const;
  Truth compare(const Node& node, const cim::Instance& instance) const;
  const cim::Scalar* value_of(const Side& side, const cim::Instance& instance, cim::Scalar& scratch) const;

  Node root_;
  std::string host_;
};

} // namespace migstorm::lab::wql
