// A thread that runs blocking jobs one after the other.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace migstorm {

class Worker {
public:
  Worker() : thread_([this] { serve(); }) {}
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker(); // waits until the jobs that were given are done

  void give(std::function<void()> job);

private:
  void serve();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> jobs_;
  bool leaving_ = false;
  std::thread thread_; // last: it uses what stands above
};

} // namespace migstorm
