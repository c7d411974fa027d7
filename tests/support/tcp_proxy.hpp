// Passes connections on to a port, looks at what crosses, and can break them.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace migstorm::test {

class TcpProxy {
public:
  // Looks for `marker` in both directions.
  TcpProxy(std::uint16_t target, std::string marker);
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;
  ~TcpProxy();

  std::uint16_t port() const noexcept { return port_; }
  bool marker_seen() const noexcept { return marker_seen_; }
  std::uint64_t bytes_from_target() const noexcept { return from_target_; }
  int connections() const noexcept { return connections_; }
  // Breaks the connections once the target has sent this many bytes more; 0: never.
  void cut_after(std::uint64_t bytes) { cut_at_ = bytes == 0 ? 0 : from_target_ + bytes; }

private:
  void serve();
  void pass(int client);

  std::uint16_t target_;
  std::string marker_;
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<bool> leaving_{false};
  std::atomic<bool> marker_seen_{false};
  std::atomic<std::uint64_t> from_target_{0};
  std::atomic<std::uint64_t> cut_at_{0};
  std::atomic<int> connections_{0};
  std::vector<std::thread> passing_; // of the serving thread
  std::thread serving_;
};

} // namespace migstorm::test
