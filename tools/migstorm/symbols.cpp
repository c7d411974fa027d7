#include "tools/migstorm/symbols.hpp"

#include "harness/symbols/http_symbol_server.hpp"

#include <cstdlib>

namespace migstorm {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::string default_cache() {
  const std::string cache = environment("XDG_CACHE_HOME");
  return (cache.empty() ? environment("HOME") + "/.cache" : cache) + "/migstorm/symbols";
}

class OpenedSymbols final : public Symbols {
public:
  OpenedSymbols(std::vector<pdb::PathElement> path, bool offline)
      : server_(offline ? nullptr : symbols::make_http_symbol_server({})),
        store_(std::move(path), server_.get()) {}

  const pdb::SymbolStore& store() const override { return store_; }

private:
  std::unique_ptr<pdb::SymbolServer> server_;
  pdb::SymbolStore store_;
};

} // namespace

void add_symbol_options(CLI::App& command, SymbolArguments& arguments) {
  command
      .add_option("--symbols", arguments.paths,
                  "Where symbols and images are: a folder, a store, srv*FOLDER*URL; may be repeated")
      ->type_name("PATH")
      ->allow_extra_args(false);
  command.add_flag("--offline", arguments.offline, "Ask no symbol server, only folders and caches");
}

Result<std::unique_ptr<Symbols>> open_symbols(const SymbolArguments& arguments) {
  std::vector<std::string> texts = arguments.paths;
  texts.push_back(environment("_NT_SYMBOL_PATH"));
  std::vector<pdb::PathElement> path;
  for (const std::string& text : texts) {
    Result<std::vector<pdb::PathElement>> elements = pdb::parse_symbol_path(text, default_cache());
    if (!elements) {
      return std::move(elements).error();
    }
    path.insert(path.end(), elements->begin(), elements->end());
  }
  return std::unique_ptr<Symbols>(std::make_unique<OpenedSymbols>(std::move(path), arguments.offline));
}

} // namespace migstorm
