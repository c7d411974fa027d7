// An image file, read as the loader would lay it out in memory.
#pragma once

#include "analyzers/kdump/byte_source.hpp"
#include "analyzers/pe/image.hpp"

namespace migstorm::pe {

struct LoadedFile {
  Headers headers;
  ImageReader read; // bytes of a section behind its data in the file are zero, as in memory; gaps are absent
};

// `file` is kept by the reader. Refuses what is no image.
Result<LoadedFile> lay_out(std::shared_ptr<kdump::ByteSource> file);

} // namespace migstorm::pe
