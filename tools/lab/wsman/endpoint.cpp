#include "tools/lab/wsman/endpoint.hpp"

#include "tools/lab/cim/text.hpp"
#include "tools/lab/wsman/basic_auth.hpp"
#include "tools/lab/wsman/names.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace migstorm::lab::wsman {

namespace {

constexpr std::string_view kSoapContent = "application/soap+xml;charset=UTF-8";

HttpReply plain(unsigned status) {
  HttpReply reply;
  reply.status = status;
  return reply;
}

HttpReply challenge() {
  auto reply = plain(401);
  reply.www_authenticate = "Basic realm=\"WSMAN\"";
  return reply;
}

HttpReply lost(WireFault fate) {
  HttpReply reply;
  reply.status = 0;
  reply.fate = fate;
  return reply;
}

bool is_utf8_soap(std::string_view content_type) {
  const auto type = cim::trim(content_type.substr(0, content_type.find(';')));
  std::string parameters(content_type.substr(std::min(content_type.find(';'), content_type.size())));
  std::transform(parameters.begin(), parameters.end(), parameters.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return cim::iequals(type, "application/soap+xml") && parameters.find("utf-16") == std::string::npos;
}

// What HTTP alone can refuse.
std::optional<HttpReply> refuse(const HttpRequest& request) {
  if (request.target != "/wsman" && request.target != "/wsman/") {
    return plain(404);
  }
  if (request.method != "POST") {
    return plain(405);
  }
  if (!is_utf8_soap(request.content_type)) {
    return plain(415);
  }
  return std::nullopt;
}

Operation find_operation(std::string_view action) {
  static constexpr std::pair<std::string_view, Operation> kOperations[] = {
      {names::kGet, get},
      {names::kPut, put},
      {names::kEnumerate, enumerate},
      {names::kPull, pull},
      {names::kRelease, release},
      {names::kSubscribe, subscribe},
      {names::kRenew, renew},
      {names::kUnsubscribe, unsubscribe},
  };
  for (const auto& [name, operation] : kOperations) {
    if (action == name) {
      return operation;
    }
  }
  return nullptr;
}

bool is_identify(const Request& request) { return local_name(request.body) == "Identify"; }

bool is_invoke(const Request& request) {
  return !request.action.empty() && !is_identify(request) && find_operation(request.action) == nullptr;
}

bool since_2012(std::string_view version) {
  const auto major = cim::parse_unsigned(version.substr(0, version.find('.'))).value_or(0);
  const auto rest = version.substr(std::min(version.find('.') + 1, version.size()));
  return major > 6 || (major == 6 && cim::parse_unsigned(rest.substr(0, rest.find('.'))).value_or(0) >= 2);
}

} // namespace

Endpoint::Endpoint(Engine& engine, LabClock& clock, std::uint64_t seed)
    : engine_(engine), clock_(clock), random_(seed, "lab wsman"), fronts_(engine.fronts()),
      contexts_(fronts_.size()), subscriptions_(fronts_.size()) {}

std::optional<std::size_t> Endpoint::find_front(std::string_view address_or_name) const {
  for (std::size_t i = 0; i < fronts_.size(); ++i) {
    if (fronts_[i].address == address_or_name || cim::iequals(fronts_[i].name, address_or_name)) {
      return i;
    }
  }
  return std::nullopt;
}

RequestCounts Endpoint::counts() const {
  const std::lock_guard lock(mutex_);
  return counts_;
}

void Endpoint::locked(const std::function<void()>& work) const {
  const std::lock_guard lock(mutex_);
  work();
}

HttpReply Endpoint::answer(std::size_t front, HttpRequest request) {
  assert(front < fronts_.size());
  if (auto refused = refuse(request)) {
    return *std::move(refused);
  }
  const std::lock_guard lock(mutex_);
  return answer_soap(front, std::move(request));
}

HttpReply Endpoint::answer_soap(std::size_t front, HttpRequest http) {
  engine_.advance();
  const auto& account = fronts_[front];
  const auto given = parse_basic(http.authorization);
  const bool authenticated = given && accepts({account.user, account.password}, *given);
  const bool anonymous =
      !authenticated && http.authorization.empty() && cim::iequals(http.identify, "unauthenticated");
  if (!authenticated && !anonymous) {
    return challenge();
  }
  Request request;
  request.text = std::move(http.body);
  std::optional<Fault> fault;
  const auto envelope_max = account.machine->limits().max_envelope_size;
  if (request.text.size() > envelope_max) {
    fault =
        make_fault(FaultCode::envelope_too_large, fmt::format("The request has {} bytes, the limit is {}.",
                                                              request.text.size(), envelope_max));
  } else {
    fault = parse_request(request);
  }
  if (anonymous && (fault || !is_identify(request))) {
    return challenge(); // without an account only Identify is answered
  }
  const auto fate = engine_.next_wire_fault(account.name, is_invoke(request));
  if (fate == WireFault::refuse || fate == WireFault::reset_before) {
    return lost(fate);
  }
  if (fate == WireFault::context_lost) {
    contexts_[front].clear();
    subscriptions_[front].clear();
  }
  HttpReply reply;
  reply.content_type = kSoapContent;
  Call call{*account.machine, contexts_[front], subscriptions_[front], random_, request,
            clock_.now(),     reply.body,       envelope_max,          {}};
  fault = fault ? std::move(fault) : execute(call, authenticated);
  ++counts_[call.kind.empty() ? "refused" : call.kind];
  if (fate == WireFault::lose_reply) {
    return lost(fate);
  }
  return fault ? fault_reply(front, request, *fault) : reply;
}

std::optional<Fault> Endpoint::check_limits(Call& call) const {
  const auto& limits = call.machine.limits();
  const auto& wanted = call.request.max_envelope_size;
  if (wanted && *wanted > limits.max_envelope_size) {
    return make_fault(FaultCode::max_envelope_size,
                      fmt::format("MaxEnvelopeSize is {}, this service allows at most {}.", *wanted,
                                  limits.max_envelope_size));
  }
  call.size_max = static_cast<std::size_t>(wanted.value_or(limits.max_envelope_size));
  call.size_max -= std::min(call.size_max, kEnvelopeEndBytes);
  // Open enumerations and subscriptions count as operations of the account, and so does this request; only
  // what would open another or change something is turned away, so that a full house can still be emptied.
  call.contexts.expire(call.now);
  call.subscriptions.expire(call.now, call.machine.boots());
  const bool empties = call.request.action == names::kPull || call.request.action == names::kRelease ||
                       call.request.action == names::kUnsubscribe || call.request.action == names::kRenew;
  if (!empties && call.contexts.size() + call.subscriptions.size() >= limits.max_concurrent_operations) {
    return make_fault(
        FaultCode::quota_operations,
        fmt::format("The maximum number of concurrent operations for this user ({}) has been exceeded.",
                    limits.max_concurrent_operations));
  }
  return std::nullopt;
}

std::optional<Fault> Endpoint::execute(Call& call, bool authenticated) const {
  const auto& request = call.request;
  auto& out = call.out;
  if (is_identify(request) && (request.action.empty() || request.resource_uri.empty())) {
    append_envelope_start(out);
    out += "</s:Header><s:Body>";
    auto fault = identify(call, authenticated);
    append_envelope_end(out);
    return fault;
  }
  if (request.action.empty()) {
    return make_fault(FaultCode::header_required, "The Action header is missing.");
  }
  if (auto fault = check_limits(call)) {
    return fault;
  }
  const auto known = find_operation(request.action);
  if (known == nullptr && request.action.find('/') == std::string_view::npos) {
    return make_fault(FaultCode::action_not_supported, "There is no such action.");
  }
  out.reserve(4096);
  append_envelope_start(out);
  append_headers(out, std::string(request.action) + "Response", make_uuid(call.random), request.message_id);
  out += "</s:Header><s:Body>";
  const auto operation = known != nullptr ? known : static_cast<Operation>(invoke);
  if (auto fault = operation(call)) {
    return fault;
  }
  append_envelope_end(out);
  return std::nullopt;
}

HttpReply Endpoint::fault_reply(std::size_t front, const Request& request, const Fault& fault) {
  HttpReply reply;
  reply.status = fault.http_status;
  reply.content_type = kSoapContent;
  const auto id = make_uuid(random_);
  append_fault(
      reply.body, fault,
      {fronts_[front].name, since_2012(fronts_[front].machine->os_version()), id, request.message_id});
  return reply;
}

} // namespace migstorm::lab::wsman
