// What a Result holds, in a test that ends where it holds an error.
#pragma once

#include "tests/support/catch.hpp"

#include <migstorm/result.hpp>

namespace migstorm::test {

template <class T>
T value_of(Result<T> result) {
  INFO((result ? std::string() : result.error().detail));
  REQUIRE(result);
  return *std::move(result);
}

} // namespace migstorm::test
