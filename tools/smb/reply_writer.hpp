// SPDX-License-Identifier: GPL-3.0-or-later
// Writes replies on a thread of its own, so that the next piece of a file is on its way while the last one is
// still being taken.
#pragma once

#include "harness/gather/smb_wire.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace migstorm::smb {

class ReplyWriter {
public:
  explicit ReplyWriter(int descriptor);
  ReplyWriter(const ReplyWriter&) = delete;
  ReplyWriter& operator=(const ReplyWriter&) = delete;
  ~ReplyWriter(); // what was given is written first

  // A buffer of kReadMax for a read; waits until one is free. give() hands it back.
  std::byte* buffer();
  void give(const Reply& reply);
  // The other side has gone.
  bool broken() const;

private:
  struct Frame {
    std::vector<std::byte> head; // the whole frame, but for a Data, whose bytes lie in a buffer
    std::byte* buffer = nullptr;
    std::size_t size = 0;
  };
  static constexpr std::size_t kBuffers = 3;

  void serve();
  void write_all(Bytes bytes);

  int descriptor_;
  std::array<std::unique_ptr<std::byte[]>, kBuffers> memory_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::byte*> free_;
  std::deque<Frame> waiting_;
  std::byte* taken_ = nullptr; // by the reader of the share
  bool leaving_ = false;
  bool broken_ = false;
  std::thread thread_;
};

} // namespace migstorm::smb
