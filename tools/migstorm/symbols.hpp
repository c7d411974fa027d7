// Where the commands look for symbols: options, environment, and what they become.
#pragma once

#include "analyzers/pdb/symbol_store.hpp"
#include "tools/migstorm/command.hpp"

#include <memory>
#include <string>
#include <vector>

namespace migstorm {

struct SymbolArguments {
  std::vector<std::string> paths;
  bool offline = false;
};

void add_symbol_options(CLI::App& command, SymbolArguments& arguments);

class Symbols {
public:
  Symbols() = default;
  Symbols(const Symbols&) = delete;
  Symbols& operator=(const Symbols&) = delete;
  virtual ~Symbols() = default;

  virtual const pdb::SymbolStore& store() const = 0;
};

// The paths given, then _NT_SYMBOL_PATH. Downloads go to the folder that the path names, else below the
// user's cache folder.
Result<std::unique_ptr<Symbols>> open_symbols(const SymbolArguments& arguments);

} // namespace migstorm
