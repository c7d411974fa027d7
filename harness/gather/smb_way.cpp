#include "harness/gather/smb_way.hpp"

#include "harness/gather/put_aside.hpp"

#include <fmt/format.h>

#include <charconv>
#include <string_view>

namespace migstorm::gather {
namespace {

constexpr std::string_view kScheme = "smb://";
constexpr const char* kClear = "read without encryption (SMB 2.1)";

class RemoteDump final : public DumpFile {
public:
  RemoteDump(std::string place, std::string path, smb::LoginOutcome login, const smb::Opened& opened,
             bool may_rename)
      : place_(std::move(place)), path_(std::move(path)), session_(std::move(login.session)),
        encrypted_(login.encrypted), handle_(opened.handle), size_(opened.facts.size),
        may_rename_(may_rename) {}

  std::uint64_t size() const override { return size_; }
  const std::string& place() const noexcept override { return place_; }
  void read_on() noexcept override { ahead_until_ = size_; }
  std::string caution() const override { return encrypted_ ? std::string() : std::string(kClear); }

  // By name and not by handle: what counts is whether the next reader would find the same file.
  Result<DumpFacts> facts() override {
    const Result<smb::FileFacts> facts = session_->stat(path_);
    if (!facts) {
      return facts.error();
    }
    return DumpFacts{facts->size, facts->modified_ns};
  }

  Status put_aside(const DumpFacts& copied, const std::string& name) override {
    // A file that is open without leave to delete it cannot be renamed on Windows.
    if (Status closed = session_->close(handle_); !closed) {
      return closed;
    }
    return gather::put_aside(*session_, {may_rename_, path_, copied, name});
  }

private:
  Result<std::size_t> fetch(std::uint64_t offset, std::span<std::byte> out) override {
    return session_->read(handle_, offset, out, ahead_until_);
  }

  std::string place_;
  std::string path_;
  std::unique_ptr<smb::SmbSession> session_;
  bool encrypted_;
  std::uint32_t handle_;
  std::uint64_t size_;
  std::uint64_t ahead_until_ = 0;
  bool may_rename_;
};

class SmbWay final : public Way {
public:
  SmbWay(std::string url, AccountOf account_of, std::string program)
      : url_(std::move(url)), account_of_(std::move(account_of)), program_(std::move(program)) {}

  const std::string& text() const noexcept override { return url_; }

  Result<std::unique_ptr<DumpFile>> open(const Guest& guest) override {
    Result<std::string> url = expand(url_, guest);
    if (!url) {
      return std::move(url).error();
    }
    Result<SmbPlace> place = parse_smb_url(*url);
    if (!place) {
      return std::move(place).error();
    }
    SmbAccount* const account = account_of_(guest.name);
    Result<smb::LoginOutcome> login = log_in(*place, guest, account);
    if (!login) {
      return std::move(login).error().within(*url);
    }
    const Result<smb::Opened> opened = login->session->open(place->path);
    if (!opened) {
      return Error(opened.error()).within(*url);
    }
    return std::unique_ptr<DumpFile>(std::make_unique<RemoteDump>(
        *std::move(url), place->path, *std::move(login), *opened, account->may_rename));
  }

  Status reach(const Guest& guest) override {
    const Result<std::string> url = expand(url_, guest);
    const Result<SmbPlace> place = url ? parse_smb_url(*url) : Result<SmbPlace>(url.error());
    if (!place) {
      return place.error();
    }
    Result<smb::LoginOutcome> login = log_in(*place, guest, account_of_(guest.name));
    if (!login) {
      return std::move(login).error();
    }
    const std::size_t slash = place->path.rfind('/');
    const std::string folder = slash == std::string::npos ? std::string() : place->path.substr(0, slash);
    const Result<smb::Entries> listed = login->session->list(folder);
    return listed ? Status(Unit{}) : Status(listed.error());
  }

private:
  Result<smb::LoginOutcome> log_in(const SmbPlace& place, const Guest& guest, SmbAccount* account) {
    if (account == nullptr) {
      return Error{Errc::denied, fmt::format("no credential for {}: list it under guests, or say smb: "
                                             "{{credential: NAME}}",
                                             guest.name)};
    }
    if (const std::string before = account->rejected_by(); !before.empty()) {
      return Error{Errc::denied, fmt::format("the credentials of \"{}\" were rejected by {} before",
                                             account->user, before)};
    }
    smb::Login login;
    login.server = place.server;
    login.port = place.port;
    login.share = place.share;
    login.domain = account->domain;
    login.user = account->user;
    login.password = account->password;
    login.kerberos = account->kerberos;
    login.unencrypted = account->allow_unencrypted;
    login.timeout_ms = account->timeout_ms;
    smb::LoginOutcome outcome = smb::SmbSession::start(program_, login);
    if (!outcome.session && outcome.failed.why == smb::Failure::rejected) {
      account->reject(place.server);
    }
    if (!outcome.session && outcome.failed.why == smb::Failure::insecure) {
      return Error{Errc::unsupported, outcome.failed.text +
                                          ", it has no SMB 3 with encryption (smb: {allow_unencrypted: true} "
                                          "allows SMB 2.1)"};
    }
    if (!outcome.session) {
      return smb::to_error(outcome.failed);
    }
    return outcome;
  }

  std::string url_;
  AccountOf account_of_;
  std::string program_;
};

} // namespace

void SmbAccount::reject(const std::string& server) {
  const std::scoped_lock lock(mutex_);
  if (rejected_by_.empty()) {
    rejected_by_ = server;
  }
}

std::string SmbAccount::rejected_by() const {
  const std::scoped_lock lock(mutex_);
  return rejected_by_;
}

Result<SmbPlace> parse_smb_url(const std::string& url) {
  const Error wrong{Errc::malformed, "not of the form smb://SERVER/SHARE/PATH"};
  if (!std::string_view(url).starts_with(kScheme)) {
    return wrong;
  }
  std::string_view rest = std::string_view(url).substr(kScheme.size());
  const std::size_t share = rest.find('/');
  const std::size_t path = share == std::string_view::npos ? share : rest.find('/', share + 1);
  if (path == std::string_view::npos || path == share + 1 || path + 1 == rest.size()) {
    return wrong;
  }
  SmbPlace place;
  place.server = rest.substr(0, share);
  place.share = rest.substr(share + 1, path - share - 1);
  place.path = rest.substr(path + 1);
  if (const std::size_t colon = place.server.find(':');
      colon != std::string::npos && place.server.rfind(':') == colon) {
    const char* end = place.server.data() + place.server.size();
    const auto read = std::from_chars(place.server.data() + colon + 1, end, place.port);
    if (read.ec != std::errc() || read.ptr != end || place.port == 0) {
      return Error{Errc::malformed, "not a port in smb://SERVER:PORT/SHARE/PATH"};
    }
    place.server.resize(colon);
  }
  if (place.server.empty() || place.path.find("..") != std::string::npos) {
    return wrong;
  }
  return place;
}

void set_user(SmbAccount& account, const std::string& name) {
  account.domain.clear();
  account.user = name;
  if (const std::size_t slash = name.find('\\'); slash != std::string::npos) {
    account.domain = name.substr(0, slash);
    account.user = name.substr(slash + 1);
  } else if (const std::size_t at = name.find('@'); at != std::string::npos) {
    account.domain = name.substr(at + 1);
    account.user = name.substr(0, at);
  }
}

std::unique_ptr<Way> make_smb_way(std::string url, AccountOf account_of, std::string program) {
  return std::make_unique<SmbWay>(std::move(url), std::move(account_of), std::move(program));
}

} // namespace migstorm::gather
