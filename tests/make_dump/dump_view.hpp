// A second opinion on what make_dump wrote: the page index of each kind of dump and an x64 page walk, written
// from the format's description and sharing nothing with the writer or the product's reader.
#pragma once

#include "tools/make_dump/make_dump.hpp"

#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>

namespace migstorm::test {

class DumpView {
public:
  explicit DumpView(const make_dump::SparseFile& file) : file_(file) {
    type_ = at<std::uint32_t>(0xF98);
    switch (type_) {
    case 1:
      index_runs();
      break;
    case 2:
      index_bitmap(0x2028, at<std::uint32_t>(0x2010), at<std::uint32_t>(0x200C));
      break;
    case 5:
    case 6:
    case 7:
      index_bitmap(0x2038, at<std::uint64_t>(0x2030), at<std::uint64_t>(0x2020));
      break;
    case 8:
    case 9:
    case 10:
      index_ranges();
      break;
    default:
      break;
    }
  }

  std::uint32_t type() const noexcept { return type_; }
  std::size_t pages() const noexcept { return pages_.size(); }
  std::uint64_t end_of_pages() const noexcept { return end_; }

  template <class T>
  T at(std::uint64_t offset) const {
    return from_bytes<T>(file_.read(offset, sizeof(T)));
  }
  std::string text(std::uint64_t offset, std::size_t size) const {
    const make_dump::Bytes bytes = file_.read(offset, size);
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }

  std::optional<std::uint64_t> physical(std::uint64_t va, std::uint64_t tables) const {
    std::uint64_t table = tables & kFrame;
    for (const unsigned shift : {39U, 30U, 21U, 12U}) {
      const auto entry = in_ram<std::uint64_t>(table + (va >> shift & 0x1FF) * 8);
      if (!entry) {
        return std::nullopt;
      }
      if ((*entry & 1) == 0) {
        return shift == 12 ? not_valid(*entry, va, tables) : std::nullopt;
      }
      if (shift == 21 && (*entry & 0x80) != 0) {
        return (*entry & kFrame & ~0x1FFFFFULL) | (va & 0x1FFFFF);
      }
      table = *entry & kFrame;
    }
    return table | (va & 0xFFF);
  }
  template <class T>
  std::optional<T> le(std::uint64_t va, std::uint64_t tables = 0) const {
    const auto where = physical(va, tables == 0 ? at<std::uint64_t>(0x10) : tables);
    return where ? in_ram<T>(*where) : std::nullopt;
  }
  // Of characters below 0x100.
  std::string unicode(std::uint64_t string) const {
    const std::uint16_t length = le<std::uint16_t>(string).value();
    const std::uint64_t buffer = le<std::uint64_t>(string + 8).value();
    std::string out;
    for (std::uint16_t i = 0; i < length; i = static_cast<std::uint16_t>(i + 2)) {
      out += le<char>(buffer + i).value();
    }
    return out;
  }

private:
  static constexpr std::uint64_t kFrame = 0x000FFFFFFFFFF000;

  template <class T>
  static T from_bytes(const make_dump::Bytes& bytes) {
    T value{};
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }
  template <class T>
  std::optional<T> in_ram(std::uint64_t address) const {
    const auto page = pages_.find(address / 0x1000);
    return page == pages_.end() ? std::nullopt : std::optional(at<T>(page->second + address % 0x1000));
  }
  std::optional<std::uint64_t> not_valid(std::uint64_t entry, std::uint64_t va, std::uint64_t tables) const {
    if ((entry & 0x400) != 0) {
      entry = le<std::uint64_t>(entry >> 16 | 0xFFFFULL << 48, tables).value_or(0);
      return (entry & 1) != 0 ? std::optional((entry & kFrame) | (va & 0xFFF)) : std::nullopt;
    }
    return (entry & 0x800) != 0 ? std::optional((entry & kFrame) | (va & 0xFFF)) : std::nullopt;
  }
  void add(std::uint64_t pfn) {
    pages_[pfn] = end_;
    end_ += 0x1000;
  }
  void index_runs() {
    end_ = 0x2000;
    for (std::uint32_t run = 0; run < at<std::uint32_t>(0x88); ++run) {
      add_range(0x98 + 16 * run);
    }
  }
  void add_range(std::uint64_t entry) {
    const auto base = at<std::uint64_t>(entry);
    for (std::uint64_t i = 0; i < at<std::uint64_t>(entry + 8); ++i) {
      add(base + i);
    }
  }
  void index_bitmap(std::uint64_t bitmap, std::uint64_t bits, std::uint64_t first) {
    end_ = first;
    for (std::uint64_t pfn = 0; pfn < bits; ++pfn) {
      if ((at<std::uint8_t>(bitmap + pfn / 8) >> (pfn % 8) & 1) != 0) {
        add(pfn);
      }
    }
  }
  void index_ranges() {
    end_ = at<std::uint64_t>(0x2018);
    const std::uint64_t table_end = 0x2020 + at<std::uint64_t>(0x2010);
    for (std::uint64_t entry = 0x2030; entry < table_end && at<std::uint64_t>(entry) != 0; entry += 16) {
      add_range(entry);
    }
  }

  const make_dump::SparseFile& file_;
  std::uint32_t type_ = 0;
  std::map<std::uint64_t, std::uint64_t> pages_; // frame to offset
  std::uint64_t end_ = 0;
};

inline make_dump::CrashDump small_dump(make_dump::Kind kind, std::set<make_dump::Spoil> spoils = {}) {
  make_dump::CrashFacts facts;
  facts.memory = 16ULL << 20;
  make_dump::DumpOptions options;
  options.kind = kind;
  options.spoils = std::move(spoils);
  auto dump = make_dump::make_dump(facts, options);
  if (!dump) {
    throw std::runtime_error(dump.error().detail);
  }
  return *std::move(dump);
}

} // namespace migstorm::test
