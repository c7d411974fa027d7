#include "tools/migstorm/guest_dumps.hpp"

#include "analyzers/triage/store_images.hpp"
#include "harness/gather/dump_gatherer.hpp"
#include "tools/make_dump/make_dump.hpp"
#include "tools/migstorm/dump_ways.hpp"
#include "tools/migstorm/symbols.hpp"

#include <filesystem>

namespace migstorm {

namespace {

using Accounts = std::vector<std::unique_ptr<gather::SmbAccount>>;

// Keeps the accounts of smb:// and those of WS-Management from trying what the other saw rejected.
class GuardedReader final : public DumpReader {
public:
  GuardedReader(std::unique_ptr<DumpReader> inner, const Accounts& accounts, const Connections* connections)
      : inner_(std::move(inner)), accounts_(accounts), connections_(connections) {}

  Task<Result<DumpFinding>> read(Crash crash, Span ahead) override {
    before();
    Result<DumpFinding> found = co_await inner_->read(std::move(crash), ahead);
    after();
    co_return found;
  }
  Task<Result<DumpHome>> fetch(Crash crash, Span ahead, std::function<bool()> wanted) override {
    before();
    Result<DumpHome> home = co_await inner_->fetch(std::move(crash), ahead, std::move(wanted));
    after();
    co_return home;
  }

private:
  void before() {
    if (accounts_.empty() || connections_ == nullptr) {
      return;
    }
    for (const RejectedCredential& one : connections_->rejected()) {
      for (const auto& account : accounts_) {
        if (one.credential == account->credential) {
          account->reject(one.host.empty() ? "a host" : one.host);
        }
      }
    }
  }
  void after() {
    for (const auto& account : accounts_) {
      if (connections_ != nullptr && !account->rejected_by().empty()) {
        connections_->reject(account->credential, account->rejected_by());
      }
    }
  }

  std::unique_ptr<DumpReader> inner_;
  const Accounts& accounts_;
  const Connections* connections_;
};

gather::GathererOptions options_of(const LabFile& lab) {
  gather::GathererOptions options;
  options.address = [lab](const std::string& name) { return guest_address(lab, name); };
  options.limits.rate = lab.dumps.rate;
  options.limits.keep_free = lab.dumps.keep_free;
  options.put_aside = lab.dumps.rename;
  return options;
}

class OpenedDumps final : public GuestDumps {
public:
  OpenedDumps(Runtime& runtime, std::unique_ptr<Symbols> symbols, DumpWays ways,
              gather::GathererOptions options, const Connections* connections)
      : symbols_(std::move(symbols)), images_(symbols_->store()), space_(gather::make_disk_space()),
        accounts_(std::move(ways.accounts)) {
    if (ways.ways.empty()) {
      return;
    }
    options.ways = std::move(ways.ways);
    reader_ = std::make_unique<GuardedReader>(
        gather::make_dump_gatherer(runtime, std::move(options), images_, *space_), accounts_, connections);
  }

  DumpReader* reader() noexcept override { return reader_.get(); }

private:
  std::unique_ptr<Symbols> symbols_;
  triage::StoreImages images_;
  std::unique_ptr<gather::FreeSpace> space_;
  Accounts accounts_;
  std::unique_ptr<DumpReader> reader_;
};

} // namespace

Result<std::unique_ptr<GuestDumps>> open_guest_dumps(Runtime& runtime, const LabFile& lab,
                                                     const std::string& folder,
                                                     const gather::RetentionPolicy& retention,
                                                     const Connections* connections) {
  SymbolArguments arguments;
  if (!lab.gather.symbols.empty()) {
    arguments.paths.push_back(lab.gather.symbols);
  }
  Result<std::unique_ptr<Symbols>> symbols = open_symbols(arguments);
  if (!symbols) {
    return std::move(symbols).error();
  }
  Result<DumpWays> ways = make_dump_ways(lab);
  if (!ways) {
    return std::move(ways).error();
  }
  gather::GathererOptions options = options_of(lab);
  options.folder = folder;
  options.retention = retention;
  return std::unique_ptr<GuestDumps>(std::make_unique<OpenedDumps>(
      runtime, *std::move(symbols), *std::move(ways), std::move(options), connections));
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
  lab.lab.gather = {{DumpWay{"file://" + path + "/{guest}/MEMORY.DMP", {}}}, path + "/symbols"};
  lab.lab.dumps.keep_free = 0; // they are small, and what a run does shall not hang on this machine's disk
  return Unit{};
}

} // namespace migstorm
