#include "tests/support/tcp_proxy.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace migstorm::test {
namespace {

constexpr int kLookEvery = 50; // ms

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool send_all(int to, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t put = ::send(to, data, size, MSG_NOSIGNAL);
    if (put <= 0) {
      return false;
    }
    data += put;
    size -= static_cast<std::size_t>(put);
  }
  return true;
}

// Sees a text that lies across the border of two reads.
class Looker {
public:
  explicit Looker(const std::string& marker) : marker_(marker) {}
  bool sees(const char* data, std::size_t size) {
    tail_.append(data, size);
    const bool found = tail_.find(marker_) != std::string::npos;
    tail_.erase(0, tail_.size() - std::min(tail_.size(), marker_.size() - 1));
    return found;
  }

private:
  const std::string& marker_;
  std::string tail_;
};

} // namespace

TcpProxy::TcpProxy(std::uint16_t target, std::string marker) : target_(target), marker_(std::move(marker)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  if (::bind(listener_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
      ::listen(listener_, 16) != 0 ||
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("the proxy cannot listen");
  }
  port_ = ntohs(address.sin_port);
  serving_ = std::thread([this] { serve(); });
}

TcpProxy::~TcpProxy() {
  leaving_ = true;
  serving_.join();
  ::close(listener_);
}

void TcpProxy::serve() {
  while (!leaving_) {
    pollfd one{listener_, POLLIN, 0};
    if (::poll(&one, 1, kLookEvery) > 0) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      ++connections_;
      passing_.emplace_back([this, client] { pass(client); });
    }
  }
  for (std::thread& each : passing_) {
    each.join();
  }
}

void TcpProxy::pass(int client) {
  const int server = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(target_);
  bool open = ::connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  Looker there(marker_);
  Looker back(marker_);
  std::vector<char> buffer(1U << 17U);
  while (open && !leaving_) {
    std::array<pollfd, 2> both{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
    ::poll(both.data(), both.size(), kLookEvery);
    for (std::size_t i = 0; i < both.size() && open; ++i) {
      if (both.at(i).revents == 0) {
        continue;
      }
      const ssize_t got = ::recv(both.at(i).fd, buffer.data(), buffer.size(), 0);
      open = got > 0;
      if (!open) {
        break;
      }
      const auto size = static_cast<std::size_t>(got);
      if ((i == 0 ? there : back).sees(buffer.data(), size)) {
        marker_seen_ = true;
      }
      from_target_ += i == 1 ? size : 0;
      open = (cut_at_ == 0 || from_target_ < cut_at_) && send_all(both.at(1 - i).fd, buffer.data(), size);
    }
  }
  ::close(server);
  ::close(client);
}

} // namespace migstorm::test
