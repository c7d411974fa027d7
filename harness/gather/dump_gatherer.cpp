#include "harness/gather/dump_gatherer.hpp"

#include "harness/gather/kept_dump.hpp"
#include "harness/gather/name_dump.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace migstorm::gather {
namespace {

using std::chrono::seconds;

// A guest that is still writing its dump shows it within this time.
constexpr Span kSettle = seconds(2);
constexpr OffloadLane kLane = OffloadLane::files;

struct Found {
  std::unique_ptr<DumpFile> file;
  DumpFacts facts;
};

class DumpGatherer final : public DumpReader {
public:
  DumpGatherer(Runtime& runtime, GathererOptions options, triage::Images& images, FreeSpace& space)
      : runtime_(runtime), options_(std::move(options)), images_(images), space_(space) {}

  Task<Result<DumpFinding>> read(Crash crash, Span ahead) override {
    CrashTime of = by_guest_clock(std::move(crash), ahead);
    Result<Found> found = co_await find_settled(of);
    if (!found) {
      co_return std::move(found).error();
    }
    std::optional<Result<triage::TriageResult>> named;
    std::function<void()> work = [&] { named = name_dump(*found->file, found->facts, of, images_); };
    co_await run_off(std::move(work));
    std::string caution = found->file->caution();
    co_await let_go(std::move(found->file));
    if (!*named) {
      co_return std::move(*named).error();
    }
    const triage::TriageResult& result = **named;
    DumpFinding finding{result.signature,
                        result.issues.empty() ? std::string() : result.issues.front().issue.id,
                        std::move(caution)};
    if (result.system_time) {
      finding.crashed = civil_of_filetime(*result.system_time) - ahead;
    }
    co_return finding;
  }

  Task<Result<DumpHome>> fetch(Crash crash, Span ahead, std::function<bool()> wanted) override {
    if (options_.folder.empty() || options_.ways.empty()) {
      co_return Error{Errc::unsupported, "dumps are not brought home"};
    }
    const std::string folder = options_.folder + "/" + crash_folder(crash);
    const KeptDump kept(folder);
    std::optional<Result<std::optional<DumpHome>>> before;
    bool gone = false;
    std::function<void()> look = [&] {
      before = kept.look();
      gone = was_deleted(folder);
    };
    co_await run_off(std::move(look));
    if (gone && *before && !**before) {
      co_return Error{Errc::unsupported, "it was here, and newer ones took its place"};
    }
    if (!*before) {
      co_return std::move(*before).error();
    }
    if (**before) {
      co_return *std::move(**before);
    }
    CrashTime of = by_guest_clock(std::move(crash), ahead);
    Result<Found> found = co_await find_settled(of);
    if (!found) {
      co_return std::move(found).error();
    }
    const std::string name = fmt::format("MEMORY-{}.DMP", crash_folder(of.crash));
    FetchRequest request{kept.path(), options_.limits, std::move(wanted)};
    Result<Fetched> fetched =
        co_await gather::fetch(runtime_, kLane, *found->file, space_, std::move(request));
    if (!fetched) {
      co_await let_go(std::move(found->file));
      co_return std::move(fetched).error();
    }
    DumpHome home{fetched->path, fetched->sha256, fetched->size, fetched->packed_size, {}};
    Status noted = Unit{};
    std::function<void()> note = [&] {
      noted = kept.note(home);
      noted = noted ? note_signature(folder, of.crash.signature) : noted;
      if (noted && options_.put_aside) {
        home.remark = put_aside(*found->file, found->facts, name);
      }
    };
    co_await run_off(std::move(note));
    co_await let_go(std::move(found->file));
    if (!noted) {
      co_return std::move(noted).error();
    }
    std::function<void()> thin_out = [&] {
      Result<std::vector<std::string>> deleted = apply_retention(options_.folder, options_.retention);
      home.deleted = deleted ? *std::move(deleted) : std::vector<std::string>{deleted.error().detail};
    };
    co_await run_off(std::move(thin_out));
    co_return home;
  }

private:
  // How it ended, for the report.
  static std::string put_aside(DumpFile& file, const DumpFacts& facts, const std::string& name) {
    const Status done = file.put_aside(facts, name);
    return done ? "renamed on the guest to " + name : "not renamed on the guest: " + done.error().detail;
  }

  CrashTime by_guest_clock(Crash crash, Span ahead) const {
    const CivilTime earliest = runtime_.civil(crash.earliest) + ahead;
    const CivilTime latest = runtime_.civil(crash.latest) + ahead;
    return {std::move(crash), earliest, latest};
  }

  Task<Unit> run_off(std::function<void()> work) {
    auto done = runtime_.offload(kLane, std::move(work));
    co_await std::move(done);
    co_return Unit{};
  }

  // Closing a file far away blocks, too.
  Task<Unit> let_go(std::unique_ptr<DumpFile> file) {
    std::function<void()> work = [&file] { file.reset(); };
    co_await run_off(std::move(work));
    co_return Unit{};
  }

  Task<Result<Found>> find_settled(const CrashTime& of) {
    std::optional<Result<Found>> found;
    std::function<void()> look = [&] { found = find(of); };
    co_await run_off(std::move(look));
    if (!*found) {
      co_return std::move(*found);
    }
    co_await runtime_.sleep_for(kSettle);
    std::optional<Result<DumpFacts>> now;
    std::function<void()> look_again = [&] { now = (*found)->file->facts(); };
    co_await run_off(std::move(look_again));
    if (!*now || **now != (*found)->facts) {
      Error why = *now ? Error{Errc::busy, fmt::format("{} is still being written", (*found)->file->place())}
                       : std::move(*now).error();
      co_await let_go(std::move((*found)->file));
      co_return why;
    }
    co_return std::move(*found);
  }

  // The first way that leads to the crash's dump; else what each of them says.
  Result<Found> find(const CrashTime& of) {
    const std::string& name = of.crash.guest_name;
    const std::string address = options_.address ? options_.address(name) : name;
    std::optional<Error> first; // that tells more than that nothing is there
    std::string all;
    for (const auto& way : options_.ways) {
      Result<Found> found = try_way(*way, {name, address.empty() ? name : address}, of);
      if (found) {
        return found;
      }
      all += (all.empty() ? "" : "; ") + found.error().detail;
      if (!first || first->code == Errc::not_found || first->code == Errc::unsupported) {
        first = std::move(found).error();
      }
    }
    if (!first) {
      return Error{Errc::unsupported, fmt::format("no way leads to the dumps of {}", name)};
    }
    return Error{first->code, std::move(all)};
  }

  static Result<Found> try_way(Way& way, const Guest& guest, const CrashTime& of) {
    Result<std::unique_ptr<DumpFile>> file = way.open(guest);
    if (!file) {
      return std::move(file).error();
    }
    const Result<DumpFacts> facts = (*file)->facts();
    if (!facts) {
      return facts.error();
    }
    if (Status ours = check_header(**file, of); !ours) {
      return std::move(ours).error();
    }
    return Found{*std::move(file), *facts};
  }

  Runtime& runtime_;
  GathererOptions options_;
  triage::Images& images_;
  FreeSpace& space_;
};

} // namespace

std::unique_ptr<DumpReader> make_dump_gatherer(Runtime& runtime, GathererOptions options,
                                               triage::Images& images, FreeSpace& space) {
  return std::make_unique<DumpGatherer>(runtime, std::move(options), images, space);
}

std::string crash_folder(const Crash& crash) {
  return fmt::format("{}-{:04}-{}", crash.self_test ? "self-test" : "crash", crash.number,
                     safe_name(crash.guest_name));
}

} // namespace migstorm::gather
