// A dump that is a file here: a mounted share, or a simulated guest's own folder.
#pragma once

#include "harness/gather/way.hpp"

namespace migstorm::gather {

// `url`: "file:///srv/guests/{guest}/MEMORY.DMP". The file may be packed, see kdump::open_dump_file.
std::unique_ptr<Way> make_file_way(std::string url);

} // namespace migstorm::gather
