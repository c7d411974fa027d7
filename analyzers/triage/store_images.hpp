// Modules' images and symbols: from the dump where it has them, otherwise from a symbol store.
#pragma once

#include "analyzers/pdb/pdb.hpp"
#include "analyzers/pdb/symbol_store.hpp"
#include "analyzers/triage/images.hpp"

#include <map>
#include <mutex>

namespace migstorm::triage {

// Keeps what it found for the next dump: a folder of dumps asks for the same few PDBs again and again.
// Callable from several threads.
class StoreImages final : public Images {
public:
  // `store` outlives this.
  explicit StoreImages(const pdb::SymbolStore& store) : store_(store) {}

  std::unique_ptr<Image> open(const ImageQuestion& question) override;

  struct Symbols {
    std::shared_ptr<const pdb::Pdb> pdb; // null: none
    std::string note;                    // which, or why not
  };
  Symbols symbols_of(const std::string& file, const std::string& guid, std::uint32_t age);
  // Null where the store has none.
  std::shared_ptr<kdump::ByteSource> image_of(const std::string& file, std::uint32_t timestamp,
                                              std::uint32_t size);

private:
  const pdb::SymbolStore& store_;
  std::mutex mutex_;
  std::map<std::string, Symbols> symbols_;
};

} // namespace migstorm::triage
