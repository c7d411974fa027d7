// One summary of a host serves everyone who wants to know: those who ask while a question is under way share
// the next one. Questions are numbered, so that an answer can be told from one that was asked too early.
#pragma once

#include "harness/campaign/hosts.hpp"

#include <migstorm/notify.hpp>

#include <memory>

namespace migstorm::campaign {

using SummaryNumber = std::uint64_t;

class SummaryListener {
public:
  virtual ~SummaryListener() = default;
  virtual void on_summary(HostId host, const hyperv::HostSummary& summary, SummaryNumber number) = 0;
  virtual void on_unanswered(HostId host, const Error& error) = 0;
};

class HostWatch {
public:
  using Answer = Result<std::shared_ptr<const hyperv::HostSummary>>;

  HostWatch(Runtime& runtime, hyperv::Cluster& cluster, const HostTable& hosts, SummaryListener& listener);

  // A summary that is asked after this call. The listener has heard it before the caller does.
  Task<Answer> fresh(HostId host);
  // Summaries with a higher number were asked after now.
  SummaryNumber mark() const noexcept { return number_; }
  // When the newest question about the host was put.
  Instant last_asked(HostId host) const noexcept { return slots_[host]->asked; }

private:
  struct Slot {
    explicit Slot(Runtime& runtime) : answered_now(runtime), last(Error(Errc::not_found, "never asked")) {}
    Notify answered_now;
    Answer last;
    Instant asked{};
    std::uint64_t begun = 0;
    std::uint64_t finished = 0;
    bool asking = false;
  };
  Task<Unit> ask(HostId host);

  Runtime& runtime_;
  hyperv::Cluster& cluster_;
  const HostTable& hosts_;
  SummaryListener& listener_;
  std::vector<std::unique_ptr<Slot>> slots_;
  SummaryNumber number_ = 0;
};

} // namespace migstorm::campaign
