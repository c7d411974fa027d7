// Result<T>: what a function that can fail on outside input returns.
//
// Member names follow std::expected, so that the day the project moves to C++23
// this header becomes an alias.
#pragma once

#include <cassert>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace migstorm {

// One code per reaction a caller can have; the detail goes in Error::detail.
enum class Errc : std::uint8_t {
  truncated,       // input ended before a field did
  malformed,       // input contradicts itself or the format
  over_limit,      // input asks for more than we are willing to spend
  unsupported,     // well formed, but not a thing we (or this host) handle
  transport,       // the request certainly did not reach the other side; asking again is safe
  unknown_outcome, // the request left and no answer came: it may have been carried out
  remote_fault,    // an answer, and it says no
  busy,            // an answer: not now; back off and ask again
  stale,           // an enumeration context or bookmark is gone; start over
  too_large,       // the answer does not fit the envelope; ask for less
  not_found,       // an answer: no such object, class or namespace
  denied,          // rejected password or missing right; never ask again by ourselves
  storage,         // our own disk is full, or the journal is locked
  timed_out,       // our own deadline passed before anything was asked
  cancelled,       // a stop was requested
};

std::string_view to_string(Errc code) noexcept;

struct [[nodiscard]] Error {
  Errc code{};
  std::string detail;                  // says what was wrong, with the numbers
  std::optional<std::uint64_t> offset; // byte of the input, where there is one

  Error(Errc c, std::string d, std::optional<std::uint64_t> at = std::nullopt)
      : code(c), detail(std::move(d)), offset(at) {}

  // Prefixes the step that failed: "dump header: run table: 43 runs, limit 42".
  Error within(std::string_view step) && {
    detail.insert(0, std::string(step) + ": ");
    return std::move(*this);
  }
};

template <class T>
class [[nodiscard]] Result {
public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& operator*() & { return checked<0>(*this); }
  const T& operator*() const& { return checked<0>(*this); }
  T&& operator*() && { return std::move(checked<0>(*this)); }
  T* operator->() { return &checked<0>(*this); }
  const T* operator->() const { return &checked<0>(*this); }
  Error& error() & { return checked<1>(*this); }
  const Error& error() const& { return checked<1>(*this); }
  Error&& error() && { return std::move(checked<1>(*this)); }

private:
  template <std::size_t I, class Self>
  static auto& checked(Self& self) {
    assert(self.state_.index() == I);
    return std::get<I>(self.state_);
  }

  std::variant<T, Error> state_;
};

using Unit = std::monostate;
using Status = Result<Unit>;

} // namespace migstorm
