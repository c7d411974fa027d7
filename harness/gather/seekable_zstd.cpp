#include "harness/gather/seekable_zstd.hpp"

#include <cassert>
#include <cstring>
#include <stdexcept>
#include <zstd.h>

namespace migstorm::gather {
namespace {

constexpr int kLevel = 1;
constexpr std::uint32_t kTableMagic = 0x184D2A5E; // the skippable frame that holds the table
constexpr std::uint32_t kFooterMagic = 0x8F92EAB1;

void put(std::vector<std::byte>& out, std::uint32_t value) {
  for (unsigned shift = 0; shift < 32; shift += 8) {
    out.push_back(static_cast<std::byte>((value >> shift) & 0xffU));
  }
}

bool all_zero(Bytes bytes) {
  return !bytes.empty() && bytes.front() == std::byte{0} &&
         std::memcmp(bytes.data(), bytes.data() + 1, bytes.size() - 1) == 0;
}

} // namespace

void SeekableZstd::Free::operator()(ZSTD_CCtx_s* context) const noexcept { ZSTD_freeCCtx(context); }

SeekableZstd::SeekableZstd() : context_(ZSTD_createCCtx()), packed_(packed_frame_max()) {
  if (!context_ ||
      ZSTD_isError(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kLevel)) != 0 ||
      ZSTD_isError(ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1)) != 0) {
    throw std::runtime_error("zstd cannot compress");
  }
}

Bytes SeekableZstd::compress(Bytes raw, std::vector<std::byte>& into) {
  const std::size_t size = ZSTD_compress2(context_.get(), into.data(), into.size(), raw.data(), raw.size());
  if (ZSTD_isError(size) != 0) { // the buffer takes any frame: only memory can be missing
    throw std::runtime_error(ZSTD_getErrorName(size));
  }
  return Bytes(into).first(size);
}

Bytes SeekableZstd::pack(Bytes raw) {
  assert(raw.size() <= kFrameSize);
  Bytes packed;
  if (raw.size() == kFrameSize && all_zero(raw)) {
    if (packed_zeros_.empty()) {
      const Bytes zeros = compress(raw, packed_);
      packed_zeros_.assign(zeros.begin(), zeros.end());
    }
    packed = packed_zeros_;
  } else {
    packed = compress(raw, packed_);
  }
  adopt(static_cast<std::uint32_t>(packed.size()), static_cast<std::uint32_t>(raw.size()));
  return packed;
}

std::vector<std::byte> SeekableZstd::table() const {
  constexpr std::size_t kEntrySize = 8;
  constexpr std::size_t kFooterSize = 9;
  std::vector<std::byte> out;
  put(out, kTableMagic);
  put(out, static_cast<std::uint32_t>(frames_.size() * kEntrySize + kFooterSize));
  for (const Frame& frame : frames_) {
    put(out, frame.packed);
    put(out, frame.raw);
  }
  put(out, static_cast<std::uint32_t>(frames_.size()));
  out.push_back(std::byte{0}); // no checksums in the table: each frame has its own
  put(out, kFooterMagic);
  return out;
}

std::optional<ReadFrame> unpack_frame(Bytes packed, std::span<std::byte> raw) {
  const std::size_t packed_size = ZSTD_findFrameCompressedSize(packed.data(), packed.size());
  if (ZSTD_isError(packed_size) != 0 || packed_size == 0 ||
      ZSTD_getFrameContentSize(packed.data(), packed_size) > raw.size()) {
    return std::nullopt;
  }
  const std::size_t size = ZSTD_decompress(raw.data(), raw.size(), packed.data(), packed_size);
  if (ZSTD_isError(size) != 0 || size == 0) {
    return std::nullopt;
  }
  return ReadFrame{static_cast<std::uint32_t>(packed_size), static_cast<std::uint32_t>(size)};
}

std::size_t packed_frame_max() { return ZSTD_compressBound(SeekableZstd::kFrameSize); }

} // namespace migstorm::gather
