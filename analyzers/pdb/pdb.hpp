// The names of a PDB 7 file: public symbols, and the modules' procedures, which private PDBs have.
//
// Formats: "The PDB File Format" of LLVM's documentation and the records of Microsoft's microsoft-pdb. RVAs
// are those of the image, OMAP applied.
#pragma once

#include "analyzers/kdump/byte_source.hpp"
#include "analyzers/pdb/sections.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::pdb {

inline constexpr std::size_t kSymbolsMax = 2'000'000;
inline constexpr std::uint32_t kModulesMax = 100'000;

struct Identity {
  std::string guid;      // 32 hexadecimal digits, upper case
  std::uint32_t age = 0; // of the DBI stream: the one that images name
};

// Only the identity, which costs three blocks.
Result<Identity> read_identity(std::shared_ptr<kdump::ByteSource> file);

class Pdb {
public:
  struct Found {
    std::string name;
    std::uint32_t offset = 0; // of the RVA asked for
  };

  // The file is read through and need not be kept.
  static Result<Pdb> open(std::shared_ptr<kdump::ByteSource> file);

  const Identity& identity() const noexcept { return identity_; }
  std::size_t symbols() const noexcept { return symbols_.size(); }
  // The nearest symbol at or below, in the same section.
  std::optional<Found> symbol_at(std::uint32_t rva) const;
  // By the name as the linker has it, or as a debugger shows it.
  std::optional<std::uint32_t> rva_of(std::string_view name) const;

private:
  struct Symbol {
    std::uint32_t rva = 0;
    std::uint32_t name = 0; // into names_
    bool procedure = false; // preferred to a public at the same place: it is not decorated
  };
  friend class Loader;
  std::string_view name_of(const Symbol& symbol) const noexcept;
  bool same_section(std::uint32_t a, std::uint32_t b) const noexcept;

  Identity identity_;
  bool x86_ = false;
  std::vector<SectionRange> sections_; // of the image as it is
  std::vector<Symbol> symbols_;        // by rva
  std::string names_;                  // each ends in NUL
};

// A linker's name as a debugger shows it: "?Start@Adapter@@QEAAXXZ" becomes "Adapter::Start", and on x86
// "_f@8" becomes "f". Templates and operators stay as they are.
std::string readable_name(std::string_view name, bool x86);

} // namespace migstorm::pdb
