#include "analyzers/pdb/pdb.hpp"

#include "analyzers/pdb/msf.hpp"
#include "analyzers/pdb/sections.hpp"
#include "analyzers/pe/image.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::pdb {
namespace {

constexpr std::uint32_t kInfoStream = 1;
constexpr std::uint32_t kDbiStream = 3;
constexpr std::uint16_t kNoStream = 0xffff;
constexpr std::uint32_t kDbiHeaderSize = 64;
constexpr std::size_t kOmapFromSource = 4; // of the DBI stream's optional debug headers
constexpr std::size_t kSectionHeaders = 5;
constexpr std::size_t kOriginalSectionHeaders = 10;
constexpr std::uint32_t kDebugHeadersMax = 64;
constexpr std::uint16_t kMachineX86 = 0x14c;

constexpr std::uint16_t kPublic = 0x110e;    // S_PUB32
constexpr std::uint16_t kLocalProc = 0x110f; // S_LPROC32
constexpr std::uint16_t kGlobalProc = 0x1110;
constexpr std::uint16_t kLocalProcId = 0x1146;
constexpr std::uint16_t kGlobalProcId = 0x1147;

struct Dbi {
  std::uint32_t age = 0;
  std::uint16_t records = kNoStream; // stream of the symbol records
  std::uint32_t modules_size = 0;
  std::uint64_t optional_at = 0;
  std::uint32_t optional_size = 0;
  std::uint16_t machine = 0;
};

Result<Dbi> read_dbi(const Msf& msf) {
  const Result<std::vector<std::byte>> bytes = msf.read(kDbiStream, 0, kDbiHeaderSize);
  if (!bytes) {
    return Error(bytes.error()).within("DBI header");
  }
  ByteReader reader(*bytes, "DBI header");
  Dbi dbi;
  reader.take(8);
  dbi.age = reader.le<std::uint32_t>();
  reader.take(8); // global symbols, publics and build numbers
  dbi.records = reader.le<std::uint16_t>();
  reader.take(2);
  dbi.modules_size = reader.le<std::uint32_t>();
  std::uint64_t rest = kDbiHeaderSize + std::uint64_t{dbi.modules_size};
  rest += reader.le<std::uint32_t>(); // section contributions
  rest += reader.le<std::uint32_t>(); // section map
  rest += reader.le<std::uint32_t>(); // source files
  rest += reader.le<std::uint32_t>(); // type server map
  reader.take(4);
  dbi.optional_size = reader.le<std::uint32_t>();
  rest += reader.le<std::uint32_t>(); // edit and continue
  reader.take(2);
  dbi.machine = reader.le<std::uint16_t>();
  dbi.optional_at = rest;
  return dbi;
}

Result<Identity> identity_of(const Msf& msf) {
  const Result<std::vector<std::byte>> info = msf.read(kInfoStream, 0, 28);
  if (!info) {
    return Error(info.error()).within("PDB information");
  }
  Identity identity;
  ByteReader reader(*info, "PDB information");
  reader.take(8);
  identity.age = reader.le<std::uint32_t>();
  identity.guid = pe::guid_digits(reader.take(16));
  if (const Result<Dbi> dbi = read_dbi(msf)) {
    identity.age = dbi->age;
  }
  return identity;
}

Result<std::vector<std::uint16_t>> debug_headers(const Msf& msf, const Dbi& dbi) {
  const std::uint32_t size = std::min(dbi.optional_size, kDebugHeadersMax * 2) / 2 * 2;
  if (dbi.optional_at > UINT32_MAX) {
    return Error{Errc::malformed, "DBI header: its parts exceed the stream"};
  }
  const auto bytes = msf.read(kDbiStream, static_cast<std::uint32_t>(dbi.optional_at), size);
  if (!bytes) {
    return Error(bytes.error()).within("DBI debug headers");
  }
  ByteReader reader(*bytes, "DBI debug headers");
  std::vector<std::uint16_t> streams(size / 2);
  std::generate(streams.begin(), streams.end(), [&reader] { return reader.le<std::uint16_t>(); });
  return streams;
}

struct ImageLayout {
  Sections original; // what symbols refer to
  std::vector<SectionRange> sections;
};

Result<ImageLayout> read_layout(const Msf& msf, const Dbi& dbi) {
  const auto headers = debug_headers(msf, dbi);
  if (!headers) {
    return headers.error();
  }
  const auto stream = [&](std::size_t index) -> Result<std::vector<std::byte>> {
    if (index >= headers->size() || (*headers)[index] == kNoStream) {
      return std::vector<std::byte>();
    }
    return msf.read((*headers)[index]);
  };
  const auto omap = stream(kOmapFromSource);
  const auto original = stream(omap && !omap->empty() ? kOriginalSectionHeaders : kSectionHeaders);
  const auto sections = stream(kSectionHeaders);
  if (!omap || !original || !sections) {
    return !omap ? omap.error() : !original ? original.error() : sections.error();
  }
  if (original->empty()) {
    return Error{Errc::malformed, "the PDB has no section headers: its symbols have no addresses"};
  }
  return ImageLayout{Sections(*original, *omap), read_section_ranges(*sections)};
}

} // namespace

// Collects symbols from the streams that have some.
class Loader {
public:
  Loader(const Msf& msf, Pdb& pdb, Dbi dbi, Sections sections)
      : msf_(msf), pdb_(pdb), dbi_(dbi), sections_(std::move(sections)) {}

  Status run() {
    if (Status status = read_stream(dbi_.records, 0, msf_.size_of(dbi_.records)); !status) {
      return status;
    }
    if (Status status = read_modules(); !status) {
      return status;
    }
    std::stable_sort(pdb_.symbols_.begin(), pdb_.symbols_.end(), [](const auto& a, const auto& b) {
      return a.rva != b.rva ? a.rva < b.rva : a.procedure > b.procedure;
    });
    return Unit{};
  }

private:
  Status read_stream(std::uint32_t stream, std::uint32_t skip, std::uint32_t size) {
    const auto bytes = msf_.read(stream, skip, size);
    if (!bytes) {
      return Error(bytes.error()).within("symbol records");
    }
    Bytes rest(*bytes);
    while (rest.size() >= 4) {
      ByteReader head(rest, "symbol record");
      const std::size_t length = head.le<std::uint16_t>() + std::size_t{2};
      const auto kind = head.le<std::uint16_t>();
      if (length < 4 || length > rest.size()) {
        break; // what follows cannot be told apart any more
      }
      if (Status status = take(kind, rest.subspan(4, length - 4)); !status) {
        return status;
      }
      rest = rest.subspan(length);
    }
    return Unit{};
  }

  Status take(std::uint16_t kind, Bytes record) {
    const bool procedure =
        kind == kLocalProc || kind == kGlobalProc || kind == kLocalProcId || kind == kGlobalProcId;
    if (kind != kPublic && !procedure) {
      return Unit{};
    }
    ByteReader reader(record, "symbol record");
    reader.take(procedure ? 28 : 4);
    const auto offset = reader.le<std::uint32_t>();
    const auto segment = reader.le<std::uint16_t>();
    reader.take(procedure ? 1 : 0);
    const Bytes name = reader.take(reader.remaining());
    const auto end = std::find(name.begin(), name.end(), std::byte{});
    const std::optional<std::uint32_t> rva = sections_.rva_of(segment, offset);
    if (!reader.ok() || !rva || end == name.begin()) {
      return Unit{};
    }
    return add(*rva, name.first(static_cast<std::size_t>(end - name.begin())), procedure);
  }

  Status add(std::uint32_t rva, Bytes name, bool procedure) {
    if (pdb_.symbols_.size() == kSymbolsMax || pdb_.names_.size() + name.size() > kStreamBytesMax) {
      return Error{Errc::over_limit, fmt::format("more than {} symbols in the PDB", pdb_.symbols_.size())};
    }
    pdb_.symbols_.push_back({rva, static_cast<std::uint32_t>(pdb_.names_.size()), procedure});
    std::transform(name.begin(), name.end(), std::back_inserter(pdb_.names_),
                   [](std::byte byte) { return std::to_integer<char>(byte); });
    pdb_.names_ += '\0';
    return Unit{};
  }

  // Stripped PDBs list their modules without streams.
  Status read_modules() {
    const auto bytes = msf_.read(kDbiStream, kDbiHeaderSize, dbi_.modules_size);
    if (!bytes) {
      return Error(bytes.error()).within("DBI modules");
    }
    ByteReader reader(*bytes, "DBI modules");
    for (std::uint32_t i = 0; i < kModulesMax && reader.remaining() >= 64; ++i) {
      reader.take(34);
      const auto stream = reader.le<std::uint16_t>();
      const auto symbols_size = reader.le<std::uint32_t>();
      reader.take(24);
      const std::uint64_t names = skip_name(reader) + skip_name(reader);
      reader.take((4 - names % 4) % 4);
      if (stream == kNoStream || symbols_size <= 4 || symbols_size > msf_.size_of(stream)) {
        continue;
      }
      if (Status status = read_stream(stream, 4, symbols_size - 4); !status) {
        return status;
      }
    }
    return Unit{};
  }

  static std::uint64_t skip_name(ByteReader& reader) {
    std::uint64_t size = 1;
    while (reader.remaining() > 0 && reader.le<std::uint8_t>() != 0) {
      ++size;
    }
    return size;
  }

  const Msf& msf_;
  Pdb& pdb_;
  Dbi dbi_;
  Sections sections_;
};

Result<Identity> read_identity(std::shared_ptr<kdump::ByteSource> file) {
  const Result<Msf> msf = Msf::open(std::move(file));
  return msf ? identity_of(*msf) : Result<Identity>(msf.error());
}

Result<Pdb> Pdb::open(std::shared_ptr<kdump::ByteSource> file) {
  const Result<Msf> msf = Msf::open(std::move(file));
  if (!msf) {
    return msf.error();
  }
  Result<Identity> identity = identity_of(*msf);
  const Result<Dbi> dbi = read_dbi(*msf);
  if (!identity || !dbi) {
    return identity ? dbi.error() : identity.error();
  }
  Result<ImageLayout> layout = read_layout(*msf, *dbi);
  if (!layout) {
    return std::move(layout).error();
  }
  Pdb pdb;
  pdb.identity_ = std::move(*identity);
  pdb.x86_ = dbi->machine == kMachineX86;
  pdb.sections_ = std::move(layout->sections);
  if (Status status = Loader(*msf, pdb, *dbi, std::move(layout->original)).run(); !status) {
    return std::move(status).error();
  }
  return pdb;
}

std::string_view Pdb::name_of(const Symbol& symbol) const noexcept { return names_.c_str() + symbol.name; }

bool Pdb::same_section(std::uint32_t a, std::uint32_t b) const noexcept {
  return sections_.empty() ||
         std::any_of(sections_.begin(), sections_.end(), [=](const SectionRange& section) {
           return a >= section.rva && a - section.rva < section.size && b >= section.rva &&
                  b - section.rva < section.size;
         });
}

std::optional<Pdb::Found> Pdb::symbol_at(std::uint32_t rva) const {
  auto at = std::upper_bound(symbols_.begin(), symbols_.end(), rva,
                             [](std::uint32_t wanted, const Symbol& symbol) { return wanted < symbol.rva; });
  if (at == symbols_.begin()) {
    return std::nullopt;
  }
  const std::uint32_t nearest = (--at)->rva;
  if (!same_section(nearest, rva)) {
    return std::nullopt;
  }
  at = std::lower_bound(symbols_.begin(), at, nearest,
                        [](const Symbol& symbol, std::uint32_t wanted) { return symbol.rva < wanted; });
  return Found{readable_name(name_of(*at), x86_), rva - nearest};
}

std::optional<std::uint32_t> Pdb::rva_of(std::string_view name) const {
  const auto found = std::find_if(symbols_.begin(), symbols_.end(), [&](const Symbol& symbol) {
    return name_of(symbol) == name || (x86_ && readable_name(name_of(symbol), true) == name);
  });
  return found != symbols_.end() ? std::optional(found->rva) : std::nullopt;
}

} // namespace migstorm::pdb
