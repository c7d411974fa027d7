// The port through which pictures of consoles become evidence.
#pragma once

#include <migstorm/crash.hpp>
#include <migstorm/result.hpp>
#include <migstorm/task.hpp>

namespace migstorm {

// Under this name a picture lies in the folder of its crash.
inline constexpr const char* kPictureName = "console.png";

class PictureKeeper {
public:
  PictureKeeper() = default;
  PictureKeeper(const PictureKeeper&) = delete;
  PictureKeeper& operator=(const PictureKeeper&) = delete;
  virtual ~PictureKeeper() = default;

  // In the place of an older one of this crash. storage: it could not be written.
  virtual Task<Status> keep(Crash crash, hyperv::ConsolePicture picture) = 0;
};

} // namespace migstorm
