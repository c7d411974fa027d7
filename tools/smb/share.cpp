// SPDX-License-Identifier: GPL-3.0-or-later
#include "tools/smb/share.hpp"

#include "tools/smb/private_home.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <system_error>

namespace migstorm::smb {
namespace {

// Everything but plain letters, so that no name of a guest or a file means anything in a URL.
std::string escaped(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-$/";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      (out += '%') += {kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return out;
}

Failure failure_of(int error) {
  switch (error) {
  case EACCES:
  case EPERM:
  case EROFS:
    return Failure::denied;
  case ENOENT:
  case ENOTDIR:
    return Failure::not_found;
  case ENODEV:
    return Failure::no_share;
  case EBUSY:
  case ETXTBSY:
  case EAGAIN:
    return Failure::busy;
  case ECONNREFUSED:
  case EHOSTUNREACH:
  case ENETUNREACH:
  case EHOSTDOWN:
  case ENETDOWN:
    return Failure::unreachable;
  case ECONNRESET:
  case ECONNABORTED:
  case ENOTCONN:
  case EPIPE:
  case ETIMEDOUT:
  case ENETRESET:
  case EBADF:
    return Failure::lost;
  case ENOSYS: // what a negotiation ends with that finds no common protocol
    return Failure::insecure;
  case EINVAL:
  case ENAMETOOLONG:
    return Failure::refused;
  default:
    return Failure::other;
  }
}

// Why a connection did not come about; nothing where that was not the trouble. EINVAL: a name that nobody
// knows.
std::optional<Failure> no_connection(int error) {
  if (failure_of(error) == Failure::insecure) {
    return Failure::insecure;
  }
  const bool none = error == EINVAL || error == ETIMEDOUT || failure_of(error) == Failure::unreachable;
  return none ? std::optional(Failure::unreachable) : std::nullopt;
}

Failed failed(Failure why, const std::string& what, int error) {
  return {why, what + ": " + std::generic_category().message(error)};
}
Failed failed(const std::string& what, int error) { return failed(failure_of(error), what, error); }

// The library asks for no ticket for these.
bool has_no_tickets(const std::string& server) {
  in6_addr ignored{};
  return server == "localhost" || ::inet_pton(AF_INET, server.c_str(), &ignored) == 1 ||
         ::inet_pton(AF_INET6, server.c_str(), &ignored) == 1;
}

FileFacts facts_of(const struct stat& status) {
  FileFacts facts;
  facts.size = status.st_size > 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  facts.modified_ns = std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec;
  facts.folder = S_ISDIR(status.st_mode);
  return facts;
}

bool fits(char* out, int size, const std::string& text) {
  if (size <= 0 || text.size() >= static_cast<std::size_t>(size)) {
    return false;
  }
  std::memcpy(out, text.c_str(), text.size() + 1);
  return true;
}

} // namespace

Share::~Share() {
  if (context_ != nullptr) {
    smbc_free_context(context_, 1);
  }
}

// The library's own signature.
// NOLINTNEXTLINE(readability-function-size)
void Share::authenticate(SMBCCTX* context, const char*, const char*, char* domain, int domain_size,
                         char* user, int user_size, char* password, int password_size) {
  const Login& login = static_cast<Share*>(smbc_getOptionUserData(context))->login_;
  if (!fits(domain, domain_size, login.domain) || !fits(user, user_size, login.user) ||
      !fits(password, password_size, login.password)) {
    *user = *password = 0; // too long for the library: set_up() has refused it
  }
}

std::string Share::url(const std::string& share, const std::string& path) const {
  return "smb://" + escaped(login_.server) + "/" + escaped(share) + "/" + escaped(path);
}

std::optional<Failed> Share::set_up(const Login& login) {
  constexpr std::size_t kCredentialMax = 255; // the library's own buffers
  const auto is_address = [](const std::string& name) {
    return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                                   "0123456789.-_:") == std::string::npos;
  };
  if (!is_address(login.server) || login.share.empty() ||
      login.share.find_first_of("/\\") != std::string::npos || login.port == 0) {
    return Failed{Failure::refused, "not a server and a share"};
  }
  if (login.user.size() > kCredentialMax || login.password.size() > kCredentialMax ||
      login.domain.size() > kCredentialMax || (login.user.empty() && !login.kerberos)) {
    return Failed{Failure::refused, "not a user and a password that SMB can carry"};
  }
  if (login.kerberos && has_no_tickets(login.server)) {
    return Failed{Failure::refused, "Kerberos knows servers by their names: \"" + login.server +
                                        "\" is none, give the guest's as its address"};
  }
  const char* min_protocol = login.unencrypted ? "SMB2_10" : "SMB3_00";
  const Result<PrivateHome> home = PrivateHome::make(min_protocol, !login.unencrypted);
  if (!home) {
    return Failed{Failure::other, home.error().detail};
  }
  login_ = login;
  context_ = smbc_new_context();
  if (context_ == nullptr || smbc_init_context(context_) == nullptr) {
    return failed("libsmbclient", errno);
  }
  smbc_setDebug(context_, 0);
  smbc_setOptionDebugToStderr(context_, 1);
  smbc_setOptionUserData(context_, this);
  smbc_setFunctionAuthDataWithContext(context_, &Share::authenticate);
  smbc_setTimeout(context_, static_cast<int>(std::min<std::uint32_t>(login.timeout_ms, 600'000)));
  smbc_setPort(context_, login.port);
  smbc_setOptionNoAutoAnonymousLogin(context_, 1);
  smbc_setOptionUseKerberos(context_, login.kerberos ? 1 : 0);
  smbc_setOptionFallbackAfterKerberos(context_, 0);
  smbc_setOptionUseCCache(context_, 0);
  // The level alone lets the library go on in clear text with a server that knows no encryption; the lowest
  // protocol that has encryption closes that door.
  smbc_setOptionProtocols(context_, min_protocol, "SMB3_11");
  smbc_setOptionSmbEncryptionLevel(context_,
                                   login.unencrypted ? SMBC_ENCRYPTLEVEL_NONE : SMBC_ENCRYPTLEVEL_REQUIRE);
  return std::nullopt;
}

Reply Share::handle(const Login& login) {
  if (context_ != nullptr) {
    return Failed{Failure::refused, "a second login"};
  }
  if (auto wrong = set_up(login)) {
    return *wrong;
  }
  // Through IPC$ first, which every account may enter: what is refused there is the account itself, and only
  // then is it not the right to the share. The answer is an error in any case, no such file is there.
  struct stat status {};
  errno = 0;
  smbc_getFunctionStat(context_)(context_, url("IPC$", "migstorm").c_str(), &status);
  const int refusal = errno;
  if (failure_of(refusal) == Failure::denied) {
    return failed(Failure::rejected, "login", refusal);
  }
  if (const auto why = no_connection(refusal); why && refusal != EINVAL) {
    return failed(*why, "connect to " + login.server, refusal);
  }
  if (smbc_getFunctionStat(context_)(context_, url("").c_str(), &status) != 0) {
    const int error = errno;
    if (login.kerberos && error == EINVAL) {
      return Failed{Failure::refused,
                    "there is no Kerberos ticket for cifs/" + login.server +
                        ", and none could be had: give a password, or tickets by KRB5CCNAME"};
    }
    const Failure why = failure_of(error) == Failure::not_found
                            ? Failure::no_share
                            : no_connection(error).value_or(failure_of(error));
    return failed(why, "share " + login.share, error);
  }
  logged_in_ = true;
  return Done{};
}

Reply Share::handle(const StatFile& stat) {
  struct stat status {};
  if (!logged_in_) {
    return Failed{Failure::refused, "not logged in"};
  }
  if (smbc_getFunctionStat(context_)(context_, url(stat.path).c_str(), &status) != 0) {
    return failed(stat.path, errno);
  }
  return facts_of(status);
}

Reply Share::handle(const OpenFile& open) {
  if (!logged_in_ || files_.size() >= kOpenFilesMax) {
    return Failed{Failure::refused, logged_in_ ? "too many open files" : "not logged in"};
  }
  SMBCFILE* file = smbc_getFunctionOpen(context_)(context_, url(open.path).c_str(), O_RDONLY, 0);
  if (file == nullptr) {
    return failed(open.path, errno);
  }
  struct stat status {};
  if (smbc_getFunctionFstat(context_)(context_, file, &status) != 0) {
    const int error = errno;
    smbc_getFunctionClose(context_)(context_, file);
    return failed(open.path, error);
  }
  files_.emplace(next_handle_, file);
  return Opened{next_handle_++, facts_of(status)};
}

Reply Share::handle(const ReadFile& read) {
  const auto file = files_.find(read.handle);
  if (file == files_.end() || buffer_ == nullptr) {
    return Failed{Failure::refused, "no such open file"};
  }
  if (smbc_getFunctionLseek(context_)(context_, file->second, static_cast<off_t>(read.offset), SEEK_SET) <
      0) {
    return failed("seek", errno);
  }
  std::size_t done = 0;
  while (done < read.size) {
    const ssize_t got =
        smbc_getFunctionRead(context_)(context_, file->second, buffer_ + done, read.size - done);
    if (got < 0) {
      return failed("read", errno);
    }
    if (got == 0) {
      break;
    }
    done += static_cast<std::size_t>(got);
  }
  return Data{Bytes(buffer_, done)};
}

Reply Share::handle(const ListFolder& list) {
  if (!logged_in_) {
    return Failed{Failure::refused, "not logged in"};
  }
  SMBCFILE* folder = smbc_getFunctionOpendir(context_)(context_, url(list.path).c_str());
  if (folder == nullptr) {
    return failed(list.path, errno);
  }
  Entries entries;
  std::size_t bytes = 0;
  while (const smbc_dirent* entry = smbc_getFunctionReaddir(context_)(context_, folder)) {
    const std::string name(entry->name);
    if (name == "." || name == "..") {
      continue;
    }
    bytes += name.size() + 3;
    if (entries.entries.size() == kEntriesMax || name.size() > kTextMax || bytes > kReplyMax - kRequestMax) {
      break;
    }
    entries.entries.push_back({name, entry->smbc_type == SMBC_DIR});
  }
  smbc_getFunctionClosedir(context_)(context_, folder);
  return entries;
}

Reply Share::handle(const RenameFile& rename) {
  struct stat status {};
  if (!logged_in_) {
    return Failed{Failure::refused, "not logged in"};
  }
  // The protocol's rename does not replace, but libsmbclient would delete what is there and try again.
  if (smbc_getFunctionStat(context_)(context_, url(rename.to).c_str(), &status) == 0 || errno != ENOENT) {
    return Failed{Failure::refused, rename.to + ": there is a file of that name"};
  }
  if (smbc_getFunctionRename(context_)(context_, url(rename.from).c_str(), context_,
                                       url(rename.to).c_str()) != 0) {
    return failed(rename.from, errno);
  }
  return Done{};
}

Reply Share::handle(const CloseFile& close) {
  const auto file = files_.find(close.handle);
  if (file == files_.end()) {
    return Failed{Failure::refused, "no such open file"};
  }
  const int failure = smbc_getFunctionClose(context_)(context_, file->second);
  const int error = errno;
  files_.erase(file);
  if (failure != 0) {
    return failed("close", error);
  }
  return Done{};
}

} // namespace migstorm::smb
