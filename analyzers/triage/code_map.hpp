// What a stack walk asks about code: which module an address lies in, how its function keeps its frame, its
// bytes.
//
// A port, so that walks are tested over made-up machines; the real one looks into the dump and, where that
// has no pages of an image, into the symbol store.
#pragma once

#include "analyzers/pe/function.hpp"

#include <cstdint>
#include <span>

namespace migstorm::triage {

using pe::FunctionAt;
using pe::FunctionFrame;
using pe::FunctionKind;
using pe::UnwindStep;

class CodeMap {
public:
  CodeMap() = default;
  CodeMap(const CodeMap&) = delete;
  CodeMap& operator=(const CodeMap&) = delete;
  virtual ~CodeMap() = default;

  virtual FunctionAt function_at(std::uint64_t address) = 0;
  // Whether code can lie there: inside a module, behind its headers.
  virtual bool may_be_code(std::uint64_t address) = 0;
  // True when all of `out` was there.
  virtual bool read_code(std::uint64_t address, std::span<std::byte> out) = 0;
};

} // namespace migstorm::triage
