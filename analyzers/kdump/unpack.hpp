// Packed dumps: what a file is packed with, and how it becomes a source of bytes.
#pragma once

#include "analyzers/kdump/open_file.hpp"

#include <memory>

namespace migstorm::kdump {

enum class Packing : std::uint8_t { none, gzip, zstd, zip, cab };
Packing packing_of(Bytes start);

// Unpacks all of `packed` into a temporary file; runs of zeros become holes in it. A stream that breaks off
// leaves what came before, with a remark. In a .zip the first kernel dump is taken, or the only file there
// is.
Result<std::unique_ptr<ByteSource>> unpack(const FileHandle& packed, Packing packing,
                                           const UnpackOptions& options);

// Random access into a .zst that ends with a seek table (see the zstd project's "seekable format").
// nullptr where there is no table or its frames are too large to be decoded one by one: then it has to be
// unpacked.
Result<std::unique_ptr<ByteSource>> open_seekable_zstd(std::unique_ptr<ByteSource> packed);

} // namespace migstorm::kdump
