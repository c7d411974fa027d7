#include "harness/wsman/client.hpp"

#include "harness/wsman/envelope.hpp"
#include "harness/wsman/eventing.hpp"
#include "harness/wsman/faults.hpp"
#include "harness/wsman/response.hpp"
#include "harness/wsman/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <functional>
#include <utility>

namespace migstorm::wsman {

namespace {

constexpr std::uint32_t kEnvelopeSmall =
    153'600; // what every host takes (MaxEnvelopeSizekb 150 of WinRM 2.0)
constexpr std::uint32_t kEnvelopeLarge = 512'000; // Stack 3.0 and later
constexpr std::uint32_t kElementsOfLarge = 1'000;
constexpr Span kSocketGrace =
    std::chrono::seconds(15); // a host answers with a fault when its own time is over
constexpr Span kPauseFirst = std::chrono::milliseconds(250);
constexpr Span kPauseMax = std::chrono::seconds(8);
constexpr std::uint32_t kRestartsMax = 3;
constexpr std::uint32_t kEventsPerPull = 100;
constexpr std::uint32_t kEmptyPagesMax = 16; // in a row

enum class Read : std::uint8_t {
  related,  // the answer says which request it belongs to; if it is lost, the request is repeated
  identify, // the answer says nothing of the kind: Identify has no addressing headers
  pull,     // takes its page away: if the answer is lost, a repeated request would skip what was in it
};

using Format = std::function<std::string(const RequestHead&)>;

bool repeatable(Errc code) noexcept {
  return code == Errc::transport || code == Errc::unknown_outcome || code == Errc::busy;
}

// A change whose answer cannot be read has left all the same.
Error doubtful(Error error) {
  return Error{Errc::unknown_outcome, "the answer cannot be used: " + std::move(error.detail), error.offset};
}

Error without_soap(int status, Intent intent) {
  const std::string detail = fmt::format("HTTP {} without a SOAP answer", status);
  if (status >= 500) {
    return Error{Errc::unknown_outcome, detail};
  }
  return status >= 400              ? Error{Errc::remote_fault, detail}
         : intent == Intent::change ? doubtful(Error{Errc::malformed, detail})
                                    : Error{Errc::malformed, detail};
}

// "OS: 6.3.9600 SP: 0.0 Stack: 3.0" gives 3; 0 if it does not say.
unsigned stack_version(std::string_view product_version) noexcept {
  constexpr std::string_view kLabel = "Stack:";
  const std::size_t at = product_version.find(kLabel);
  if (at == std::string_view::npos) {
    return 0;
  }
  const std::string_view text = trimmed(product_version.substr(at + kLabel.size()));
  unsigned major = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), major);
  return parsed.ec == std::errc{} ? major : 0;
}

std::string_view class_of(const Reference& target) noexcept {
  const std::string_view uri = target.resource_uri;
  return uri.substr(uri.rfind('/') + 1);
}

struct Enumeration {
  Enumeration(std::string resource, std::string filter, std::uint32_t page, std::size_t rows_max)
      : uri(std::move(resource)), wql(std::move(filter)), elements(page), limit(rows_max) {}
  std::string uri;
  std::string wql;
  std::uint32_t elements;
  std::size_t limit;
  std::string context;
  std::vector<Instance> rows;
  std::uint32_t empty_pages = 0;
};

// Adds a page; an error if the enumeration must end here.
Status take_page(Enumeration& enumeration, Page page) {
  enumeration.empty_pages = page.items.empty() ? enumeration.empty_pages + 1 : 0;
  enumeration.context = std::move(page.context);
  std::move(page.items.begin(), page.items.end(), std::back_inserter(enumeration.rows));
  if (enumeration.rows.size() > enumeration.limit) {
    return Error{Errc::over_limit, fmt::format("more than {} instances", enumeration.limit)};
  }
  if (enumeration.empty_pages > kEmptyPagesMax) {
    return Error{Errc::malformed, fmt::format("{} empty pages in a row without an end", kEmptyPagesMax)};
  }
  return Unit{};
}

} // namespace

struct Client::Impl {
  Impl(Runtime& r, std::unique_ptr<Transport> t, ClientOptions o)
      : runtime(r), transport(std::move(t)), options(std::move(o)), random(r.random("wsman " + options.to)),
        envelope_size(options.max_envelope_size) {}

  Runtime& runtime;
  std::unique_ptr<Transport> transport;
  ClientOptions options;
  Random random;
  std::uint32_t envelope_size;
  std::uint32_t envelope_max = kEnvelopeLarge; // less once the host has refused it
  std::uint64_t requests = 0;
  std::uint64_t faults = 0;
  std::uint64_t retries = 0;

  RequestHead make_head() {
    return RequestHead{options.to, "uuid:" + runtime.make_guid(), envelope_size, options.operation_timeout};
  }

  std::uint32_t elements_per_page() const noexcept {
    const bool by_default = options.max_elements == ClientOptions().max_elements;
    return by_default && envelope_size >= kEnvelopeLarge ? kElementsOfLarge
                                                         : std::max<std::uint32_t>(options.max_elements, 1);
  }

  Span pause_before(std::uint32_t retry) {
    const Span full = std::min(kPauseMax, kPauseFirst * (1 << std::min<std::uint32_t>(retry, 8)));
    return Span(random.between(full.count() / 2, full.count()));
  }

  // After an answer that did not fit; false if more than now cannot be asked for.
  bool raise_envelope() noexcept {
    const bool more = envelope_size < envelope_max;
    envelope_size = std::max(envelope_size, envelope_max);
    return more;
  }

  Error refused(const Fault& fault, Intent intent) {
    if (intent == Intent::wait && is_time_over(fault)) {
      return Error{Errc::timed_out, "nothing came"};
    }
    ++faults;
    if (fault.code == kFaultMaxEnvelopeSize && envelope_size > kEnvelopeSmall) {
      envelope_size = kEnvelopeSmall;
      envelope_max = kEnvelopeSmall;
      return Error{Errc::busy,
                   fmt::format("the host takes no envelopes of more than {} bytes", kEnvelopeSmall)};
    }
    return to_error(fault, intent);
  }

  Result<SoapReply> understand(Reply reply, std::string_view message_id, Intent intent) {
    Result<SoapReply> soap = SoapReply::parse(std::move(reply.body), envelope_size + kEnvelopeSlack);
    if (!soap && reply.http_status != 200) {
      return without_soap(reply.http_status, intent);
    }
    if (soap && !message_id.empty() && !soap->answers(message_id)) {
      soap = Error{Errc::malformed, "the answer belongs to another request (RelatesTo)"};
    }
    if (!soap) {
      return intent == Intent::change ? doubtful(std::move(soap).error()) : std::move(soap).error();
    }
    if (const auto fault = soap->fault()) {
      return refused(*fault, intent);
    }
    return soap;
  }

  Task<Result<SoapReply>> ask(std::string request, std::string message_id, Intent intent) {
    ++requests;
    const Span patience = options.operation_timeout + kSocketGrace;
    Result<Reply> reply = co_await transport->post(std::move(request), patience);
    if (!reply) {
      const bool too_much = reply.error().code == Errc::over_limit;
      co_return too_much&& intent == Intent::change ? doubtful(std::move(reply).error())
                                                    : std::move(reply).error();
    }
    co_return understand(std::move(*reply), message_id, intent);
  }

  Task<Result<SoapReply>> read(Format format, Read kind) {
    for (std::uint32_t attempt = 0;; ++attempt) {
      const RequestHead head = make_head();
      std::string request = format(head);
      std::string relates_to = kind == Read::identify ? std::string() : head.message_id;
      Result<SoapReply> reply = co_await ask(std::move(request), std::move(relates_to), Intent::read);
      if (reply) {
        co_return reply;
      }
      if (kind == Read::related && reply.error().code == Errc::too_large && raise_envelope()) {
        ++retries;
        continue;
      }
      if (!repeatable(reply.error().code)) {
        co_return reply;
      }
      Error error = std::move(reply).error();
      if (error.code == Errc::unknown_outcome) {
        error.code = kind == Read::pull ? Errc::stale : Errc::transport;
      }
      if (error.code == Errc::stale || attempt >= options.read_retries_max) {
        co_return error;
      }
      ++retries;
      const Span pause = pause_before(attempt);
      co_await runtime.sleep_for(pause);
    }
  }

  Task<Result<Page>> next_page(const Enumeration& enumeration) {
    const bool first = enumeration.context.empty();
    Format format = [&enumeration, first](const RequestHead& head) {
      return first ? format_enumerate(head, enumeration.uri, enumeration.wql, enumeration.elements)
                   : format_pull(head, enumeration.uri, enumeration.context, enumeration.elements);
    };
    const Read kind = first ? Read::related : Read::pull;
    Result<SoapReply> reply = co_await read(std::move(format), kind);
    if (!reply) {
      co_return std::move(reply).error();
    }
    co_return read_page(*reply);
  }

  // One pass from Enumerate to the end of the sequence.
  Task<Result<std::vector<Instance>>> enumerate(Enumeration enumeration) {
    do {
      Result<Page> page = co_await next_page(enumeration);
      Status taken = page ? take_page(enumeration, std::move(*page)) : Status(std::move(page).error());
      if (!taken) {
        co_await release(enumeration, taken.error().code);
        co_return std::move(taken).error();
      }
    } while (!enumeration.context.empty());
    co_return std::move(enumeration.rows);
  }

  // Gives the context back when we stop early; whether that works changes nothing for us.
  Task<Unit> release(const Enumeration& enumeration, Errc why) {
    const bool gone =
        why == Errc::stale || why == Errc::transport || why == Errc::unknown_outcome || why == Errc::denied;
    if (!gone && !enumeration.context.empty()) {
      const RequestHead head = make_head();
      std::string request = format_release(head, enumeration.uri, enumeration.context);
      const Result<SoapReply> ignored = co_await ask(std::move(request), head.message_id, Intent::read);
      static_cast<void>(ignored);
    }
    co_return Unit{};
  }
};

Client::Client(Runtime& runtime, std::unique_ptr<Transport> transport, ClientOptions options)
    : impl_(std::make_unique<Impl>(runtime, std::move(transport), std::move(options))) {}
Client::~Client() = default;

Task<Result<Identity>> Client::identify() {
  Format format = [](const RequestHead&) { return format_identify(); };
  Result<SoapReply> reply = co_await impl_->read(std::move(format), Read::identify);
  Result<Identity> identity = reply ? read_identity(*reply) : Result<Identity>(std::move(reply).error());
  if (!identity) {
    co_return std::move(identity).error().within("identify");
  }
  if (stack_version(identity->product_version) >= 3) {
    impl_->raise_envelope();
  }
  co_return identity;
}

Task<Result<Instance>> Client::get(Reference target) {
  Format format = [&target](const RequestHead& head) { return format_get(head, target); };
  Result<SoapReply> reply = co_await impl_->read(std::move(format), Read::related);
  Result<Instance> instance = reply ? read_instance(*reply) : Result<Instance>(std::move(reply).error());
  if (!instance) {
    co_return std::move(instance).error().within(fmt::format("get {}", class_of(target)));
  }
  co_return instance;
}

Task<Result<Instance>> Client::put(Reference target, Instance value) {
  const RequestHead head = impl_->make_head();
  Result<std::string> request = format_put(head, target, value);
  if (!request) {
    co_return std::move(request).error();
  }
  Result<SoapReply> reply = co_await impl_->ask(std::move(*request), head.message_id, Intent::change);
  if (!reply) {
    co_return std::move(reply).error().within(fmt::format("put {}", class_of(target)));
  }
  Result<Instance> instance = read_instance(*reply);
  if (!instance) {
    co_return doubtful(std::move(instance).error()).within(fmt::format("put {}", class_of(target)));
  }
  co_return instance;
}

Task<Result<std::vector<Instance>>> Client::query(std::string ns, std::string wql, std::size_t limit) {
  const std::string uri = resource_uri(ns, "*");
  std::uint32_t elements = impl_->elements_per_page();
  for (std::uint32_t restarts = 0;;) {
    Enumeration enumeration(uri, wql, elements, limit);
    Result<std::vector<Instance>> rows = co_await impl_->enumerate(std::move(enumeration));
    if (rows) {
      co_return rows;
    }
    const Errc code = rows.error().code;
    if (code == Errc::too_large && impl_->raise_envelope()) {
      // the same once more
    } else if (code == Errc::too_large && elements > 1) {
      elements /= 2;
    } else if (code == Errc::stale && restarts < kRestartsMax) {
      ++restarts;
    } else {
      co_return std::move(rows).error().within(fmt::format("query \"{}\" in {}", wql, ns));
    }
    ++impl_->retries;
  }
}

Task<Result<InvokeResult>> Client::invoke(Reference target, std::string method,
                                          std::vector<Argument> arguments) {
  const RequestHead head = impl_->make_head();
  Result<std::string> request = format_invoke(head, target, method, arguments);
  if (!request) {
    co_return std::move(request).error();
  }
  Result<SoapReply> reply = co_await impl_->ask(std::move(*request), head.message_id, Intent::change);
  if (!reply) {
    co_return std::move(reply).error().within(fmt::format("{}.{}", class_of(target), method));
  }
  Result<InvokeResult> result = read_output(*reply, method);
  if (!result) {
    co_return doubtful(std::move(result).error()).within(fmt::format("{}.{}", class_of(target), method));
  }
  co_return result;
}

std::uint32_t Client::envelope_size() const noexcept { return impl_->envelope_size; }

Task<Result<Subscription>> Client::subscribe(SubscribeWish wish) {
  Format format = [&wish](const RequestHead& head) { return format_subscribe(head, wish); };
  Result<SoapReply> reply =
      co_await impl_->read(std::move(format), Read::pull); // asked again, it opens another
  Result<Subscription> opened =
      reply ? read_subscription(*reply) : Result<Subscription>(std::move(reply).error());
  if (!opened) {
    co_return std::move(opened).error().within("subscribe to events");
  }
  co_return opened;
}

Task<Result<EventPage>> Client::pull_events(Subscription from, Span wait) {
  RequestHead head = impl_->make_head();
  head.operation_timeout = wait;
  std::string request = format_event_pull(head, from, kEventsPerPull);
  Result<SoapReply> reply = co_await impl_->ask(std::move(request), head.message_id, Intent::wait);
  if (!reply && reply.error().code == Errc::timed_out) {
    EventPage nothing;
    nothing.context = from.context;
    co_return nothing;
  }
  Result<EventPage> page = reply ? read_event_page(*reply) : Result<EventPage>(std::move(reply).error());
  if (!page) {
    Error error = std::move(page).error().within("pull events");
    const bool taken_away = error.code == Errc::unknown_outcome || error.code == Errc::malformed ||
                            error.code == Errc::over_limit;
    error.code = taken_away ? Errc::stale : error.code;
    co_return error;
  }
  co_return page;
}

Task<Status> Client::renew(Subscription which, Span expires) {
  Format format = [&which, expires](const RequestHead& head) { return format_renew(head, which, expires); };
  const Result<SoapReply> reply = co_await impl_->read(std::move(format), Read::related);
  if (!reply) {
    co_return Error(reply.error()).within("renew a subscription");
  }
  co_return Unit{};
}

Task<Status> Client::unsubscribe(Subscription which) {
  const RequestHead head = impl_->make_head();
  std::string request = format_unsubscribe(head, which);
  const Result<SoapReply> reply = co_await impl_->ask(std::move(request), head.message_id, Intent::read);
  if (!reply) {
    co_return Error(reply.error()).within("unsubscribe");
  }
  co_return Unit{};
}

hyperv::WireCounters Client::counters() const {
  const TransportCounters wire = impl_->transport->counters();
  return {impl_->requests, impl_->faults, impl_->retries, wire.connections, wire.authentications};
}

} // namespace migstorm::wsman
