// Downloads from symbol servers over HTTP and HTTPS, by cpprestsdk, into a folder that processes share.
#pragma once

#include "analyzers/pdb/symbol_store.hpp"

#include <chrono>
#include <cstdint>
#include <memory>

namespace migstorm::symbols {

struct HttpOptions {
  std::chrono::seconds timeout{60}; // of one request
  std::uint64_t file_size_max = 2ull << 30;
  std::chrono::hours missing_for{24}; // how long a server is not asked again for what it did not have
  std::string ca_file;                // PEM; empty: the system's
};

// fetch() blocks. A file appears under its name only when it is whole; two processes that want the same one
// download it once. A server that cannot be reached is not tried again by the same object.
//
// Errors: not_found (the server has no such file, or had none a while ago), denied (it wants a password),
// over_limit, truncated, transport (not reached, or it did not answer as a server should), storage.
std::unique_ptr<pdb::SymbolServer> make_http_symbol_server(const HttpOptions& options);

} // namespace migstorm::symbols
