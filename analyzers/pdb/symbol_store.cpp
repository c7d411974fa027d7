#include "analyzers/pdb/symbol_store.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace migstorm::pdb {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFolderEntriesMax = 100'000; // looked through for a name in another case
constexpr std::uint64_t kUnpackedMax = 2ull << 30;

bool same_name(const std::string& a, const std::string& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

// Names come out of dumps: nothing that leads out of a folder may be looked up.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         std::none_of(name.begin(), name.end(),
                      [](unsigned char c) { return c == '/' || c == '\\' || c == ':' || c < 0x20; });
}

// `folder`/`name`, whatever case it has there.
std::optional<fs::path> entry_of(const fs::path& folder, const std::string& name) {
  std::error_code error;
  if (fs::path exact = folder / name; fs::exists(exact, error)) {
    return exact;
  }
  std::size_t seen = 0;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    if (++seen > kFolderEntriesMax) {
      break;
    }
    if (same_name(at->path().filename().string(), name)) {
      return at->path();
    }
  }
  return std::nullopt;
}

// "storvsc.pdb" is kept as "storvsc.pd_" when compressed.
std::string compressed_name(std::string name) {
  name.back() = '_';
  return name;
}

void add_file(std::vector<fs::path>& found, const fs::path& folder, const std::string& name) {
  for (const std::string& each : {name, compressed_name(name)}) {
    std::error_code error;
    if (const auto path = entry_of(folder, each); path && fs::is_regular_file(*path, error)) {
      found.push_back(*path);
    }
  }
}

// The places of a folder that may hold the file: store, two-tier store, beside each other, and sorted by kind
// as symbol packages are.
std::vector<fs::path> candidates(const std::string& root, const StoreKey& key) {
  std::vector<fs::path> found;
  const fs::path folder(root);
  for (const fs::path& tier : {folder, folder / key.file.substr(0, 2)}) {
    if (const auto of_file = entry_of(tier, key.file)) {
      if (const auto of_build = entry_of(*of_file, key.key)) {
        add_file(found, *of_build, key.file);
      }
    }
  }
  add_file(found, folder, key.file);
  const std::string kind = key.file.substr(key.file.find_last_of('.') + 1);
  for (const fs::path& sorted : {folder / kind, folder / "symbols" / kind}) {
    add_file(found, sorted, key.file);
  }
  return found;
}

class Search {
public:
  Search(const StoreKey& key, const SymbolStore::Refuse& refuse) : key_(key), refuse_(refuse) {}

  std::shared_ptr<kdump::ByteSource> in_folder(const std::string& folder) {
    for (const fs::path& path : candidates(folder, key_)) {
      kdump::UnpackOptions options;
      options.unpacked_bytes_max = kUnpackedMax;
      Result<std::unique_ptr<kdump::ByteSource>> opened = kdump::open_dump_file(path.string(), options);
      if (!opened) {
        tell(path.string(), opened.error().detail);
        continue;
      }
      std::shared_ptr<kdump::ByteSource> file = *std::move(opened);
      const std::optional<std::string> why = refuse_(file);
      if (!why) {
        return file;
      }
      tell(path.string(), *why);
    }
    return nullptr;
  }

  void tell(const std::string& where, const std::string& why) {
    told_ += fmt::format("; {}: {}", where, why);
  }

  Error missing() const {
    return {Errc::not_found, fmt::format("{} of build {} was not found{}", key_.file, key_.key, told_)};
  }

private:
  const StoreKey& key_;
  const SymbolStore::Refuse& refuse_;
  std::string told_;
};

} // namespace

StoreKey pdb_key(const std::string& file, const std::string& guid, std::uint32_t age) {
  return {file, fmt::format("{}{:X}", guid, age)};
}

StoreKey image_key(const std::string& file, std::uint32_t timestamp, std::uint32_t size_of_image) {
  return {file, fmt::format("{:08X}{:x}", timestamp, size_of_image)};
}

Result<std::shared_ptr<kdump::ByteSource>> SymbolStore::find(const StoreKey& key,
                                                             const Refuse& refuse) const {
  if (!is_plain_name(key.file) || !is_plain_name(key.key)) {
    return Error{Errc::not_found, "the module's name is no file name"};
  }
  Search search(key, refuse);
  for (const PathElement& element : path_) {
    for (const std::string& folder : element.folders) {
      if (auto file = search.in_folder(folder)) {
        return file;
      }
    }
    if (element.server.empty() || server_ == nullptr) {
      continue;
    }
    const std::string& cache = element.folders.front();
    const Status fetched = server_->fetch(element.server, key, cache);
    if (!fetched) {
      search.tell(element.server, fetched.error().detail);
    } else if (auto file = search.in_folder(cache)) {
      return file;
    }
  }
  return search.missing();
}

} // namespace migstorm::pdb
