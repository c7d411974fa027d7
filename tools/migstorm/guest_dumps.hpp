// Reading the dumps that guests leave, put together from a lab file.
#pragma once

#include "harness/campaign/dump_reader.hpp"
#include "harness/gather/retention.hpp"
#include "tools/migstorm/inputs.hpp"
#include "tools/migstorm/transports.hpp"

#include <migstorm/result.hpp>
#include <migstorm/runtime.hpp>

#include <memory>
#include <string>
#include <vector>

namespace migstorm {

class GuestDumps {
public:
  GuestDumps() = default;
  GuestDumps(const GuestDumps&) = delete;
  GuestDumps& operator=(const GuestDumps&) = delete;
  virtual ~GuestDumps() = default;

  virtual DumpReader* reader() noexcept = 0; // null: the lab file names no way to them
};

// `folder`: where dumps of this run are kept, and `retention` how many. `connections` may be null; else a
// password that is rejected here or there is shown to nobody any more. denied: the password cannot be read.
// unsupported: a way over smb:// and no migstorm-smb.
Result<std::unique_ptr<GuestDumps>> open_guest_dumps(Runtime& runtime, const LabFile& lab,
                                                     const std::string& folder,
                                                     const gather::RetentionPolicy& retention,
                                                     const Connections* connections);

// Simulated guests leave their dumps in `folder`, and the symbols of their kernel lie beside them; the lab
// file then says so. What the lab file itself says of dumps stands.
Status leave_dumps_in(const std::string& folder, LabInput& lab);

} // namespace migstorm
