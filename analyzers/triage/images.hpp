// The port through which a triage asks about a module's image and symbols.
//
// Addresses are RVAs. What answers may look into the dump, into a symbol store, or over the network.
#pragma once

#include "analyzers/kdump/memory.hpp"
#include "analyzers/triage/code_map.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace migstorm::triage {

struct ImageQuestion {
  std::string file_name;                  // "storvsc.sys"
  std::uint64_t size = 0;                 // SizeOfImage as the loader kept it
  std::optional<std::uint32_t> timestamp; // where the dump tells it beside the image
  kdump::Machine machine{};
  kdump::ImageReader memory; // the image as the dump has it
};

struct Symbol {
  std::string name;
  std::uint64_t offset = 0; // of the address asked for
  bool exact = true;        // false: an export's name, which may stand for a neighbour without one
};

class Image {
public:
  Image() = default;
  Image(const Image&) = delete;
  Image& operator=(const Image&) = delete;
  virtual ~Image() = default;

  virtual std::optional<std::uint32_t> timestamp() = 0;
  virtual std::optional<Symbol> symbol_at(std::uint32_t rva) = 0;
  virtual std::optional<std::uint32_t> rva_of(const std::string& name) = 0;
  virtual FunctionAt function_at(std::uint32_t rva) = 0; // with RVAs for addresses
  virtual bool read(std::uint32_t rva, std::span<std::byte> out) = 0;
  // Whether the module's own symbols were found, and which (or why not), for the report.
  virtual bool has_symbols() = 0;
  virtual std::string symbols_note() = 0;
};

class Images {
public:
  Images() = default;
  Images(const Images&) = delete;
  Images& operator=(const Images&) = delete;
  virtual ~Images() = default;

  virtual std::unique_ptr<Image> open(const ImageQuestion& question) = 0;
};

} // namespace migstorm::triage
