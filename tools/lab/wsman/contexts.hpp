// Open enumerations: what is left of an answer, until it is pulled, released, or forgotten for want of
// interest.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/wsman/envelope.hpp"

#include <migstorm/random.hpp>
#include <migstorm/runtime.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab::wsman {

enum class ItemMode : std::uint8_t { object, reference, both };

struct Enumeration {
  std::vector<cim::InstancePtr> rows;
  std::size_t next = 0;
  Shape shape;
  ItemMode mode = ItemMode::object;

  bool done() const noexcept { return next == rows.size(); }
};

// Contexts of one machine. Clients may use any connection; the context alone says what is pulled.
class Contexts {
public:
  // Drops what nobody asked for in time.
  void expire(Instant now);
  std::size_t size() const noexcept { return open_.size(); }
  void clear() noexcept { open_.clear(); }

  void add(std::string id, Enumeration enumeration, Instant expires);
  // nullptr if it never was, ended or expired; otherwise it lives on until `expires`.
  Enumeration* find(std::string_view id, Instant now, Instant expires);
  void remove(std::string_view id);

private:
  struct Open {
    Enumeration enumeration;
    Instant expires{};
  };
  std::map<std::string, Open, std::less<>> open_;
};

// "uuid:" and an upper-case GUID.
std::string make_uuid(Random& random);

} // namespace migstorm::lab::wsman
