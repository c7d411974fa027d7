#include "harness/gather/evidence.hpp"

#include "harness/gather/sha256.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace migstorm::gather {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFilesMax = 10'000;
constexpr std::size_t kPiece = 1 << 20;

Error failed(const std::string& path, const std::string& why) {
  return {Errc::storage, fmt::format("{}: {}", path, why)};
}

struct FreeWriter {
  void operator()(archive* writer) const noexcept { archive_write_free(writer); }
};
struct FreeEntry {
  void operator()(archive_entry* entry) const noexcept { archive_entry_free(entry); }
};

bool on_its_way(const std::string& name) { return name.find(".partial") != std::string::npos; }

// Notes for whoever keeps the folders, no part of what happened.
bool is_bookkeeping(const std::string& name) {
  return name == "pinned" || name == "MEMORY.DMP.deleted" || name == "MEMORY.DMP.signature";
}

Result<EvidenceFile> describe(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    return failed(path, "cannot be read");
  }
  EvidenceFile file{name, 0, {}};
  Sha256 hash;
  std::vector<char> piece(kPiece);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    const auto size = static_cast<std::size_t>(in.gcount());
    hash.add(std::as_bytes(std::span(piece).first(size)));
    file.size += size;
  }
  if (in.bad()) {
    return failed(path, "cannot be read");
  }
  file.sha256 = hash.finish();
  return file;
}

// Names of regular files; links are not followed.
Result<std::vector<std::string>> names_in(const std::string& folder) {
  std::error_code error;
  std::vector<std::string> names;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (at->is_regular_file(error) && !at->is_symlink(error)) {
      names.push_back(at->path().filename().string());
    }
    if (names.size() > kFilesMax) {
      return Error{Errc::over_limit, fmt::format("{}: more than {} files", folder, kFilesMax)};
    }
  }
  if (error) {
    return Error{error == std::errc::no_such_file_or_directory ? Errc::not_found : Errc::storage,
                 fmt::format("{}: {}", folder, error.message())};
  }
  std::sort(names.begin(), names.end());
  return names;
}

Status add_file(archive* writer, const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  struct stat status {};
  std::ifstream in(path, std::ios::binary);
  if (!in || ::stat(path.c_str(), &status) != 0) {
    return failed(path, "cannot be read");
  }
  const std::unique_ptr<archive_entry, FreeEntry> entry(archive_entry_new());
  archive_entry_copy_stat(entry.get(), &status);
  archive_entry_set_pathname(entry.get(), (fs::path(folder).filename() / name).c_str());
  archive_entry_set_uname(entry.get(), nullptr);
  archive_entry_set_gname(entry.get(), nullptr);
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) {
    return failed(path, archive_error_string(writer));
  }
  std::vector<char> piece(kPiece);
  while (in.read(piece.data(), static_cast<std::streamsize>(piece.size())), in.gcount() > 0) {
    if (archive_write_data(writer, piece.data(), static_cast<std::size_t>(in.gcount())) != in.gcount()) {
      const char* why = archive_error_string(writer);
      return failed(path, why != nullptr ? why : "it changed while it was packed");
    }
  }
  return Unit{};
}

Status write_archive(const std::string& path, const std::string& folder,
                     const std::vector<std::string>& names) {
  const std::unique_ptr<archive, FreeWriter> writer(archive_write_new());
  archive_write_set_format_pax_restricted(writer.get());
  if (archive_write_add_filter_zstd(writer.get()) != ARCHIVE_OK ||
      archive_write_open_filename(writer.get(), path.c_str()) != ARCHIVE_OK) {
    return failed(path, archive_error_string(writer.get()));
  }
  for (const std::string& name : names) {
    if (Status added = add_file(writer.get(), folder, name); !added) {
      return added;
    }
  }
  return archive_write_close(writer.get()) == ARCHIVE_OK
             ? Status(Unit{})
             : Status(failed(path, archive_error_string(writer.get())));
}

} // namespace

Status write_evidence_file(const std::string& folder, const std::string& name, const std::string& text) {
  std::error_code error;
  if (fs::create_directories(folder, error); error) {
    return failed(folder, error.message());
  }
  fs::permissions(folder, fs::perms::owner_all, error);
  const std::string path = folder + "/" + name;
  std::ofstream out(path + ".partial", std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) {
    return failed(path, "cannot be written");
  }
  fs::rename(path + ".partial", path, error);
  return error ? Status(failed(path, error.message())) : Status(Unit{});
}

Result<std::vector<EvidenceFile>> list_evidence(const std::string& folder) {
  const Result<std::vector<std::string>> names = names_in(folder);
  if (!names) {
    return names.error();
  }
  std::vector<EvidenceFile> files;
  for (const std::string& name : *names) {
    if (name == kManifest || on_its_way(name) || is_bookkeeping(name)) {
      continue;
    }
    Result<EvidenceFile> file = describe(folder, name);
    if (!file) {
      return std::move(file).error();
    }
    files.push_back(*std::move(file));
  }
  return files;
}

Result<std::vector<std::string>> check_evidence(const std::string& folder,
                                                const std::vector<EvidenceFile>& promised) {
  const Result<std::vector<EvidenceFile>> found = list_evidence(folder);
  if (!found) {
    return found.error();
  }
  std::vector<std::string> differences;
  for (const EvidenceFile& file : promised) {
    const auto there = std::find_if(found->begin(), found->end(),
                                    [&file](const EvidenceFile& one) { return one.name == file.name; });
    if (file.name.find('/') != std::string::npos || there == found->end()) {
      differences.push_back(fmt::format("{} is not there", file.name));
    } else if (there->size != file.size) {
      differences.push_back(fmt::format("{} has {} bytes, not {}", file.name, there->size, file.size));
    } else if (there->sha256 != file.sha256) {
      differences.push_back(fmt::format("{} is not what it was: its SHA-256 differs", file.name));
    }
  }
  for (const EvidenceFile& file : *found) {
    if (std::none_of(promised.begin(), promised.end(),
                     [&file](const EvidenceFile& one) { return one.name == file.name; })) {
      differences.push_back(fmt::format("{} is not in the manifest", file.name));
    }
  }
  return differences;
}

Result<std::string> pack_evidence(const std::string& folder) {
  Result<std::vector<std::string>> names = names_in(folder);
  if (!names) {
    return std::move(names).error();
  }
  names->erase(std::remove_if(names->begin(), names->end(), on_its_way), names->end());
  const std::string path = folder + ".tar.zst";
  const std::string partial = path + ".partial";
  Status written = write_archive(partial, folder, *names);
  if (written && ::renameat2(AT_FDCWD, partial.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE) != 0) {
    written = failed(path, std::generic_category().message(errno));
  }
  if (!written) {
    std::error_code ignored;
    fs::remove(partial, ignored);
    return std::move(written).error();
  }
  return path;
}

} // namespace migstorm::gather
