// A lab file's ways to guests' dumps, as adapters.
#pragma once

#include "harness/gather/smb_way.hpp"
#include "harness/gather/way.hpp"

#include <migstorm/lab_file.hpp>
#include <migstorm/result.hpp>

#include <memory>
#include <string>
#include <vector>

namespace migstorm {

struct DumpWays {
  std::vector<std::unique_ptr<gather::SmbAccount>> accounts; // by credential; they outlive the ways
  std::vector<std::unique_ptr<gather::Way>> ways;
};
// denied: the password cannot be read. unsupported: a way over smb:// and no migstorm-smb.
Result<DumpWays> make_dump_ways(const LabFile& lab);

// Where the lab file says that a guest is reached; empty: it does not.
std::string guest_address(const LabFile& lab, const std::string& name);

} // namespace migstorm
