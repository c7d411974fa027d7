#include "harness/gather/kept_dump.hpp"

#include "analyzers/kdump/byte_source.hpp"
#include "harness/gather/sha256.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>
#include <vector>

namespace migstorm::gather {
namespace {

constexpr std::size_t kHashSize = 64; // characters
constexpr std::size_t kPieceHashed = 4 << 20;

Error failed(const std::string& path, const std::error_code& error) {
  return {Errc::storage, fmt::format("{}: {}", path, error.message())};
}

} // namespace

Result<std::optional<DumpHome>> KeptDump::look() const {
  std::error_code error;
  if (std::filesystem::create_directories(folder_, error); error) {
    return failed(folder_, error);
  }
  // What a machine held in memory is nobody else's business.
  std::filesystem::permissions(folder_, std::filesystem::perms::owner_all, error);
  const std::uint64_t packed_size = std::filesystem::file_size(path(), error);
  if (error) {
    return std::optional<DumpHome>();
  }
  const Result<std::unique_ptr<kdump::ByteSource>> source = kdump::open_dump_file(path());
  if (!source) {
    return source.error();
  }
  Result<std::string> known = hash();
  if (!known) {
    return std::move(known).error();
  }
  DumpHome home{path(), *std::move(known), (*source)->size(), packed_size, {}};
  if (Status noted = note(home); !noted) {
    return std::move(noted).error();
  }
  return std::optional(std::move(home));
}

Result<std::string> KeptDump::hash() const {
  std::ifstream in(hash_path());
  std::string text;
  in >> text;
  if (text.size() == kHashSize && text.find_first_not_of("0123456789abcdef") == std::string::npos) {
    return text;
  }
  const Result<std::unique_ptr<kdump::ByteSource>> source = kdump::open_dump_file(path());
  if (!source) {
    return source.error();
  }
  Sha256 hash;
  std::vector<std::byte> piece(kPieceHashed);
  for (std::uint64_t at = 0; at < (*source)->size();) {
    const Result<std::size_t> got = (*source)->read_at(at, piece);
    if (!got) {
      return got.error();
    }
    hash.add(Bytes(piece).first(*got));
    at += *got;
  }
  return hash.finish();
}

Status KeptDump::note(const DumpHome& home) const {
  std::ofstream out(hash_path(), std::ios::trunc);
  out << home.sha256 << "  MEMORY.DMP\n";
  out.close();
  return out ? Status(Unit{}) : Status(Error{Errc::storage, hash_path() + ": cannot be written"});
}

} // namespace migstorm::gather
