#include "tools/migstorm/guest_dumps.hpp"

#include "analyzers/triage/store_images.hpp"
#include "harness/gather/file_dumps.hpp"
#include "tools/make_dump/make_dump.hpp"
#include "tools/migstorm/symbols.hpp"

#include <filesystem>

namespace migstorm {

namespace {

class OpenedDumps final : public GuestDumps {
public:
  OpenedDumps(Runtime& runtime, const LabFile& lab, std::unique_ptr<Symbols> symbols)
      : symbols_(std::move(symbols)), images_(symbols_->store()),
        reader_(lab.gather.ways.empty() ? nullptr
                                        : gather::make_file_dumps(runtime, lab.gather.ways, images_)) {}

  DumpReader* reader() noexcept override { return reader_.get(); }

private:
  std::unique_ptr<Symbols> symbols_;
  triage::StoreImages images_;
  std::unique_ptr<DumpReader> reader_;
};

} // namespace

Result<std::unique_ptr<GuestDumps>> open_guest_dumps(Runtime& runtime, const LabFile& lab) {
  SymbolArguments arguments;
  if (!lab.gather.symbols.empty()) {
    arguments.paths.push_back(lab.gather.symbols);
  }
  Result<std::unique_ptr<Symbols>> symbols = open_symbols(arguments);
  if (!symbols) {
    return std::move(symbols).error();
  }
  return std::unique_ptr<GuestDumps>(std::make_unique<OpenedDumps>(runtime, lab, *std::move(symbols)));
}

Status leave_dumps_in(const std::string& folder, LabInput& lab) {
  if (!lab.simulated->dumps.empty() || !lab.lab.gather.ways.empty()) {
    return Unit{};
  }
  const std::string path = std::filesystem::absolute(folder).string();
  if (Status written = make_dump::write_symbol_store(path + "/symbols"); !written) {
    return std::move(written).error().within("symbols of the simulated guests");
  }
  lab.simulated->dumps = path;
  lab.lab.gather = {{"file://" + path + "/{guest}/MEMORY.DMP"}, path + "/symbols"};
  return Unit{};
}

} // namespace migstorm
