// What a host sends, read as everything it could be. Not only must nothing break: what comes out keeps the
// promises that the rest of the program builds on (valid UTF-8, printable errors, bounded depth, values that
// survive a round trip).
#include "harness/wsman/eventing.hpp"
#include "harness/wsman/response.hpp"
#include "harness/wsman/text.hpp"

#include <algorithm>
#include <cstdint>
#include <string>

using namespace migstorm;
using namespace migstorm::wsman;

namespace {

constexpr std::size_t kBytesMax = 1u << 18;

void promise(bool kept) {
  if (!kept) {
    __builtin_trap();
  }
}

bool is_valid(const std::string& text) { return valid_utf8(text) == text; }

// XML cannot carry all control characters; what it can carry must come back as it was.
void round_trip(const std::string& text) {
  const bool carried = std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r';
  });
  const auto read = parse_cim_xml(format_cim_xml("C", {{"P", "string", false, {text}}}));
  promise(read.has_value());
  promise(!carried || read->text("P") == text);
}

void examine(const Instance& instance, std::size_t depth);

void examine(const Item& item, std::size_t depth) {
  if (const auto* text = std::get_if<std::string>(&item)) {
    promise(is_valid(*text));
  } else if (const auto* reference = std::get_if<Reference>(&item)) {
    promise(is_valid(reference->resource_uri));
    for (const Selector& selector : reference->selectors) {
      promise(is_valid(selector.name) && is_valid(selector.value));
    }
  } else if (const auto* inner = std::get_if<std::shared_ptr<const Instance>>(&item)) {
    examine(**inner, depth + 1);
  }
}

void examine(const Instance& instance, std::size_t depth) {
  promise(depth <= kReplyDepthMax && is_valid(instance.class_name));
  for (const Property& property : instance.properties) {
    promise(is_valid(property.name));
    for (const Item& item : property.items) {
      examine(item, depth);
    }
    static_cast<void>(instance.number(property.name));
    static_cast<void>(instance.datetime(property.name));
    for (const auto& inner : instance.instances(property.name)) {
      promise(inner != nullptr);
    }
  }
}

void examine(const Fault& fault) {
  for (const Intent intent : {Intent::read, Intent::change}) {
    const Error error = to_error(fault, intent);
    promise(printable(error.detail, error.detail.size()) == error.detail);
  }
}

void read_all(const SoapReply& reply) {
  if (const auto fault = reply.fault()) {
    examine(*fault);
  }
  if (const auto identity = read_identity(reply)) {
    promise(is_valid(identity->product_version));
  }
  if (const auto instance = read_instance(reply)) {
    promise(instance->properties.size() <= kInstancePropertiesMax);
    examine(*instance, 0);
  }
  if (const auto page = read_page(reply)) {
    for (const Instance& item : page->items) {
      examine(item, 0);
    }
  }
  if (const auto page = read_event_page(reply)) {
    for (const LoggedEvent& event : page->events) {
      promise(is_valid(event.channel) && is_valid(event.provider) && event.id <= 0xffff);
      promise(event.strings.size() <= kEventStringsMax);
      for (const std::string& string : event.strings) {
        promise(is_valid(string));
      }
    }
  }
  static_cast<void>(read_subscription(reply));
  if (const auto output = read_output(reply, "M")) {
    examine(output->out, 0);
  }
  static_cast<void>(reply.answers("uuid:1"));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), std::min(size, kBytesMax));
  if (auto reply = SoapReply::parse(input, kBytesMax)) {
    read_all(*reply);
  }
  if (const auto instance = parse_cim_xml(input)) {
    examine(*instance, 0);
  }
  const std::string text = valid_utf8(input);
  promise(is_valid(text));
  round_trip(text);
  promise(printable(input, 100).size() <= 100);
  return 0;
}
