// Ways to a guest's crash dump. Everything here blocks, and belongs to one thread at a time.
#pragma once

#include "analyzers/kdump/byte_source.hpp"

#include <migstorm/result.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace migstorm::gather {

struct Guest {
  std::string name;    // the virtual machine's
  std::string address; // where it is reached itself; the name where nothing else is known
};

// Tells one dump from the next that is written to the same place.
struct DumpFacts {
  std::uint64_t size = 0;
  std::int64_t modified_ns = 0; // by the clock of whoever keeps the file; only ever compared
  friend bool operator==(const DumpFacts&, const DumpFacts&) = default;
};

class DumpFile : public kdump::ByteSource {
public:
  virtual Result<DumpFacts> facts() = 0; // as they are now
  // Where it is, for people.
  virtual const std::string& place() const noexcept = 0;
  // The file will be read from here to its end, in pieces of one size.
  virtual void read_on() noexcept {}
  // See put_aside.hpp. Nothing is read of the file afterwards. unsupported: not by this way.
  virtual Status put_aside(const DumpFacts& copied, const std::string& name);
  // What a reader of the report should know of how it was read ("not encrypted"); mostly empty.
  virtual std::string caution() const { return {}; }
};

class Way {
public:
  Way() = default;
  Way(const Way&) = delete;
  Way& operator=(const Way&) = delete;
  virtual ~Way() = default;

  // As the lab file has it.
  virtual const std::string& text() const noexcept = 0;
  // not_found: no dump is there, or not yet. denied: never to be tried again by itself. busy: somebody keeps
  // others out. transport: not reached.
  virtual Result<std::unique_ptr<DumpFile>> open(const Guest& guest) = 0;
  // Whether the guest's place is reached, whatever lies there: only looks.
  virtual Status reach(const Guest& guest) = 0;
};

// `text` with {guest} and {address} replaced. denied: a name that would lead elsewhere.
Result<std::string> expand(const std::string& text, const Guest& guest);

// A name for a file of ours, whatever the guest calls itself: letters, digits, '-', '_' and '.', at most 64.
// Different names stay different.
std::string safe_name(const std::string& name);

} // namespace migstorm::gather
