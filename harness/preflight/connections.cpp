#include "harness/preflight/connections.hpp"

#include <migstorm/scope.hpp>

#include <fmt/format.h>

#include <set>

namespace migstorm::preflight {

namespace {

constexpr std::size_t kMachinesAtOnce = 8;

struct Subject {
  std::string name;
  std::string credential;
  bool guest = false;
};

std::string remedy(Errc code, const Subject& subject) {
  switch (code) {
  case Errc::denied:
    return fmt::format("correct the credential '{}' of the lab file, or give its account the rights that "
                       "docs/operations.md names; then say --confirm-credential {}",
                       subject.credential, subject.credential);
  case Errc::unsupported:
    return subject.guest ? "give the guest an entry under guests: of the lab file" : "";
  case Errc::transport:
  case Errc::timed_out:
    return fmt::format(
        "see that {} is on, that its WS-Management service runs (winrm quickconfig), and that the "
        "lab file's url: and the firewall let it be reached",
        subject.name);
  default:
    return {};
  }
}

Finding failed(const Subject& subject, const Error& error) {
  const std::string why = subject.guest ? "its System log cannot be read, so a crash has fewer witnesses"
                                        : "a run would be refused";
  return {"connection", subject.guest ? Severity::warning : Severity::error,
          subject.name, error.detail,
          why,          remedy(error.code, subject)};
}

class Asking {
public:
  Asking(Runtime& runtime, hyperv::Cluster& cluster, const LabFile& lab)
      : runtime_(runtime), cluster_(cluster) {
    for (const Endpoint& host : lab.hosts) {
      subjects_.push_back({host.name, host.credential, false});
    }
    for (const Endpoint& guest : lab.guests) {
      subjects_.push_back({guest.name, guest.credential, true});
    }
    findings_.resize(subjects_.size());
  }

  Task<std::vector<Finding>> run() {
    std::set<std::string> tried;
    for (std::size_t i = 0; i < subjects_.size(); ++i) {
      if (tried.insert(subjects_[i].credential).second) {
        co_await ask(i); // alone: it may be the one that rejects the password
      }
    }
    Scope scope(runtime_, kMachinesAtOnce);
    for (std::size_t i = 0; i < subjects_.size(); ++i) {
      if (findings_[i].check.empty()) {
        scope.spawn(ask(i));
      }
    }
    co_await scope.join();
    co_return std::move(findings_);
  }

private:
  Task<Unit> ask(std::size_t index) {
    const Subject& subject = subjects_[index];
    if (rejected_.contains(subject.credential)) {
      findings_[index] = {"connection",
                          Severity::unknown,
                          subject.name,
                          "not asked",
                          "another machine rejected the same credential",
                          ""};
    } else if (subject.guest) {
      const Result<hyperv::ClockReading> answer = co_await cluster_.guest_clock(subject.name);
      take(index, answer ? Result<std::string>("it answers") : Result<std::string>(answer.error()));
    } else {
      const Result<hyperv::HostFacts> answer = co_await cluster_.probe(subject.name);
      take(index, answer ? Result<std::string>(fmt::format("it answers, {}", answer->os_version))
                         : Result<std::string>(answer.error()));
    }
    co_return Unit{};
  }

  void take(std::size_t index, const Result<std::string>& answer) {
    const Subject& subject = subjects_[index];
    if (answer) {
      findings_[index] = {"connection", Severity::ok, subject.name, *answer, "", ""};
      return;
    }
    if (answer.error().code == Errc::denied) {
      rejected_.insert(subject.credential);
    }
    findings_[index] = failed(subject, answer.error());
  }

  Runtime& runtime_;
  hyperv::Cluster& cluster_;
  std::vector<Subject> subjects_;
  std::vector<Finding> findings_;
  std::set<std::string> rejected_;
};

} // namespace

Task<std::vector<Finding>> check_connections(Runtime& runtime, hyperv::Cluster& cluster, LabFile lab) {
  Asking asking(runtime, cluster, lab);
  co_return co_await asking.run();
}

} // namespace migstorm::preflight
