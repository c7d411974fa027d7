#include "analyzers/kdump/unpack.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <list>
#include <zstd.h>

namespace migstorm::kdump {
namespace {

constexpr std::uint32_t kTableMagic = 0x184D2A5E; // the skippable frame that holds the table
constexpr std::uint32_t kFooterMagic = 0x8F92EAB1;
constexpr std::size_t kFooterSize = 9; // u32 frames, u8 descriptor, u32 magic
constexpr std::uint32_t kFramesMax = 1u << 20;
constexpr std::uint32_t kFrameSizeMax = 16u << 20;
constexpr std::size_t kFramesKept = 3;

struct Frame {
  std::uint64_t packed_offset = 0;
  std::uint64_t offset = 0;
  std::uint32_t packed_size = 0;
  std::uint32_t size = 0;
};

class SeekableZstd final : public ByteSource {
public:
  SeekableZstd(std::unique_ptr<ByteSource> packed, std::vector<Frame> frames)
      : packed_(std::move(packed)), frames_(std::move(frames)) {}

  std::uint64_t size() const override { return frames_.back().offset + frames_.back().size; }

private:
  struct Decoded {
    std::size_t frame = 0;
    std::vector<std::byte> bytes;
  };

  Result<std::size_t> fetch(std::uint64_t offset, std::span<std::byte> out) override {
    std::size_t done = 0;
    while (done < out.size()) {
      const std::uint64_t at = offset + done;
      const auto after =
          std::upper_bound(frames_.begin(), frames_.end(), at,
                           [](std::uint64_t value, const Frame& frame) { return value < frame.offset; });
      const auto index = static_cast<std::size_t>(after - frames_.begin()) - 1;
      const Result<const std::vector<std::byte>*> frame = decoded(index);
      if (!frame) {
        return frame.error();
      }
      const auto skip = static_cast<std::size_t>(at - frames_[index].offset);
      const std::size_t size = std::min((*frame)->size() - skip, out.size() - done);
      std::copy_n((*frame)->begin() + static_cast<std::ptrdiff_t>(skip), size,
                  out.begin() + static_cast<std::ptrdiff_t>(done));
      done += size;
    }
    return done;
  }

  Result<const std::vector<std::byte>*> decoded(std::size_t index) {
    const auto known =
        std::find_if(recent_.begin(), recent_.end(), [index](const Decoded& d) { return d.frame == index; });
    if (known != recent_.end()) {
      recent_.splice(recent_.begin(), recent_, known);
      return &recent_.front().bytes;
    }
    const Frame& frame = frames_[index];
    std::vector<std::byte> packed(frame.packed_size);
    const Result<std::size_t> got = packed_->read_at(frame.packed_offset, packed);
    if (!got) {
      return got.error();
    }
    Decoded fresh{index, std::vector<std::byte>(frame.size)};
    const std::size_t size = ZSTD_decompress(fresh.bytes.data(), fresh.bytes.size(), packed.data(), *got);
    if (ZSTD_isError(size) != 0 || size != frame.size) {
      return Error{Errc::malformed,
                   fmt::format("zstd frame {} does not unpack to its {} bytes", index, frame.size),
                   frame.packed_offset};
    }
    if (recent_.size() == kFramesKept) {
      recent_.pop_back();
    }
    recent_.push_front(std::move(fresh));
    return &recent_.front().bytes;
  }

  std::unique_ptr<ByteSource> packed_;
  std::vector<Frame> frames_; // none is empty, so that every offset has exactly one
  std::list<Decoded> recent_; // the latest first
};

// The table's entries; nothing where the file ends without one.
Result<std::vector<Frame>> read_table(ByteSource& packed) {
  std::array<std::byte, kFooterSize> tail{};
  if (packed.size() < kFooterSize) {
    return std::vector<Frame>{};
  }
  if (const auto got = packed.read_at(packed.size() - kFooterSize, tail); !got) {
    return got.error();
  }
  ByteReader footer(tail, "zstd seek table");
  const auto count = footer.le<std::uint32_t>();
  const auto descriptor = footer.le<std::uint8_t>();
  if (footer.le<std::uint32_t>() != kFooterMagic || count == 0 || count > kFramesMax) {
    return std::vector<Frame>{};
  }
  const std::size_t entry_size = (descriptor & 0x80u) != 0 ? 12 : 8; // with or without a checksum
  const std::uint64_t table_size = 8 + entry_size * count + kFooterSize;
  if (table_size > packed.size()) {
    return std::vector<Frame>{};
  }
  std::vector<std::byte> bytes(static_cast<std::size_t>(table_size));
  const std::uint64_t table_offset = packed.size() - table_size;
  if (const auto got = packed.read_at(table_offset, bytes); !got) {
    return got.error();
  }
  ByteReader table(bytes, "zstd seek table", table_offset);
  table.require(table.le<std::uint32_t>() == kTableMagic && table.le<std::uint32_t>() == table_size - 8,
                "has no frame of its own");
  std::vector<Frame> frames;
  Frame next;
  for (std::uint32_t i = 0; i < count && table.ok(); ++i) {
    next.packed_size = table.le<std::uint32_t>();
    next.size = table.le<std::uint32_t>();
    table.take(entry_size - 8);
    if (next.size != 0) {
      frames.push_back(next);
    }
    next.packed_offset += next.packed_size;
    next.offset += next.size;
  }
  table.require(next.packed_offset == table_offset, "does not add up to the file");
  return table.finish() ? std::move(frames) : std::vector<Frame>{};
}

} // namespace

Result<std::unique_ptr<ByteSource>> open_seekable_zstd(std::unique_ptr<ByteSource> packed) {
  Result<std::vector<Frame>> frames = read_table(*packed);
  if (!frames) {
    return std::move(frames).error();
  }
  const bool too_large = std::any_of(frames->begin(), frames->end(), [](const Frame& frame) {
    return frame.size > kFrameSizeMax || frame.packed_size > kFrameSizeMax;
  });
  if (frames->empty() || too_large) {
    return std::unique_ptr<ByteSource>{};
  }
  return std::unique_ptr<ByteSource>(std::make_unique<SeekableZstd>(std::move(packed), *std::move(frames)));
}

} // namespace migstorm::kdump
