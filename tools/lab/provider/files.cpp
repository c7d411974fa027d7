// CIM_DataFile: the few files whose versions and sizes are worth asking for. Virtual disks show their current
// size, which is how a host tells that a dynamic one is growing.
#include "tools/lab/provider/providers.hpp"

#include <fmt/format.h>

#include <array>

namespace migstorm::lab {

namespace {

constexpr std::string_view kDriverFolder = R"(C:\Windows\System32\drivers\)";

struct DriverFile {
  std::string_view name;
  std::uint64_t size;
  bool guests_only;
};
constexpr std::array kDriverFiles{
    DriverFile{"storvsc.sys", 34896, true},
    DriverFile{"netvsc.sys", 168448, true},
    DriverFile{"vmbus.sys", 200064, false},
    DriverFile{"storport.sys", 190352, false},
};

// Windows of one release carry its build in every file version: "6.1.7601.17514".
std::string version_of(Release release) {
  const auto& facts = facts_of(release);
  const auto revision = release == Release::w2008r2sp1 ? 17514 : release == Release::w2012 ? 16384 : 17415;
  return fmt::format("{}.{}.{}.{}", facts.major, facts.minor, facts.build, revision);
}

// "C:\dir\name.ext" in the pieces that the class keeps apart.
void set_path(cim::Instance& row, const std::string& path) {
  const auto slash = path.rfind('\\');
  const auto folder = path.substr(0, slash == std::string::npos ? 0 : slash + 1);
  const auto base = path.substr(folder.size());
  const auto dot = base.rfind('.');
  const auto colon = path.find(':');
  row.set("Name", text(path))
      .set("Caption", text(path))
      .set("Description", text(path))
      .set("FileName", text(base.substr(0, dot)))
      .set("Extension", text(dot == std::string::npos ? std::string() : base.substr(dot + 1)));
  if (colon == 1) {
    row.set("Drive", text(path.substr(0, 2)))
        .set("Path", text(folder.substr(std::min<std::size_t>(2, folder.size()))));
  } else {
    row.set("Path", text(folder));
  }
}

cim::InstancePtr row_of(const OsContext& context, const OsFile& file) {
  auto row = context.make("CIM_DataFile");
  const auto modified = civil(context.model(), file.modified);
  set_path(row, file.path);
  row.set("CSName", text(context.facts().name))
      .set("FileSize", number(file.size))
      .set("Version", file.version.empty() ? null() : text(file.version))
      .set("LastModified", modified)
      .set("LastAccessed", modified);
  return share(std::move(row));
}

void driver_files(const OsContext& context, const std::function<void(const OsFile&)>& each) {
  const auto facts = context.facts();
  for (const auto& driver : kDriverFiles) {
    if (facts.guest || !driver.guests_only) {
      each({std::string(kDriverFolder) + std::string(driver.name), driver.size, version_of(facts.release),
            facts.created});
    }
  }
}

cim::MethodResult remove(const OsContext& context, const cim::ObjectPath& target) {
  constexpr std::uint32_t kAccessDenied = 2;
  const auto* path = target.find("Name");
  bool system = path == nullptr || !context.delete_file;
  driver_files(context, [&](const OsFile& file) { system = system || cim::iequals(*path, file.path); });
  return returned(system ? kAccessDenied : context.delete_file(*path));
}

} // namespace

void add_files(Dispatch& dispatch, const OsContext& context) {
  dispatch.add_method(
      context.schema().at(kCimv2, "CIM_DataFile"), "Delete",
      [context](const cim::ObjectPath& target, const Arguments&) { return remove(context, target); });
  dispatch.add_source(context.schema().at(kCimv2, "CIM_DataFile"),
                      [context](const cim::Hint& hint, const Dispatch::Sink& sink) {
                        const Wanted wanted(hint, "Name");
                        const auto give = [&](const OsFile& file) { sink(row_of(context, file)); };
                        driver_files(context, [&](const OsFile& file) {
                          if (wanted(file.path)) {
                            give(file);
                          }
                        });
                        if (context.files) {
                          context.files(wanted, give);
                        }
                      });
}

} // namespace migstorm::lab
