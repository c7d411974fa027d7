// The one bridge from pplx::task (cpprestsdk) to coroutines on AsioRuntime. Include it in .cpp files only.
#pragma once

#include "harness/runtime/asio_runtime.hpp"

#ifndef _TURN_OFF_PLATFORM_STRING
#define _TURN_OFF_PLATFORM_STRING // cpprest's macro U breaks fmt
#endif
#include <pplx/pplxtasks.h>

#include <coroutine>
#include <utility>

namespace migstorm {

// auto value = co_await from_pplx(runtime, std::move(task)); rethrows what the task threw.
template <class T>
auto from_pplx(AsioRuntime& runtime, pplx::task<T> task) {
  struct Awaiter {
    AsioRuntime& runtime;
    pplx::task<T> task;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> next) {
      runtime.begin_operation();
      // Runs on a thread of pplx: it hands the coroutine over and touches nothing else. The awaiter may be
      // gone by the time end_operation() returns.
      task.then([&runtime = runtime, next](const pplx::task<T>&) { runtime.end_operation(next); });
    }
    T await_resume() { return task.get(); } // ready by now
  };
  return Awaiter{runtime, std::move(task)};
}

} // namespace migstorm
