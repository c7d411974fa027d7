// The second door: the one thing that gathering changes on a guest. All other changes are in
// harness/hyperv/changes.cpp.
#pragma once

#include "harness/gather/smb_session.hpp"
#include "harness/gather/way.hpp"

#include <string>

namespace migstorm::gather {

// Gives a dump that was brought home another name in its own folder, so that the guest's next crash does not
// write over it. Refused: where the lab file does not allow it (`allowed`), a file that is not the one that
// was copied any more, a name that leads elsewhere or that is there already. Leaves once and is never
// repeated.
struct PutAside {
  bool allowed = false; // dumps: {rename: true}
  std::string path;     // on the share
  DumpFacts copied;
  std::string name; // "MEMORY-crash-0003-sql-01.DMP"
};
Status put_aside(smb::SmbSession& session, const PutAside& what);

} // namespace migstorm::gather
