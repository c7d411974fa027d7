// A file that is on its way here: packed frame by frame beside its final name, and gone on with after
// whatever ended the copying. Everything here blocks.
#pragma once

#include "harness/gather/seekable_zstd.hpp"
#include "harness/gather/sha256.hpp"
#include "harness/gather/way.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace migstorm::gather {

// What is being copied. Frames of another original are never kept.
struct Original {
  DumpFacts facts;
  std::uint64_t size = 0;    // of the content
  std::string header_sha256; // of the first 8 KiB
};

class PartialFile {
public:
  // PATH.partial and PATH.partial.of. What an earlier copy of the same original left is read back frame by
  // frame, so that neither a torn write nor a bad disk gets into the result; from the first frame that is not
  // sound on it is copied anew. storage: it cannot be written, or PATH is there already.
  static Result<std::unique_ptr<PartialFile>> open(const std::string& path, const Original& original);
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile();

  std::uint64_t raw_size() const noexcept { return raw_size_; }       // of the original, so far
  std::uint64_t packed_size() const noexcept { return packed_size_; } // of the file

  // One frame; see SeekableZstd::pack.
  Status append(Bytes raw);
  // Puts the file in its place; from then on it is whole. Never replaces a file. Returns the original's hash.
  Result<std::string> finish();
  // Gone, with what belongs to it.
  void discard() noexcept;

private:
  PartialFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  Status read_back();
  Status write(Bytes bytes);
  Error failed(const char* what) const;

  std::string path_;
  int descriptor_;
  SeekableZstd packer_;
  Sha256 hash_;
  std::uint64_t raw_size_ = 0;
  std::uint64_t packed_size_ = 0;
};

} // namespace migstorm::gather
