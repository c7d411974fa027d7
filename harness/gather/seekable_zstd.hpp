// Writes the zstd project's seekable format: frames of a fixed size, each with a checksum, and a table of
// them in a skippable frame at the end. Any zstd reads it; kdump::open_dump_file reads it at random.
#pragma once

#include <migstorm/byte_reader.hpp>
#include <migstorm/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

struct ZSTD_CCtx_s;

namespace migstorm::gather {

class SeekableZstd {
public:
  static constexpr std::size_t kFrameSize = 1 << 20;
  static constexpr std::uint64_t kFileMax = std::uint64_t{1} << 40; // as many frames as readers take

  SeekableZstd();
  // `raw`: kFrameSize bytes, fewer only in the last frame. Valid until the next call.
  Bytes pack(Bytes raw);
  // A frame that is in the file already.
  void adopt(std::uint32_t packed, std::uint32_t raw) { frames_.push_back({packed, raw}); }
  std::vector<std::byte> table() const;

private:
  struct Frame {
    std::uint32_t packed = 0;
    std::uint32_t raw = 0;
  };
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const noexcept;
  };
  Bytes compress(Bytes raw, std::vector<std::byte>& into);

  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
  std::vector<Frame> frames_;
  std::vector<std::byte> packed_;
  std::vector<std::byte> packed_zeros_; // a whole frame of them: half of many a dump
};

// One frame at the start of `packed`, unpacked into `raw` (kFrameSize); nothing where there is no whole and
// sound one.
struct ReadFrame {
  std::uint32_t packed = 0;
  std::uint32_t raw = 0;
};
std::optional<ReadFrame> unpack_frame(Bytes packed, std::span<std::byte> raw);
std::size_t packed_frame_max();

} // namespace migstorm::gather
