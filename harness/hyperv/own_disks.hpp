// Disk files of ours, and such files in drives of guests: made and taken away step by step. Every step looks
// first, so what an earlier attempt left half done is finished.
#pragma once

#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

Task<Status> make_file(Host& host, OwnFile file);
Task<Result<std::optional<std::uint64_t>>> read_file_size_max(Host& host, std::string path);
Task<Status> delete_file(Host& host, std::string path);

Task<Status> add_disk(Host& host, OwnDisk disk);
Task<Status> remove_disk(Host& host, OwnDisk disk);

} // namespace migstorm::hyperv
