// A made-up machine for stack walks: memory by the word, functions by their frames, code by its bytes.
#pragma once

#include "analyzers/triage/stack.hpp"

#include <initializer_list>
#include <map>
#include <optional>
#include <vector>

namespace migstorm::test {

class FakeStackMemory {
public:
  void word(std::uint64_t address, std::uint64_t value) {
    for (std::size_t i = 0; i < 8; ++i) {
      bytes_[address + i] = static_cast<std::byte>(value >> (8 * i));
    }
  }
  void half(std::uint64_t address, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) {
      bytes_[address + i] = static_cast<std::byte>(value >> (8 * i));
    }
  }
  // Junk that is no code, so that nothing is absent.
  void fill(std::uint64_t from, std::uint64_t to) {
    for (std::uint64_t at = from; at < to; ++at) {
      bytes_.emplace(at, std::byte{0x11});
    }
  }

  triage::ReadMemory reader() const {
    return [this](std::uint64_t address, std::span<std::byte> out) {
      for (std::size_t i = 0; i < out.size(); ++i) {
        const auto found = bytes_.find(address + i);
        if (found == bytes_.end()) {
          return false;
        }
        out[i] = found->second;
      }
      return true;
    };
  }

private:
  std::map<std::uint64_t, std::byte> bytes_;
};

class FakeCode final : public triage::CodeMap {
public:
  // One image; its table exists where `has_table`.
  FakeCode(std::uint64_t begin, std::uint64_t end, bool has_table = true)
      : begin_(begin), end_(end), has_table_(has_table) {}

  triage::FunctionFrame& add(std::uint64_t begin, std::uint64_t end) {
    functions_.push_back({});
    functions_.back().begin = begin;
    functions_.back().end = end;
    return functions_.back();
  }
  void bytes(std::uint64_t address, std::initializer_list<int> code) {
    for (const int each : code) {
      code_[address++] = static_cast<std::byte>(each);
    }
  }

  triage::FunctionAt function_at(std::uint64_t address) override {
    for (const triage::FunctionFrame& each : functions_) {
      if (address >= each.begin && address < each.end) {
        return {triage::FunctionKind::described, each};
      }
    }
    const bool inside = address >= begin_ && address < end_ && has_table_;
    return {inside ? triage::FunctionKind::leaf : triage::FunctionKind::unknown, {}};
  }
  bool may_be_code(std::uint64_t address) override { return address >= begin_ && address < end_; }
  bool read_code(std::uint64_t address, std::span<std::byte> out) override {
    for (std::size_t i = 0; i < out.size(); ++i) {
      const auto found = code_.find(address + i);
      if (found == code_.end()) {
        return false;
      }
      out[i] = found->second;
    }
    return true;
  }

private:
  std::uint64_t begin_;
  std::uint64_t end_;
  bool has_table_;
  std::vector<triage::FunctionFrame> functions_;
  std::map<std::uint64_t, std::byte> code_;
};

} // namespace migstorm::test
