#include "harness/gather/put_aside.hpp"

namespace migstorm::gather {

Status put_aside(smb::SmbSession& session, const PutAside& what) {
  if (!what.allowed) {
    return Error{Errc::denied, "the lab file does not allow to rename dumps on guests"};
  }
  if (what.name.empty() || what.name != safe_name(what.name)) {
    return Error{Errc::malformed, "not a plain name for a dump"};
  }
  const Result<smb::FileFacts> now = session.stat(what.path);
  if (!now) {
    return now.error();
  }
  if (now->folder || DumpFacts{now->size, now->modified_ns} != what.copied) {
    return Error{Errc::stale, what.path + " is not the dump any more that was copied"};
  }
  const std::size_t slash = what.path.rfind('/');
  const std::string folder = slash == std::string::npos ? std::string() : what.path.substr(0, slash + 1);
  return session.rename(what.path, folder + what.name);
}

} // namespace migstorm::gather
