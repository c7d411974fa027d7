// Dumps of every architecture, kind and spoil that make_dump writes, triaged: each frame is where make_dump,
// which works from the code and not from the unwind tables, has laid it.
#include "analyzers/pdb/symbol_path.hpp"
#include "analyzers/triage/store_images.hpp"
#include "analyzers/triage/triage.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"
#include "tools/make_dump/make_dump.hpp"

#include <fmt/format.h>

#include <algorithm>

using namespace migstorm;

namespace {

class SparseSource final : public kdump::ByteSource {
public:
  explicit SparseSource(const make_dump::SparseFile& file) : file_(file) {}
  std::uint64_t size() const override { return file_.size(); }

private:
  Result<std::size_t> fetch(std::uint64_t offset, std::span<std::byte> out) override {
    const make_dump::Bytes bytes = file_.read(offset, out.size());
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out.size();
  }

  const make_dump::SparseFile& file_;
};

// The store that make_dump lays out, and what looks things up in it.
struct Symbols {
  Symbols() {
    REQUIRE(make_dump::write_symbol_store(folder.file("store")));
    auto path = pdb::parse_symbol_path(folder.file("store"), {});
    REQUIRE(path);
    store.emplace(*path, nullptr);
    images.emplace(*store);
  }
  test::Folder folder;
  std::optional<pdb::SymbolStore> store;
  std::optional<triage::StoreImages> images;
};

Result<triage::TriageResult> name_crash(const make_dump::CrashDump& dump, Symbols& symbols) {
  SparseSource source(dump.file);
  return triage::triage(source, *symbols.images, {.file = "MEMORY.DMP"});
}

std::string laid(const make_dump::CrashDump& dump) {
  std::string text;
  for (const make_dump::LaidFrame& frame : dump.stack) {
    const std::string file = frame.module;
    const std::string module = file == "ntoskrnl.exe" ? "nt" : file.substr(0, file.find('.'));
    text += fmt::format("{:x} {}!{}+{:#x}\n", frame.address, module, frame.function, frame.offset);
  }
  return text;
}

std::string found(const triage::TriageResult& result) {
  std::string text;
  for (const triage::NamedFrame& frame : result.stack) {
    text += fmt::format("{:x} {}!{}+{:#x}\n", frame.place.address, frame.place.module, frame.place.function,
                        frame.place.offset);
  }
  return text;
}

bool refused(const Error& error) { return error.code == Errc::unsupported || error.code == Errc::over_limit; }

} // namespace

TEST_CASE("every frame, the signature and the interrupted place are found on every architecture",
          "[triage]") {
  Symbols symbols;
  for (const make_dump::Architecture architecture : make_dump::all_architectures()) {
    for (const make_dump::Kind kind : make_dump::all_kinds()) {
      CAPTURE(to_string(architecture), to_string(kind));
      make_dump::CrashFacts facts;
      facts.architecture = architecture;
      facts.seed = 7;
      facts.processors = 2;
      make_dump::DumpOptions options;
      options.kind = kind;
      const auto dump = make_dump::make_dump(facts, options);
      if (!dump) {
        CHECK(refused(dump.error())); // the range kinds of 32-bit machines
        continue;
      }
      const auto result = name_crash(*dump, symbols);
      REQUIRE(result);
      CHECK(result->bugcheck.code == 0xd1);
      CHECK(result->bugcheck.parameters[3] == dump->bugcheck.parameters[3]);
      if (kind == make_dump::Kind::header) {
        continue;
      }
      CHECK(result->signature == "0xd1|read|storvsc!StorChannelVmbusCallback");
      CHECK(found(*result) == laid(*dump));
      CHECK(result->modules.size() == dump->modules.size());
      const auto trap = std::find_if(result->stack.begin(), result->stack.end(), [](const auto& frame) {
        return frame.frame.source == triage::FrameSource::machine_frame;
      });
      REQUIRE(trap != result->stack.end());
      CHECK(trap->place.address == dump->bugcheck.parameters[3]);
      CHECK(result->unloaded.size() == 2);
    }
  }
}

TEST_CASE("spoiled dumps of every architecture are told of, and none goes unread", "[triage][hostile]") {
  Symbols symbols;
  for (const make_dump::Architecture architecture : make_dump::all_architectures()) {
    for (const make_dump::Kind kind : {make_dump::Kind::triage, make_dump::Kind::bitmap_kernel}) {
      for (const make_dump::Spoil spoil : make_dump::all_spoils()) {
        CAPTURE(to_string(architecture), to_string(kind), to_string(spoil));
        make_dump::CrashFacts facts;
        facts.architecture = architecture;
        make_dump::DumpOptions options;
        options.kind = kind;
        options.spoils.insert(spoil);
        const auto dump = make_dump::make_dump(facts, options);
        if (!dump) {
          CHECK(refused(dump.error()));
          continue;
        }
        const auto result = name_crash(*dump, symbols);
        REQUIRE(result);
        CHECK(result->bugcheck.code == 0xd1);
        CHECK(result->signature.starts_with("0xd1|read"));
      }
    }
  }
}
