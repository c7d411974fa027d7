// A WS-Management client for one endpoint (a host or a guest).
//
// Reads (identify, get, enumerate, pull) are repeated here when repeating is safe; invoke and put leave once,
// and Errc::unknown_outcome says that they may have been carried out.
#pragma once

#include "harness/wsman/cim.hpp"
#include "harness/wsman/subscription.hpp"
#include "harness/wsman/transport.hpp"

#include <migstorm/hyperv.hpp>
#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>
#include <migstorm/task.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::wsman {

// "http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/Msvm_ComputerSystem"
std::string resource_uri(std::string_view ns, std::string_view class_name); // ns: "root/virtualization/v2"

struct ClientOptions {
  std::string to;                           // the a:To text
  std::uint32_t max_envelope_size = 153600; // asked for first; raised to 512000 once the host shows Stack 3.0
  Span operation_timeout = std::chrono::seconds(60);
  std::uint32_t max_elements = 100; // halved when a page does not fit the envelope
  std::uint32_t read_retries_max = 3;
};

struct Identity {
  std::string product_vendor;
  std::string product_version; // "OS: 6.3.9600 SP: 0.0 Stack: 3.0"
};

struct InvokeResult {
  std::uint32_t return_value = 0;
  Instance out; // every element of the _OUTPUT, ReturnValue included
};

class Client {
public:
  Client(Runtime& runtime, std::unique_ptr<Transport> transport, ClientOptions options);
  ~Client();

  Task<Result<Identity>> identify();
  Task<Result<Instance>> get(Reference target);
  Task<Result<Instance>> put(Reference target, Instance value);
  // Enumerates with a WQL filter, optimised, page by page to the end. At most `limit` instances (over_limit).
  Task<Result<std::vector<Instance>>> query(std::string ns, std::string wql, std::size_t limit = 10000);
  Task<Result<InvokeResult>> invoke(Reference target, std::string method, std::vector<Argument> arguments);

  // What an answer may have, in bytes.
  std::uint32_t envelope_size() const noexcept;
  // Opens a subscription once: stale, the answer was lost, and what may have been opened ends by itself.
  Task<Result<Subscription>> subscribe(SubscribeWish wish);
  // The next events; none if none came within `wait`. stale: the subscription is gone, or the answer with
  // what was in it: subscribe again from what was taken in.
  Task<Result<EventPage>> pull_events(Subscription from, Span wait);
  Task<Status> renew(Subscription which, Span expires);
  Task<Status> unsubscribe(Subscription which);

  hyperv::WireCounters counters() const;

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace migstorm::wsman
