// Where a dump's bytes come from: a file, a file inside an archive, a buffer of a test, something far away.
//
// Everything above reads through this port, so what a triage costs can be counted here.
#pragma once

#include <migstorm/byte_reader.hpp>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace migstorm::kdump {

class ByteSource {
public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  virtual std::uint64_t size() const = 0;

  // Fills `out` from `offset`; fewer bytes come back only where the source ends.
  Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> out);

  // What was handed out so far, of the unpacked bytes.
  std::uint64_t bytes_read() const noexcept { return bytes_read_; }

  // What went wrong while the source was prepared, but left something to read ("the archive ends early").
  const std::vector<std::string>& remarks() const noexcept { return remarks_; }

protected:
  void remark(std::string text) { remarks_.push_back(std::move(text)); }

private:
  // `out` is not empty and lies inside size().
  virtual Result<std::size_t> fetch(std::uint64_t offset, std::span<std::byte> out) = 0;

  std::uint64_t bytes_read_ = 0;
  std::vector<std::string> remarks_;
};

// Over bytes that outlive it.
class SpanSource final : public ByteSource {
public:
  explicit SpanSource(Bytes bytes) noexcept : bytes_(bytes) {}
  std::uint64_t size() const override { return bytes_.size(); }

private:
  Result<std::size_t> fetch(std::uint64_t offset, std::span<std::byte> out) override;

  Bytes bytes_;
};

// The file as it is. Not followed while it grows: its size is what it was when opened.
Result<std::unique_ptr<ByteSource>> open_file(const std::string& path);

struct UnpackOptions {
  std::uint64_t unpacked_bytes_max = 256ull << 30;
  std::string temporary_folder; // empty: what the environment says
};

// The file, or what is packed in it (.gz, .zst, .zip, .cab, told by content and not by name). What allows no
// random access is unpacked into a temporary file that has no name and ends with the source.
Result<std::unique_ptr<ByteSource>> open_dump_file(const std::string& path,
                                                   const UnpackOptions& options = {});

} // namespace migstorm::kdump
