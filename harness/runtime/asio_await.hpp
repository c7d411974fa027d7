// The one bridge from Asio's asynchronous operations to coroutines on AsioRuntime.
#pragma once

#include "harness/runtime/asio_runtime.hpp"

#include <boost/system/error_code.hpp>

#include <coroutine>
#include <utility>

namespace migstorm {

namespace detail {

// A completion handler must be copyable by Asio's rules in some operations; two pointers are.
template <class T>
struct AsioHandler {
  AsioRuntime* runtime;
  std::pair<boost::system::error_code, T>* result;
  std::coroutine_handle<> next;

  void operator()(const boost::system::error_code& error) const {
    result->first = error;
    runtime->end_operation(next);
  }
  template <class U>
  void operator()(const boost::system::error_code& error, U&& value) const {
    result->second = std::forward<U>(value);
    (*this)(error);
  }
};

} // namespace detail

// auto start = [&](auto handler) { socket.async_read_some(buffer, std::move(handler)); };
// auto [error, size] = co_await from_asio<std::size_t>(runtime, std::move(start));
// T is what the operation completes with besides its error code; std::monostate where that is nothing.
template <class T, class Start>
auto from_asio(AsioRuntime& runtime, Start start) {
  struct Awaiter {
    AsioRuntime& runtime;
    Start start;
    std::pair<boost::system::error_code, T> result;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> next) {
      runtime.begin_operation();
      start(detail::AsioHandler<T>{&runtime, &result, next});
    }
    std::pair<boost::system::error_code, T> await_resume() { return std::move(result); }
  };
  return Awaiter{runtime, std::move(start), {}};
}

} // namespace migstorm
