#include "harness/campaign/host_watch.hpp"

namespace migstorm::campaign {

HostWatch::HostWatch(Runtime& runtime, hyperv::Cluster& cluster, const HostTable& hosts,
                     SummaryListener& listener)
    : runtime_(runtime), cluster_(cluster), hosts_(hosts), listener_(listener) {
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    slots_.push_back(std::make_unique<Slot>(runtime));
  }
}

Task<HostWatch::Answer> HostWatch::fresh(HostId host) {
  Slot& slot = *slots_[host];
  const std::uint64_t wanted = slot.begun + 1;
  while (slot.finished < wanted) {
    if (slot.asking) {
      co_await slot.answered_now.wait();
    } else {
      co_await ask(host);
    }
  }
  co_return slot.last;
}

Task<Unit> HostWatch::ask(HostId host) {
  Slot& slot = *slots_[host];
  slot.asking = true;
  co_await runtime_.yield(); // whoever is about to ask the same joins
  ++slot.begun;
  const SummaryNumber number = ++number_;
  slot.asked = runtime_.now();
  Result<hyperv::HostSummary> answer = co_await cluster_.summary(hosts_.name(host));
  slot.finished = slot.begun;
  slot.asking = false;
  if (answer) {
    auto summary = std::make_shared<const hyperv::HostSummary>(*std::move(answer));
    listener_.on_summary(host, *summary, number);
    slot.last = Answer(std::move(summary));
  } else {
    listener_.on_unanswered(host, answer.error());
    slot.last = Answer(std::move(answer).error());
  }
  slot.answered_now.notify_all();
  co_return Unit{};
}

} // namespace migstorm::campaign
