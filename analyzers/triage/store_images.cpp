#include "analyzers/triage/store_images.hpp"

#include "analyzers/pe/exports.hpp"
#include "analyzers/pe/file_layout.hpp"
#include "analyzers/pe/unwind.hpp"

#include <fmt/format.h>

namespace migstorm::triage {
namespace {

constexpr std::size_t kSymbolsKept = 64; // PDBs in memory: a night's dumps name some twenty modules

// One module. Everything is found out when it is first asked for.
class StoreImage final : public Image {
public:
  StoreImage(StoreImages& images, ImageQuestion question)
      : images_(images), question_(std::move(question)), timestamp_(question_.timestamp) {}

  std::optional<std::uint32_t> timestamp() override {
    read_memory_headers();
    return timestamp_;
  }

  std::optional<Symbol> symbol_at(std::uint32_t rva) override {
    find_symbols();
    if (symbols_.pdb) {
      if (auto found = symbols_.pdb->symbol_at(rva)) {
        return Symbol{std::move(found->name), found->offset, true};
      }
      return std::nullopt;
    }
    if (auto found = exports().nearest(rva)) {
      return Symbol{std::move(found->name), found->offset, false};
    }
    return std::nullopt;
  }

  std::optional<std::uint32_t> rva_of(const std::string& name) override {
    find_symbols();
    return symbols_.pdb ? symbols_.pdb->rva_of(name) : exports().rva_of(name);
  }

  // The dump first: it is what ran. Pages that it lacks are taken from the store's image.
  pe::FunctionAt function_at(std::uint32_t rva) override {
    read_memory_headers();
    pe::FunctionAt found;
    if (headers_) {
      found = pe::function_at(question_.memory, *headers_, rva);
    }
    if (found.kind == pe::FunctionKind::unknown && load_file()) {
      found = pe::function_at(file_->read, file_->headers, rva);
    }
    return found;
  }

  bool read(std::uint32_t rva, std::span<std::byte> out) override {
    return question_.memory(rva, out) || (load_file() && file_->read(rva, out));
  }

  bool has_symbols() override {
    find_symbols();
    return symbols_.pdb != nullptr;
  }

  std::string symbols_note() override {
    find_symbols();
    return symbols_.note;
  }

private:
  void read_memory_headers() {
    if (asked_memory_) {
      return;
    }
    asked_memory_ = true;
    if (Result<pe::Headers> headers = pe::read_headers(question_.memory)) {
      headers_ = std::move(*headers);
      timestamp_ = headers_->timestamp;
    }
  }

  bool load_file() {
    if (asked_file_) {
      return file_.has_value();
    }
    asked_file_ = true;
    read_memory_headers();
    if (!timestamp_) {
      return false;
    }
    const auto size = static_cast<std::uint32_t>(question_.size);
    if (auto source = images_.image_of(question_.file_name, *timestamp_, size)) {
      if (Result<pe::LoadedFile> loaded = pe::lay_out(std::move(source))) {
        file_ = std::move(*loaded);
      }
    }
    return file_.has_value();
  }

  std::optional<pe::PdbIdentity> identity() {
    read_memory_headers();
    std::optional<pe::PdbIdentity> found;
    if (headers_) {
      found = pe::read_pdb_identity(question_.memory, *headers_);
    }
    if (!found && load_file()) {
      found = pe::read_pdb_identity(file_->read, file_->headers);
    }
    return found;
  }

  void find_symbols() {
    if (asked_symbols_) {
      return;
    }
    asked_symbols_ = true;
    if (const std::optional<pe::PdbIdentity> wanted = identity()) {
      symbols_ = images_.symbols_of(wanted->file, wanted->guid, wanted->age);
    } else {
      symbols_.note = "neither the dump nor the store has the record that names its PDB";
    }
  }

  const pe::Exports& exports() {
    if (!exports_) {
      read_memory_headers();
      exports_.emplace();
      if (headers_) {
        exports_.emplace(question_.memory, *headers_);
      }
      if (exports_->empty() && load_file()) {
        exports_.emplace(file_->read, file_->headers);
      }
    }
    return *exports_;
  }

  StoreImages& images_;
  ImageQuestion question_;
  std::optional<std::uint32_t> timestamp_;
  std::optional<pe::Headers> headers_;
  std::optional<pe::LoadedFile> file_;
  std::optional<pe::Exports> exports_;
  StoreImages::Symbols symbols_;
  bool asked_memory_ = false;
  bool asked_file_ = false;
  bool asked_symbols_ = false;
};

std::optional<std::string> other_build(const std::shared_ptr<kdump::ByteSource>& file,
                                       const std::string& guid, std::uint32_t age) {
  const Result<pdb::Identity> identity = pdb::read_identity(file);
  if (!identity) {
    return identity.error().detail;
  }
  if (identity->guid != guid || identity->age != age) {
    return fmt::format("it is of another build ({}, age {})", identity->guid, identity->age);
  }
  return std::nullopt;
}

std::optional<std::string> other_image(const std::shared_ptr<kdump::ByteSource>& file,
                                       std::uint32_t timestamp, std::uint32_t size) {
  const Result<pe::LoadedFile> loaded = pe::lay_out(file);
  if (!loaded) {
    return loaded.error().detail;
  }
  if (loaded->headers.timestamp != timestamp || loaded->headers.size_of_image != size) {
    return fmt::format("it is of another build ({:08X}{:x})", loaded->headers.timestamp,
                       loaded->headers.size_of_image);
  }
  return std::nullopt;
}

} // namespace

std::unique_ptr<Image> StoreImages::open(const ImageQuestion& question) {
  return std::make_unique<StoreImage>(*this, question);
}

StoreImages::Symbols StoreImages::symbols_of(const std::string& file, const std::string& guid,
                                             std::uint32_t age) {
  const pdb::StoreKey key = pdb::pdb_key(file, guid, age);
  const std::lock_guard lock(mutex_);
  const auto known = symbols_.find(key.file + key.key);
  if (known != symbols_.end()) {
    return known->second;
  }
  Symbols symbols;
  const auto refuse = [&](const auto& found) { return other_build(found, guid, age); };
  Result<std::shared_ptr<kdump::ByteSource>> found = store_.find(key, refuse);
  if (!found) {
    symbols.note = found.error().detail;
  } else if (Result<pdb::Pdb> opened = pdb::Pdb::open(*std::move(found))) {
    symbols.pdb = std::make_shared<const pdb::Pdb>(std::move(*opened));
    symbols.note = fmt::format("{} {}", key.file, key.key);
  } else {
    symbols.note = fmt::format("{}: {}", key.file, opened.error().detail);
  }
  if (symbols_.size() >= kSymbolsKept) {
    symbols_.clear();
  }
  return symbols_.emplace(key.file + key.key, symbols).first->second;
}

std::shared_ptr<kdump::ByteSource> StoreImages::image_of(const std::string& file, std::uint32_t timestamp,
                                                         std::uint32_t size) {
  const auto refuse = [&](const auto& found) { return other_image(found, timestamp, size); };
  Result<std::shared_ptr<kdump::ByteSource>> found =
      store_.find(pdb::image_key(file, timestamp, size), refuse);
  return found ? *std::move(found) : nullptr;
}

} // namespace migstorm::triage
