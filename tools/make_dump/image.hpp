// One of our own images as the loader leaves it in memory: sections in place, relocated, imports bound.
// The files are built in (embedded.hpp), so what is read here is our own and needs no distrust.
#pragma once

#include "tools/make_dump/address_space.hpp"
#include "tools/make_dump/embedded.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>

namespace migstorm::make_dump {

using Rva = std::uint32_t;

struct Function {
  Rva begin = 0;
  Rva end = 0;
  Rva unwind = 0; // x64 only
};

struct Guid {
  std::array<std::byte, 16> bytes{};
  std::string key() const; // 32 hexadecimal digits, as in a symbol store's folders
};

class Image {
public:
  Image(std::string_view build, std::string_view file, Address base);

  const std::string& name() const noexcept { return name_; }
  Address base() const noexcept { return base_; }
  std::span<const std::byte> memory() const noexcept { return memory_; }
  std::uint32_t size() const noexcept { return static_cast<std::uint32_t>(memory_.size()); }
  std::uint32_t timestamp() const;
  std::uint32_t checksum() const;
  Address entry_point() const;
  Rva exception_table() const { return directory(3); }
  std::uint32_t exception_table_size() const { return directory_size(3); }
  std::string image_key() const; // <timestamp><size>, the folder in a symbol store
  std::string pdb_name() const;
  std::string pdb_key() const; // <GUID><age>

  Rva symbol(const std::string& name) const; // of the list that the kernel's build makes
  Address address(const std::string& symbol_name) const { return base_ + symbol(symbol_name); }
  Function function(Rva rva) const;

  // Writes the addresses of `from`'s exports where this image imports them.
  void bind(const Image& from);

private:
  Rva directory(unsigned index) const;
  std::uint32_t directory_size(unsigned index) const;
  std::uint64_t word(Rva at) const;
  void put_word_at(Rva at, std::uint64_t value);
  Rva header(std::uint32_t offset) const { return headers_ + offset; }
  Rva codeview() const;
  std::string text(Rva rva) const;
  Rva exported(const std::string& name) const;
  void place_sections(std::span<const std::byte> file);
  void relocate();
  Function by_symbols(Rva rva) const;

  std::string name_;
  Address base_;
  Rva headers_ = 0; // of `PE\0\0`
  unsigned word_ = 8;
  Bytes memory_;
  std::map<std::string, Rva> symbols_;
};

} // namespace migstorm::make_dump
