// <store>/<file>/<key>/<file>, as symbol servers and debuggers lay it out.
#include "tools/make_dump/image.hpp"
#include "tools/make_dump/make_dump.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace migstorm::make_dump {

namespace {

namespace fs = std::filesystem;

Status put_file(const fs::path& store, const std::string& key, const KernelFile& file) {
  const fs::path folder = store / file.name / key;
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) {
    return Error{Errc::storage, fmt::format("{}: cannot create: {}", folder.string(), failed.message())};
  }
  SparseFile out;
  out.put(0, file.bytes);
  return out.write_to((folder / file.name).string());
}

} // namespace

Status write_symbol_store(const std::string& folder) {
  for (const KernelFile& file : kernel_files()) {
    if (!file.name.ends_with(".exe") && !file.name.ends_with(".sys")) {
      continue;
    }
    const Image image(file.build, file.name, 0);
    if (Status put = put_file(folder, image.image_key(), file); !put) {
      return put;
    }
    if (Status put = put_file(folder, image.pdb_key(), kernel_file(file.build, image.pdb_name())); !put) {
      return put;
    }
  }
  return Unit{};
}

} // namespace migstorm::make_dump
