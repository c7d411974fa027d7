// Frames of the pipe to migstorm-smb, read by both sides. What is taken keeps its limits, and is written as
// it was read.
#include "harness/gather/smb_wire.hpp"

#include <algorithm>
#include <cstdint>

using namespace migstorm;
using namespace migstorm::smb;

namespace {

void promise(bool kept) {
  if (!kept) {
    __builtin_trap();
  }
}

template <class Message>
void same_again(const Message& message, Bytes frame) {
  const std::vector<std::byte> written = format(message);
  promise(std::equal(written.begin(), written.end(), frame.begin(), frame.end()));
}

void limits(const Request& request) {
  if (const auto* read = std::get_if<ReadFile>(&request)) {
    promise(read->size <= kReadMax && read->offset + read->size <= static_cast<std::uint64_t>(INT64_MAX));
  } else if (const auto* login = std::get_if<Login>(&request)) {
    promise(login->password.size() <= kTextMax && login->server.find('\0') == std::string::npos);
  }
}

void limits(const Reply& reply) {
  if (const auto* list = std::get_if<Entries>(&reply)) {
    promise(list->entries.size() <= kEntriesMax);
  } else if (const auto* failed = std::get_if<Failed>(&reply)) {
    promise(static_cast<std::uint8_t>(failed->why) < kFailures);
  }
}

// The frame in `bytes` that `limit` allows; empty where there is none.
Bytes frame_of(Bytes bytes, std::uint32_t limit) {
  if (bytes.size() < kFrameHead) {
    return {};
  }
  const Result<FrameHead> head = parse_head(bytes.first<kFrameHead>(), limit);
  if (!head || head->body_size > bytes.size() - kFrameHead) {
    return {};
  }
  return bytes.first(kFrameHead + head->body_size);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes = std::as_bytes(std::span(data, size));
  if (const Bytes frame = frame_of(bytes, kRequestMax); !frame.empty()) {
    const auto request = parse_request(std::to_integer<std::uint8_t>(frame[4]), frame.subspan(kFrameHead));
    if (request) {
      limits(*request);
      same_again(*request, frame);
    }
  }
  if (const Bytes frame = frame_of(bytes, kReplyMax); !frame.empty()) {
    const auto reply = parse_reply(std::to_integer<std::uint8_t>(frame[4]), frame.subspan(kFrameHead));
    if (reply) {
      limits(*reply);
      same_again(*reply, frame);
    }
  }
  return 0;
}
