// Pictures of consoles in the folders of their crashes.
#pragma once

#include "harness/campaign/picture_keeper.hpp"

#include <migstorm/runtime.hpp>

#include <memory>
#include <string>

namespace migstorm::gather {

// `folder`: the run's evidence. Files are written off the deciding thread.
std::unique_ptr<PictureKeeper> make_picture_keeper(Runtime& runtime, std::string folder);

} // namespace migstorm::gather
