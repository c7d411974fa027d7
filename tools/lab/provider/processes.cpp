// Win32_Process: what every machine runs, and what Create started there. Nothing is executed; a process is
// gone after the next boot, as it would be.
#include "tools/lab/provider/providers.hpp"

#include <array>

namespace migstorm::lab {

namespace {

constexpr std::size_t kProcessesMax = 256;
constexpr std::size_t kCommandLineMax = 8191;
constexpr std::uint32_t kFirstId = 2000;
constexpr std::uint32_t kReturnUnknownFailure = 8; // numbers of Win32_Process.Create
constexpr std::uint32_t kReturnPathNotFound = 9;

struct Process {
  std::uint32_t id;
  std::string name;
  std::string command_line;
  Instant started;
};

// "\"C:\a b\c.exe\" -x" and "c.exe -x" to "c.exe".
std::string image_of(std::string_view command_line) {
  const bool quoted = command_line.starts_with('"');
  auto image = quoted ? command_line.substr(1, command_line.find('"', 1) - 1)
                      : command_line.substr(0, command_line.find(' '));
  return std::string(image.substr(image.find_last_of("\\/") + 1));
}

class ProcessTable {
public:
  explicit ProcessTable(OsContext context) : context_(std::move(context)) {}

  cim::MethodResult create(const Arguments& in) {
    const auto* command_line = text_argument(in, "CommandLine");
    if (command_line == nullptr || command_line->size() > kCommandLineMax) {
      return returned(kReturnBadParameter);
    }
    const auto image = image_of(*command_line);
    if (image.empty()) {
      return returned(kReturnPathNotFound);
    }
    forget_earlier_boots();
    if (started_.size() >= kProcessesMax) {
      return returned(kReturnUnknownFailure);
    }
    next_id_ += 4;
    started_.push_back({next_id_, image, *command_line, context_.model().now()});
    auto result = returned(0);
    result.out.emplace_back("ProcessId", number(next_id_));
    return result;
  }

  cim::MethodResult terminate(const cim::ObjectPath& target) {
    const auto* handle = target.find("Handle");
    const auto ended = std::erase_if(started_, [&](const Process& process) {
      return handle != nullptr && std::to_string(process.id) == *handle;
    });
    constexpr std::uint32_t kAccessDenied = 2; // those of the system itself
    return returned(ended != 0 ? 0 : kAccessDenied);
  }

  void answer(const Dispatch::Sink& sink) {
    static constexpr std::array<std::pair<std::uint32_t, std::string_view>, 7> kAlways{{
        {4, "System"},
        {228, "smss.exe"},
        {316, "csrss.exe"},
        {416, "services.exe"},
        {424, "lsass.exe"},
        {612, "svchost.exe"},
        {880, "svchost.exe"},
    }};
    forget_earlier_boots();
    for (const auto& [id, name] : kAlways) {
      sink(row({id, std::string(name), {}, context_.facts().booted}));
    }
    for (const auto& process : started_) {
      sink(row(process));
    }
  }

private:
  void forget_earlier_boots() {
    if (const auto boots = context_.facts().boots; boots != boots_) {
      boots_ = boots;
      started_.clear();
    }
  }

  cim::InstancePtr row(const Process& process) const {
    auto row = context_.make("Win32_Process");
    const auto facts = context_.facts();
    row.set("Handle", text(std::to_string(process.id)))
        .set("ProcessId", number(process.id))
        .set("Name", text(process.name))
        .set("Caption", text(process.name))
        .set("Description", text(process.name))
        .set("CommandLine", process.command_line.empty() ? null() : text(process.command_line))
        .set("CSName", text(facts.name))
        .set("OSName", text(facts_of(facts.release).caption))
        .set("CreationDate", context_.own_civil(process.started));
    return share(std::move(row));
  }

  OsContext context_;
  std::vector<Process> started_;
  std::uint32_t boots_ = 0;
  std::uint32_t next_id_ = kFirstId;
};

} // namespace

void add_processes(Dispatch& dispatch, const OsContext& context) {
  const auto& definition = context.schema().at(kCimv2, "Win32_Process");
  const auto table = std::make_shared<ProcessTable>(context);
  dispatch.add_source(definition,
                      [table](const cim::Hint&, const Dispatch::Sink& sink) { table->answer(sink); });
  dispatch.add_method(definition, "Create",
                      [table](const cim::ObjectPath&, const Arguments& in) { return table->create(in); });
  dispatch.add_method(definition, "Terminate", [table](const cim::ObjectPath& target, const Arguments&) {
    return table->terminate(target);
  });
}

} // namespace migstorm::lab
