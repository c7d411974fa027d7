// Win32_NTLogEvent over the event logs of the model. A record never changes, so its row is made once and kept
// as long as the log keeps the record.
#include "tools/lab/provider/providers.hpp"

#include <array>
#include <utility>

namespace migstorm::lab {

namespace {

constexpr std::uint32_t kBugCheckQualifier = 0x40000000;
constexpr std::uint32_t kEventLogQualifier = 0x80000000;

struct Level {
  std::uint64_t type;
  std::string_view name;
};

// Levels of the newer logs to EventType.
Level level_of(std::uint8_t level) {
  if (level == 1 || level == 2) {
    return {1, "Error"};
  }
  return level == 3 ? Level{2, "Warning"} : Level{3, "Information"};
}

// EventIdentifier carries the qualifiers of classic sources in its upper half.
std::uint32_t identifier_of(const EventKind& kind) {
  if (kind.source == "BugCheck") {
    return kBugCheckQualifier | kind.id;
  }
  return kind.source == "EventLog" ? kEventLogQualifier | kind.id : kind.id;
}

class LogRows {
public:
  LogRows(OsContext context, OsLog log) : context_(std::move(context)), log_(std::move(log)) {}

  void answer(const cim::Hint& hint, const Dispatch::Sink& sink) {
    const auto& records = log_.records();
    catch_up(records);
    const auto* code = hinted(hint, "EventCode");
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      if (code == nullptr || std::to_string(records[i].kind->id) == *code) {
        sink(rows_[i]);
      }
    }
  }
  const std::string& logfile() const { return log_.logfile; }

private:
  // Afterwards there is one row per record, in the same places.
  void catch_up(const std::deque<EventRecord>& records) {
    const auto first = records.empty() ? 0 : records.front().record;
    while (!rows_.empty() && (first_ < first || records.empty())) {
      rows_.pop_front();
      ++first_;
    }
    if (rows_.empty()) {
      first_ = first;
    }
    while (rows_.size() < records.size()) {
      rows_.push_back(make(records[rows_.size()]));
    }
  }

  cim::InstancePtr make(const EventRecord& record) const {
    const auto level = level_of(record.kind->level);
    const auto at = context_.own_civil(record.at);
    auto row = context_.make("Win32_NTLogEvent");
    row.set("Logfile", text(log_.logfile))
        .set("RecordNumber", number(record.record))
        .set("EventCode", number(record.kind->id & 0xffffU))
        .set("EventIdentifier", number(identifier_of(*record.kind)))
        .set("EventType", number(level.type))
        .set("Type", text(level.name))
        .set("SourceName", text(record.kind->source))
        .set("ComputerName", text(context_.facts().name))
        .set("InsertionStrings", texts(record.strings))
        .set("Message", text(record.message()))
        .set("TimeGenerated", at)
        .set("TimeWritten", at);
    return share(std::move(row));
  }

  OsContext context_;
  OsLog log_;
  std::deque<cim::InstancePtr> rows_;
  std::uint64_t first_ = 0; // record of rows_.front()
};

} // namespace

void add_event_logs(Dispatch& dispatch, const OsContext& context) {
  auto logs = std::make_shared<std::vector<LogRows>>();
  for (const auto& log : context.logs) {
    logs->emplace_back(context, log);
  }
  dispatch.add_source(context.schema().at(kCimv2, "Win32_NTLogEvent"),
                      [logs](const cim::Hint& hint, const Dispatch::Sink& sink) {
                        const auto* logfile = hinted(hint, "Logfile");
                        for (auto& log : *logs) {
                          if (logfile == nullptr || cim::iequals(*logfile, log.logfile())) {
                            log.answer(hint, sink);
                          }
                        }
                      });
}

} // namespace migstorm::lab
