// Replies of WS-Man: parsed once, then read as what was asked for. Elements are matched by local names,
// because servers differ in prefixes and even in namespaces (Items are w: after Enumerate and n: after Pull).
#pragma once

#include "harness/wsman/cim.hpp"
#include "harness/wsman/client.hpp"
#include "harness/wsman/faults.hpp"
#include "harness/wsman/xml.hpp"

#include <migstorm/result.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::wsman {

// Hosts keep to the envelope that was asked for; the slack is for those that count characters instead of
// bytes.
constexpr std::size_t kEnvelopeSlack = 65'536;
constexpr std::size_t kReplyDepthMax = 48;
constexpr std::size_t kReplyElementsMax =
    100'000; // a 512,000-byte envelope full of bytes of a thumbnail has 20,000
constexpr std::size_t kInstancePropertiesMax = 1'024;

class SoapReply {
public:
  static Result<SoapReply> parse(std::string text, std::size_t bytes_max);

  // Whether it answers the message of that id. A fault may come without RelatesTo, an answer may not.
  bool answers(std::string_view message_id) const;
  std::optional<Fault> fault() const { return read_fault(body_); }
  // The first element of the body; empty for an empty body.
  pugi::xml_node payload() const noexcept { return first_element(body_); }

private:
  explicit SoapReply(XmlDocument document) noexcept;
  XmlDocument document_;
  pugi::xml_node header_;
  pugi::xml_node body_;
};

struct Page {
  std::vector<Instance> items;
  std::string context; // for the next Pull; empty at the end
};

Result<Identity> read_identity(const SoapReply& reply);
Result<Instance> read_instance(const SoapReply& reply); // of Get and Put
Result<Page> read_page(const SoapReply& reply);         // of Enumerate and Pull
Result<InvokeResult> read_output(const SoapReply& reply, std::string_view method);

} // namespace migstorm::wsman
