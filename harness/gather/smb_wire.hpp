// What is said between migstorm and migstorm-smb over a pair of pipes. Both sides read each other as
// strangers.
//
// A frame is u32 length of what follows, u8 kind, body; numbers are little endian, a text is u16 length and
// bytes without NUL. Replies come in the order of their requests, of which several may be under way.
#pragma once

#include <migstorm/byte_reader.hpp>
#include <migstorm/result.hpp>

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace migstorm::smb {

inline constexpr std::size_t kFrameHead = 5;
inline constexpr std::uint32_t kRequestMax = 32u << 10; // bytes after the length
inline constexpr std::uint32_t kReadMax = 8u << 20;     // bytes of a file in one reply
inline constexpr std::uint32_t kReplyMax = kReadMax + 1;
inline constexpr std::size_t kTextMax = 4096;
inline constexpr std::uint32_t kEntriesMax = 4096;
inline constexpr std::uint32_t kOpenFilesMax = 16;

// Once per process, first of all. Texts are UTF-8.
struct Login {
  std::string server; // name or address
  std::uint16_t port = 445;
  std::string share;
  std::string domain;
  std::string user;
  std::string password;
  bool kerberos = false;    // and nothing else; with an empty password the tickets that are there
  bool unencrypted = false; // SMB 2.1 will do, which has no encryption, and none is asked for
  std::uint32_t timeout_ms = 20'000;
};
// Paths are relative to the share, with forward slashes.
struct StatFile {
  std::string path;
};
struct OpenFile {
  std::string path;
};
struct ReadFile {
  std::uint32_t handle = 0;
  std::uint64_t offset = 0;
  std::uint32_t size = 0; // up to kReadMax
};
struct ListFolder {
  std::string path;
};
// Never onto a file that is there.
struct RenameFile {
  std::string from;
  std::string to;
};
struct CloseFile {
  std::uint32_t handle = 0;
};
using Request = std::variant<Login, StatFile, OpenFile, ReadFile, ListFolder, RenameFile, CloseFile>;

// One per reaction.
enum class Failure : std::uint8_t {
  rejected,    // user or password: never to be tried again by itself
  denied,      // the login stands, the right to this share or file is missing
  no_share,    // the server has no such share
  not_found,   // the share has no such file
  unreachable, // no server there
  insecure,    // a server that speaks nothing as secure as asked for
  lost,        // the connection broke
  busy,        // somebody has the file open in a way that keeps others out
  refused,     // the request makes no sense
  other,
};
inline constexpr std::uint8_t kFailures = 10;

struct Failed {
  Failure why = Failure::other;
  std::string text;
};
struct Done {};
struct FileFacts {
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0; // since 1970, by the server's clock
  bool folder = false;
  friend bool operator==(const FileFacts&, const FileFacts&) = default;
};
struct Opened {
  std::uint32_t handle = 0;
  FileFacts facts;
};
// Fewer bytes than asked for only at the end of the file. `bytes` points into what was parsed.
struct Data {
  Bytes bytes;
};
struct Entry {
  std::string name;
  bool folder = false;
};
struct Entries {
  std::vector<Entry> entries;
};
using Reply = std::variant<Failed, Done, FileFacts, Opened, Data, Entries>;

// Whole frames. Texts over kTextMax are an error of the caller, except in Failed, where they are cut.
std::vector<std::byte> format(const Request& request);
std::vector<std::byte> format(const Reply& reply);

struct FrameHead {
  std::uint32_t body_size = 0; // after the kind
  std::uint8_t kind = 0;
};
// `limit`: kRequestMax or kReplyMax.
Result<FrameHead> parse_head(std::span<const std::byte, kFrameHead> head, std::uint32_t limit);

// `body`: what follows the kind.
Result<Request> parse_request(std::uint8_t kind, Bytes body);
Result<Reply> parse_reply(std::uint8_t kind, Bytes body);

// The kind of a frame that holds bytes of a file, so that they can be read where they are wanted.
std::uint8_t data_kind() noexcept;

} // namespace migstorm::smb
