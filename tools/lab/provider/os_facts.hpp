// What root\cimv2 and root\default need to know of the machine they describe, host or guest alike.
#pragma once

#include "tools/lab/cim/text.hpp"
#include "tools/lab/engine/model.hpp"
#include "tools/lab/provider/dispatch.hpp"
#include "tools/lab/provider/schema.hpp"
#include "tools/lab/provider/values.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::lab {

struct OsFacts {
  std::string_view name;
  Release release = Release::w2008r2sp1;
  bool guest = false;
  std::string_view physical_host; // of a guest
  std::string_view system_id;     // of a guest: its GUID
  Instant created{};
  Instant booted{};
  std::uint32_t boots = 1;
  Span clock{}; // ahead of cluster time
  std::uint64_t memory_mib = 0;
  std::uint64_t memory_free_mib = 0;
  std::uint32_t processors = 0;
  const std::vector<std::string>* hotfixes = nullptr;
  DumpSettings dumps;

  std::uint32_t dump_kind() const { // automatic is what releases after 2008 R2 start with
    return dumps.kind.value_or(release > Release::w2008r2sp1 ? 7 : 2);
  }
  std::uint64_t page_file() const { return dumps.page_file.value_or(memory_mib << 20U); } // bytes
};

struct OsLog {
  std::string logfile; // "System", "Microsoft-Windows-Hyper-V-Worker-Admin"
  std::function<const std::deque<EventRecord>&()> records;
};

// A file that CIM_DataFile shows.
struct OsFile {
  std::string path;
  std::uint64_t size = 0;
  std::string version;
  Instant modified{};
};

class OsContext {
public:
  OsContext(Model& model, const Schema& schema) : model_(&model), schema_(&schema) {}

  Model& model() const { return *model_; }
  const Schema& schema() const { return *schema_; }
  cim::Instance make(std::string_view name) const { return schema_->prototype(schema_->at(kCimv2, name)); }

  // Asked anew for every request: a reboot or a move changes the answers.
  std::function<OsFacts()> facts;
  // By the machine's own clock.
  cim::Value own_civil(Instant at) const { return civil(*model_, at + facts().clock); }
  std::vector<OsLog> logs;
  // Those files whose paths are wanted, beside the ones that every machine has.
  std::function<void(const Wanted& wanted, const std::function<void(const OsFile&)>&)> files;
  // What CIM_DataFile.Delete returns; none: files of this machine stay.
  std::function<std::uint32_t(const std::string& path)> delete_file;

private:
  Model* model_;
  const Schema* schema_;
};

} // namespace migstorm::lab
