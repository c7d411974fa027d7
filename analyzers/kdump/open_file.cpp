#include "analyzers/kdump/open_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace migstorm::kdump {
namespace {

Error failed(const std::string& name, const char* what, int error) {
  const Errc code = error == ENOENT   ? Errc::not_found
                    : error == EACCES ? Errc::denied
                    : error == ENOSPC ? Errc::storage
                                      : Errc::unsupported;
  return {code, fmt::format("{}: {}: {}", name, what, std::generic_category().message(error))};
}

} // namespace

FileHandle::~FileHandle() {
  if (descriptor_ >= 0) {
    ::close(descriptor_);
  }
}

Result<std::uint64_t> FileHandle::size() const {
  struct stat status {};
  if (::fstat(descriptor_, &status) != 0) {
    return failed(name_, "cannot tell its size", errno);
  }
  return static_cast<std::uint64_t>(status.st_size);
}

Result<std::size_t> FileHandle::read_at(std::uint64_t offset, std::span<std::byte> out) const {
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t got =
        ::pread(descriptor_, out.data() + done, out.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return failed(name_, "cannot read", errno);
    }
    if (got == 0) {
      break;
    }
    done += static_cast<std::size_t>(got);
  }
  return done;
}

Status FileHandle::write_at(std::uint64_t offset, Bytes bytes) const {
  while (!bytes.empty()) {
    const ssize_t put = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) {
      continue;
    }
    if (put <= 0) {
      return failed(name_, "cannot write", put < 0 ? errno : ENOSPC);
    }
    bytes = bytes.subspan(static_cast<std::size_t>(put));
    offset += static_cast<std::uint64_t>(put);
  }
  return Unit{};
}

Status FileHandle::set_size(std::uint64_t bytes) const {
  if (::ftruncate(descriptor_, static_cast<off_t>(bytes)) != 0) {
    return failed(name_, "cannot set its size", errno);
  }
  return Unit{};
}

Result<FileHandle> open_for_reading(const std::string& path) {
  // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
  FileHandle file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK), path);
  if (file.get() < 0) {
    return failed(path, "cannot open", errno);
  }
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) {
    return failed(path, "cannot open", errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return Error{Errc::unsupported, fmt::format("{}: not a regular file", path)};
  }
  return file;
}

Result<FileHandle> open_temporary(const std::string& folder) {
  // Not /tmp: where that is memory, unpacking would take what it was to save.
  const char* environment = std::getenv("TMPDIR");
  std::string where = !folder.empty()                               ? folder
                      : environment != nullptr && *environment != 0 ? environment
                                                                    : "/var/tmp";
  FileHandle nameless(::open(where.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600), where);
  if (nameless.get() >= 0) {
    return nameless;
  }
  std::string name = where + "/migstorm-XXXXXX"; // for file systems that know no nameless files
  FileHandle named(::mkostemp(name.data(), O_CLOEXEC), where);
  if (named.get() < 0) {
    return failed(where, "cannot make a temporary file", errno);
  }
  ::unlink(name.c_str());
  return named;
}

FileSource::FileSource(FileHandle file) : file_(std::move(file)) {
  const Result<std::uint64_t> bytes = file_.size();
  size_ = bytes ? *bytes : 0;
}

} // namespace migstorm::kdump
