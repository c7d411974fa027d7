// Pictures of consoles as PNG files.
#pragma once

#include <migstorm/hyperv.hpp>
#include <migstorm/result.hpp>

#include <string>

namespace migstorm::gather {

// 24 bits a pixel. malformed: there are not as many bytes as pixels, or none at all.
Result<std::string> to_png(const hyperv::ConsolePicture& picture);

} // namespace migstorm::gather
