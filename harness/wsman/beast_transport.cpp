#include "harness/wsman/beast_transport.hpp"

#include "harness/runtime/asio_runtime.hpp"
#include "harness/wsman/http_lane.hpp"
#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <coroutine>
#include <deque>
#include <vector>

namespace migstorm::wsman {

namespace {

// The lanes of one host and the posts that wait for one, first come, first served.
class HttpTransport final : public Transport {
public:
  explicit HttpTransport(std::shared_ptr<LaneShared> shared) : shared_(std::move(shared)) {}

  Task<Result<Reply>> post(std::string body, Span timeout) override {
    Turn turn(*this);
    HttpLane* lane = co_await turn;
    if (const auto why = refusal()) {
      give_back(lane);
      co_return *why;
    }
    Result<Reply> reply = co_await lane->exchange(std::move(body), timeout);
    learn(reply);
    give_back(lane);
    co_return reply;
  }

  TransportCounters counters() const override { return shared_->counters; }

private:
  // Awaits a lane of one's own until give_back().
  class Turn {
  public:
    explicit Turn(HttpTransport& transport) noexcept : transport_(transport) {}
    bool await_ready() {
      lane_ = transport_.take();
      return lane_ != nullptr;
    }
    void await_suspend(std::coroutine_handle<> next) {
      next_ = next;
      transport_.waiting_.push_back(this);
    }
    HttpLane* await_resume() const noexcept { return lane_; }
    void grant(HttpLane* lane) {
      lane_ = lane;
      transport_.runtime().post(next_);
    }

  private:
    HttpTransport& transport_;
    HttpLane* lane_ = nullptr;
    std::coroutine_handle<> next_;
  };

  Runtime& runtime() const noexcept { return shared_->runtime; }
  std::size_t lanes_allowed() const noexcept { return answered_ ? shared_->options.lanes_max : 1; }

  // A free lane, or a new one while more are allowed. The one used last comes first: it is the least likely
  // to have been closed by the host.
  HttpLane* take() {
    if (!idle_.empty()) {
      HttpLane* lane = idle_.back();
      idle_.pop_back();
      return lane;
    }
    if (lanes_.size() >= lanes_allowed()) {
      return nullptr;
    }
    return lanes_.emplace_back(std::make_unique<HttpLane>(shared_)).get();
  }

  void give_back(HttpLane* lane) {
    idle_.push_back(lane);
    while (!waiting_.empty()) {
      HttpLane* next = take();
      if (next == nullptr) {
        return;
      }
      Turn* turn = waiting_.front();
      waiting_.pop_front();
      turn->grant(next);
    }
  }

  std::optional<Error> refusal() const {
    if (shared_->options.principal && shared_->options.principal->rejected()) {
      return shared_->options.principal->rejection();
    }
    return denied_;
  }

  void learn(const Result<Reply>& reply) {
    if (reply) {
      answered_ = true;
    } else if (reply.error().code == Errc::denied) {
      denied_ = reply.error();
    }
  }

  std::shared_ptr<LaneShared> shared_;
  std::vector<std::unique_ptr<HttpLane>> lanes_;
  std::vector<HttpLane*> idle_;
  std::deque<Turn*> waiting_;
  bool answered_ = false;
  std::optional<Error> denied_;
};

// What goes into the request line and the Host header must not end them.
bool is_plain(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

} // namespace

Result<std::unique_ptr<Transport>> make_http_transport(AsioRuntime& runtime, HttpOptions options) {
  if (!is_plain(options.host) || !is_plain(options.path) || options.path.front() != '/') {
    return Error{Errc::malformed, fmt::format(R"("{}" and "{}" are not a host and a path)",
                                              printable(options.host, 200), printable(options.path, 200))};
  }
  if (!options.https && !options.allow_unencrypted) {
    return Error{Errc::unsupported, fmt::format("plain http to {} is refused: use https", options.host)};
  }
  options.lanes_max = std::max<std::size_t>(options.lanes_max, 1);
  Result<std::shared_ptr<LaneShared>> shared = make_lane_shared(runtime, std::move(options));
  if (!shared) {
    return std::move(shared).error();
  }
  return std::unique_ptr<Transport>(std::make_unique<HttpTransport>(std::move(*shared)));
}

} // namespace migstorm::wsman
