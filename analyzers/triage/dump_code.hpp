// The code of a dump's modules: from the dump where it has the pages, otherwise from the images that are
// found for them.
#pragma once

#include "analyzers/kdump/dump.hpp"
#include "analyzers/triage/images.hpp"
#include "analyzers/triage/place.hpp"
#include "analyzers/triage/registers.hpp"

#include <map>
#include <memory>

namespace migstorm::triage {

class DumpCode final : public CodeMap {
public:
  // All three outlive this.
  DumpCode(const kdump::Dump& dump, const ReadMemory& memory, Images& images)
      : dump_(dump), memory_(memory), images_(images) {}

  FunctionAt function_at(std::uint64_t address) override;
  bool may_be_code(std::uint64_t address) override;
  bool read_code(std::uint64_t address, std::span<std::byte> out) override;

  // `lookup` is where to look for the name, which for a return address lies before `address`.
  Place place_of(std::uint64_t address, std::uint64_t lookup);
  Image& image_of(const kdump::Module& module);
  // Null for a module that nothing has asked for.
  Image* opened_image(const kdump::Module& module);

private:
  const kdump::Dump& dump_;
  const ReadMemory& memory_;
  Images& images_;
  std::map<std::uint64_t, std::unique_ptr<Image>> opened_; // by base
};

} // namespace migstorm::triage
