// Requests to the simulated cluster: every answer is well-formed XML of a size that was allowed, whatever was
// sent.
#include "tests/support/lab_requests.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace migstorm::lab;
  test::Lab lab;
  wsman::HttpRequest request;
  request.authorization = test::kBasic;
  request.body.assign(data, data + size);
  const auto reply = lab.endpoint.answer(0, std::move(request));
  pugi::xml_document document;
  if (reply.status == 0 || reply.body.empty() ||
      !document.load_buffer(reply.body.data(), reply.body.size(), pugi::parse_default, pugi::encoding_utf8)) {
    __builtin_trap();
  }
  const bool fault = !document.child("s:Envelope").child("s:Body").child("s:Fault").empty();
  if (fault != (reply.status != 200) ||
      (!fault && reply.body.size() > lab.machine.limits_value.max_envelope_size)) {
    __builtin_trap();
  }
  return 0;
}
