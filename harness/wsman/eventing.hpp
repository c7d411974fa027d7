// WS-Eventing by pull: requests and answers.
#pragma once

#include "harness/wsman/envelope.hpp"
#include "harness/wsman/response.hpp"
#include "harness/wsman/subscription.hpp"

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <cstdint>
#include <string>

namespace migstorm::wsman {

std::string format_subscribe(const RequestHead& head, const SubscribeWish& wish);
std::string format_event_pull(const RequestHead& head, const Subscription& from, std::uint32_t max_elements);
std::string format_renew(const RequestHead& head, const Subscription& which, Span expires);
std::string format_unsubscribe(const RequestHead& head, const Subscription& which);

Result<Subscription> read_subscription(const SoapReply& reply);
// Events without a number, a channel or a time are left out.
Result<EventPage> read_event_page(const SoapReply& reply);

} // namespace migstorm::wsman
