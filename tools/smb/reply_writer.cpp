// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/smb/reply_writer.hpp"

#include <cerrno>
#include <unistd.h>

namespace migstorm::smb {
namespace {

// The head of a Data whose bytes follow from elsewhere.
std::vector<std::byte> data_head(std::size_t size) {
  std::vector<std::byte> head = format(Reply(Data{}));
  const auto length = static_cast<std::uint32_t>(size + 1);
  for (std::size_t i = 0; i < sizeof length; ++i) {
    head[i] = static_cast<std::byte>((length >> (8 * i)) & 0xffU);
  }
  return head;
}

} // namespace

ReplyWriter::ReplyWriter(int descriptor) : descriptor_(descriptor) {
  for (auto& one : memory_) {
    one = std::unique_ptr<std::byte[]>(new std::byte[kReadMax]); // untouched pages cost nothing
    free_.push_back(one.get());
  }
  thread_ = std::thread([this] { serve(); });
}

ReplyWriter::~ReplyWriter() {
  {
    const std::scoped_lock lock(mutex_);
    leaving_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

std::byte* ReplyWriter::buffer() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return taken_ != nullptr || !free_.empty(); });
  if (taken_ == nullptr) {
    taken_ = free_.back();
    free_.pop_back();
  }
  return taken_;
}

void ReplyWriter::give(const Reply& reply) {
  Frame frame;
  const std::scoped_lock lock(mutex_);
  if (const auto* data = std::get_if<Data>(&reply)) {
    frame = {data_head(data->bytes.size()), std::exchange(taken_, nullptr), data->bytes.size()};
  } else {
    frame.head = format(reply);
  }
  waiting_.push_back(std::move(frame));
  changed_.notify_all();
}

bool ReplyWriter::broken() const {
  const std::scoped_lock lock(mutex_);
  return broken_;
}

void ReplyWriter::write_all(Bytes bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(descriptor_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      const std::scoped_lock lock(mutex_);
      broken_ = true;
      return;
    }
    bytes = bytes.subspan(static_cast<std::size_t>(put));
  }
}

void ReplyWriter::serve() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return leaving_ || !waiting_.empty(); });
    if (waiting_.empty()) {
      return;
    }
    const Frame frame = std::move(waiting_.front());
    waiting_.pop_front();
    if (!broken_) {
      lock.unlock();
      write_all(frame.head);
      write_all(Bytes(frame.buffer, frame.size));
      lock.lock();
    }
    if (frame.buffer != nullptr) {
      free_.push_back(frame.buffer);
      changed_.notify_all();
    }
  }
}

} // namespace migstorm::smb
