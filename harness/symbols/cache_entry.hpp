// One file of the shared cache: locked while it is fetched, remembered as missing for a while.
#pragma once

#include "analyzers/pdb/symbol_store.hpp"

#include <chrono>
#include <filesystem>

namespace migstorm::symbols {

class CacheEntry {
public:
  // Makes the folder FOLDER/FILE/KEY and waits for the lock in it, which ends with this object or its
  // process.
  static Result<CacheEntry> lock(const std::string& folder, const pdb::StoreKey& key);

  CacheEntry(CacheEntry&& other) noexcept;
  CacheEntry& operator=(CacheEntry&&) = delete;
  CacheEntry(const CacheEntry&) = delete;
  CacheEntry& operator=(const CacheEntry&) = delete;
  ~CacheEntry();

  // FILE, or FILE with its last letter replaced, is there already.
  bool present() const;
  bool missing(const std::string& server, std::chrono::seconds for_less_than) const;
  void remember_missing(const std::string& server) const;

  std::filesystem::path temporary() const { return folder_ / ".part"; }
  // The temporary file becomes `name`.
  Status publish(const std::string& name) const;

private:
  CacheEntry(std::filesystem::path folder, std::string file, int lock)
      : folder_(std::move(folder)), file_(std::move(file)), lock_(lock) {}
  std::filesystem::path note_of(const std::string& server) const;

  std::filesystem::path folder_;
  std::string file_;
  int lock_;
};

// "storvsc.pdb" as servers keep it when compressed: "storvsc.pd_".
std::string compressed_name(std::string name);

} // namespace migstorm::symbols
