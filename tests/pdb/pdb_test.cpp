// Symbols of the PDBs that the project builds itself, and of broken ones.
#include "analyzers/pdb/pdb.hpp"

#include "analyzers/pdb/msf.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <fmt/format.h>

#include <sstream>

using namespace migstorm;
using namespace migstorm::test;

namespace {

const std::string kImages = MIGSTORM_SOURCE_DIR "/tools/make_dump/kernel/images/x64/";

pdb::Pdb load(const std::string& name) {
  Result<std::unique_ptr<kdump::ByteSource>> file = kdump::open_file(kImages + name);
  REQUIRE(file);
  Result<pdb::Pdb> opened = pdb::Pdb::open(*std::move(file));
  REQUIRE(opened);
  return *std::move(opened);
}

std::string output_of(std::vector<std::string> command) {
  const Folder folder;
  Process process(command, folder.file("out"), folder.file("err"));
  REQUIRE(process.wait(std::chrono::seconds(60)) == 0);
  return read_file(folder.file("out"));
}

struct Public {
  std::string name;
  unsigned section = 0;
  std::uint32_t offset = 0;
};

// "60 | S_PUB32 [size = 40] `name`" and on the next line "flags = function, addr = 0001:0096".
std::vector<Public> publics_of(const std::string& report) {
  std::vector<Public> publics;
  std::istringstream in(report);
  for (std::string line; std::getline(in, line);) {
    const std::size_t from = line.find('`');
    if (line.find("S_PUB32") == std::string::npos || from == std::string::npos) {
      continue;
    }
    Public each;
    each.name = line.substr(from + 1, line.rfind('`') - from - 1);
    REQUIRE(std::getline(in, line));
    const std::string address = line.substr(line.find("addr = ") + 7);
    each.section = static_cast<unsigned>(std::stoul(address));
    each.offset = static_cast<std::uint32_t>(std::stoul(address.substr(address.find(':') + 1)));
    publics.push_back(each);
  }
  return publics;
}

} // namespace

TEST_CASE("public symbols are where llvm-pdbutil shows them", "[pdb]") {
  for (const std::string name : {"ntkrnlmp.pdb", "storvsc.pdb", "vmbus.pdb"}) {
    CAPTURE(name);
    const pdb::Pdb symbols = load(name);
    const auto publics =
        publics_of(output_of({"/usr/bin/llvm-pdbutil", "dump", "--publics", kImages + name}));
    REQUIRE(publics.size() > 4);
    for (const Public& each : publics) {
      CAPTURE(each.name);
      if (each.section == 0) { // absolute
        continue;
      }
      const auto rva = symbols.rva_of(each.name);
      REQUIRE(rva);
      CHECK(*rva == each.section * 0x1000 + each.offset); // sections of one page each, as they are built
    }
  }
}

TEST_CASE("an address in a function is named by it, with the offset", "[pdb]") {
  const pdb::Pdb symbols = load("storvsc.pdb");
  const auto rva = symbols.rva_of("StorChannelVmbusCallback");
  REQUIRE(rva);
  const auto found = symbols.symbol_at(*rva + 0x1d);
  REQUIRE(found);
  CHECK(found->name == "StorChannelVmbusCallback");
  CHECK(found->offset == 0x1d);
  CHECK_FALSE(symbols.symbol_at(0x00ffffff)); // no section there
}

TEST_CASE("names are shown as a debugger shows them", "[pdb]") {
  CHECK(pdb::readable_name("KeBugCheckEx", false) == "KeBugCheckEx");
  CHECK(pdb::readable_name("?Start@Adapter@Net@@QEAAXXZ", false) == "Net::Adapter::Start");
  CHECK(pdb::readable_name("??0Adapter@@QEAA@XZ", false) == "??0Adapter@@QEAA@XZ");
  CHECK(pdb::readable_name("_KeBugCheckEx@20", true) == "KeBugCheckEx");
  CHECK(pdb::readable_name("@KfLowerIrql@4", true) == "KfLowerIrql");
  CHECK(pdb::readable_name("_main", true) == "main");
  CHECK(pdb::readable_name("_main", false) == "_main");
  CHECK(pdb::readable_name("?", false) == "?");
}

TEST_CASE("moved code is found where OMAP says, removed code nowhere", "[pdb]") {
  const auto word = [](std::vector<std::byte>& out, std::uint32_t value) {
    for (unsigned i = 0; i < 4; ++i) {
      out.push_back(std::byte(value >> (8 * i) & 0xffU));
    }
  };
  std::vector<std::byte> headers(8);
  word(headers, 0x1000); // size
  word(headers, 0x1000); // RVA
  headers.resize(40);
  std::vector<std::byte> omap;
  for (const std::uint32_t value : {0x1000U, 0x5000U, 0x1100U, 0U, 0x1200U, 0x3000U}) {
    word(omap, value);
  }
  const pdb::Sections sections(headers, omap);
  CHECK(sections.rva_of(1, 0x10) == 0x5010U);
  CHECK_FALSE(sections.rva_of(1, 0x110));
  CHECK(sections.rva_of(1, 0x208) == 0x3008U);
  CHECK_FALSE(sections.rva_of(2, 0));
  CHECK_FALSE(sections.rva_of(1, 0x1000));
}

TEST_CASE("a PDB that is cut or spoilt gives an error or fewer symbols", "[pdb][hostile]") {
  const std::string whole = read_file(kImages + "storvsc.pdb");
  std::uint32_t noise = 99;
  std::size_t refused = 0;
  for (std::size_t round = 0; round < 400; ++round) {
    std::string spoilt = whole.substr(0, round % 4 == 0 ? whole.size() * round / 400 : whole.size());
    for (std::size_t i = 0; i < 16 && !spoilt.empty(); ++i) {
      noise = noise * 1664525 + 1013904223;
      // The directory and the headers of streams lie at the front and at the end.
      const std::size_t range = i % 2 == 0 ? std::min<std::size_t>(spoilt.size(), 4096) : spoilt.size();
      spoilt[noise % range] = static_cast<char>(noise >> 24U);
    }
    const Bytes bytes(reinterpret_cast<const std::byte*>(spoilt.data()), spoilt.size());
    const Result<pdb::Pdb> opened = pdb::Pdb::open(std::make_shared<kdump::SpanSource>(bytes));
    if (!opened) {
      ++refused;
      CHECK_FALSE(opened.error().detail.empty());
    } else {
      opened->symbol_at(0x1070);
      opened->rva_of("StorChannelVmbusCallback");
    }
  }
  CHECK(refused > 50);
}

TEST_CASE("a directory that asks for more than the file can hold is refused", "[pdb][hostile]") {
  std::string text = read_file(kImages + "storvsc.pdb");
  text[44] = text[45] = text[46] = '\x7f'; // bytes of the directory
  const Bytes bytes(reinterpret_cast<const std::byte*>(text.data()), text.size());
  const Result<pdb::Msf> opened = pdb::Msf::open(std::make_shared<kdump::SpanSource>(bytes));
  REQUIRE_FALSE(opened);
  CHECK(opened.error().code != Errc::unsupported);
}
