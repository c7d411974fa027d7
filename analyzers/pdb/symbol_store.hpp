// Finds the PDB or the image that a module names, along a symbol path.
#pragma once

#include "analyzers/kdump/byte_source.hpp"
#include "analyzers/pdb/symbol_path.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace migstorm::pdb {

// What a symbol server calls a file: its name and the key of the build.
struct StoreKey {
  std::string file; // "storvsc.pdb"
  std::string key;  // "CCB875CD1DC5A5234C4C44205044422E1"
};

StoreKey pdb_key(const std::string& file, const std::string& guid, std::uint32_t age);
StoreKey image_key(const std::string& file, std::uint32_t timestamp, std::uint32_t size_of_image);

// How files come from symbol servers. harness/symbols implements it over HTTP.
class SymbolServer {
public:
  SymbolServer() = default;
  SymbolServer(const SymbolServer&) = delete;
  SymbolServer& operator=(const SymbolServer&) = delete;
  virtual ~SymbolServer() = default;

  // Brings FILE/KEY/FILE of the server into `folder`, where it is found afterwards. not_found: the server has
  // no such file. Callable from several threads.
  virtual Status fetch(const std::string& server, const StoreKey& key, const std::string& folder) = 0;
};

class SymbolStore {
public:
  // `server` may be null: nothing is downloaded then. It outlives this.
  SymbolStore(std::vector<PathElement> path, SymbolServer* server)
      : path_(std::move(path)), server_(server) {}

  // Why a file that was found will not do ("it is of another build"); nothing: it is taken.
  using Refuse = std::function<std::optional<std::string>(const std::shared_ptr<kdump::ByteSource>&)>;

  // The first file along the path that is not refused, unpacked where it is a compressed one. not_found: what
  // was tried and refused, in words. Callable from several threads.
  Result<std::shared_ptr<kdump::ByteSource>> find(const StoreKey& key, const Refuse& refuse) const;

  bool empty() const noexcept { return path_.empty(); }

private:
  std::vector<PathElement> path_;
  SymbolServer* server_;
};

} // namespace migstorm::pdb
