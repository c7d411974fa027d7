// A WS-Management request and its answer as HTTP carries them; the endpoint knows no sockets.
#pragma once

#include "tools/lab/lab.hpp"

#include <string>

namespace migstorm::lab::wsman {

struct HttpRequest {
  std::string method = "POST";
  std::string target = "/wsman";
  std::string content_type = "application/soap+xml;charset=UTF-8";
  std::string authorization; // the header's value; empty: none
  std::string identify;      // WSMANIDENTIFY's value; empty: none
  std::string body;
};

struct HttpReply {
  unsigned status = 200;
  std::string content_type;     // empty: no content
  std::string www_authenticate; // of a 401
  std::string body;
  // What becomes of the answer on the wire: `refuse` and `reset_before` were not executed, `lose_reply` was;
  // in all three the client gets nothing, and the rest of this struct is empty.
  WireFault fate = WireFault::none;

  bool lost() const noexcept {
    return fate == WireFault::refuse || fate == WireFault::reset_before || fate == WireFault::lose_reply;
  }
};

} // namespace migstorm::lab::wsman
