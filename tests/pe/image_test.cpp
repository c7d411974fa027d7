// Headers, exports and unwind tables of the images that the project builds itself, and of broken ones.
#include "analyzers/pe/exports.hpp"
#include "analyzers/pe/file_layout.hpp"
#include "analyzers/pe/unwind.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/process.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <regex>
#include <set>
#include <sstream>

using namespace migstorm;
using namespace migstorm::test;

namespace {

const std::string kImages = MIGSTORM_SOURCE_DIR "/tools/make_dump/kernel/images/";

pe::LoadedFile load(const std::string& path) {
  Result<std::unique_ptr<kdump::ByteSource>> file = kdump::open_file(path);
  REQUIRE(file);
  Result<pe::LoadedFile> loaded = pe::lay_out(*std::move(file));
  REQUIRE(loaded);
  return *std::move(loaded);
}

std::string output_of(const std::vector<std::string>& command) {
  const Folder folder;
  Process process(command, folder.file("out"), folder.file("err"));
  REQUIRE(process.wait(std::chrono::seconds(60)) == 0);
  return read_file(folder.file("out"));
}

const char* register_name(std::uint8_t reg) {
  static constexpr std::array<const char*, 16> kNames = {"RAX", "RCX", "RDX", "RBX", "RSP", "RBP",
                                                         "RSI", "RDI", "R8",  "R9",  "R10", "R11",
                                                         "R12", "R13", "R14", "R15"};
  return kNames.at(reg);
}

// As llvm-readobj words it, without what it adds for readers.
std::string step_text(const pe::UnwindStep& step, const pe::FunctionFrame& frame) {
  switch (step.kind) {
  case pe::UnwindStep::Kind::push:
    return fmt::format("0x{:02X}: PUSH_NONVOL reg={}", step.offset, register_name(step.reg));
  case pe::UnwindStep::Kind::allocate:
    return fmt::format("0x{:02X}: ALLOC size={}", step.offset, step.value);
  case pe::UnwindStep::Kind::save:
    return fmt::format("0x{:02X}: SAVE_NONVOL reg={}, offset=0x{:X}", step.offset, register_name(step.reg),
                       step.value);
  case pe::UnwindStep::Kind::set_frame:
    return fmt::format("0x{:02X}: SET_FPREG reg={}, offset=0x{:X}", step.offset,
                       register_name(frame.frame_register.value_or(0)), frame.frame_offset);
  case pe::UnwindStep::Kind::machine_frame:
    return fmt::format("0x{:02X}: PUSH_MACHFRAME errcode={}", step.offset, step.value != 0 ? "yes" : "no");
  default:
    return fmt::format("0x{:02X}: other", step.offset);
  }
}

std::vector<pe::FunctionFrame> frames_of(const pe::LoadedFile& image) {
  std::vector<pe::FunctionFrame> frames;
  for (std::uint32_t i = 0; i < pe::table_entries(image.headers); ++i) {
    const auto entry = pe::table_entry(image.read, image.headers, i);
    REQUIRE(entry);
    const auto frame = pe::describe(image.read, image.headers, *entry);
    REQUIRE(frame);
    frames.push_back(*frame);
  }
  return frames;
}

std::string lines_of(const pe::LoadedFile& image) {
  std::string text;
  for (const pe::FunctionFrame& frame : frames_of(image)) {
    text += fmt::format("{:X}-{:X} prolog {}\n", frame.begin, frame.end, frame.prolog_size);
    for (const pe::UnwindStep& step : frame.steps) {
      text += step_text(step, frame) + "\n";
    }
  }
  return text;
}

std::string behind(const std::string& line, const std::string& label) {
  return line.substr(line.find(label) + label.size());
}

// The same from llvm-readobj's report; addresses there are of the preferred base.
std::string lines_of_readobj(const std::string& report) {
  std::istringstream in(report);
  std::string text;
  std::string begin;
  std::string end;
  const auto rva = [](const std::string& value) {
    const std::size_t at = value.find("0x");
    return fmt::format("{:X}", std::stoull(value.substr(at), nullptr, 16) & 0xfffffffU);
  };
  for (std::string line; std::getline(in, line);) {
    line.erase(0, line.find_first_not_of(' '));
    if (line.starts_with("StartAddress:")) {
      begin = rva(line);
    } else if (line.starts_with("EndAddress:")) {
      end = rva(line);
    } else if (line.starts_with("PrologSize:")) {
      text += fmt::format("{}-{} prolog {}\n", begin, end, behind(line, "PrologSize: "));
    } else if (line.starts_with("0x") && line.find(": ") == 4) {
      for (const std::string kind : {"ALLOC_SMALL", "ALLOC_LARGE"}) {
        if (const std::size_t at = line.find(kind); at != std::string::npos) {
          line.replace(at, kind.size(), "ALLOC");
        }
      }
      text += line + "\n";
    }
  }
  return text;
}

// What a prologue of ARM64 does in all: bytes taken, registers kept, whether it is entered by a trap.
struct Effect {
  std::uint64_t frame = 0;
  std::set<unsigned> kept;
  bool sets_frame = false;
  bool trap = false;

  std::string text(std::uint64_t begin, std::uint64_t end) const {
    return fmt::format("{:x}-{:x} {} {{{}}}{}{}\n", begin, end, frame, fmt::join(kept, ","),
                       sets_frame ? " fp" : "", trap ? " trap" : "");
  }
};

std::string effects_of(const pe::LoadedFile& image) {
  using Kind = pe::UnwindStep::Kind;
  std::string text;
  for (const pe::FunctionFrame& frame : frames_of(image)) {
    Effect effect;
    for (const pe::UnwindStep& step : frame.steps) {
      const bool pair = step.kind == Kind::save_pair || step.kind == Kind::push_pair;
      const bool pushes = step.kind == Kind::push || step.kind == Kind::push_pair;
      if (pair || pushes || step.kind == Kind::save) {
        effect.kept.insert(step.reg);
      }
      if (pair) {
        effect.kept.insert(step.reg + 1U);
      }
      effect.frame += pushes || step.kind == Kind::allocate ? step.value : 0;
      effect.sets_frame = effect.sets_frame || step.kind == Kind::set_frame;
      effect.trap = effect.trap || step.kind == Kind::saved_state;
    }
    text += effect.text(frame.begin, frame.end);
  }
  return text;
}

// One line of a prologue as llvm-readobj prints it: "stp x19, lr, [sp, #-32]!".
void add_instruction(Effect& effect, const std::string& line) {
  std::smatch match;
  if (line.find("trap frame") != std::string::npos) {
    effect.trap = true;
  } else if (line.find("mov fp, sp") != std::string::npos || line.find("mov x29, sp") != std::string::npos ||
             line.find("add fp, sp") != std::string::npos) {
    effect.sets_frame = true;
  } else if (std::regex_search(line, match, std::regex(R"(sub sp, (?:sp, )?#(\d+))"))) {
    effect.frame += std::stoul(match[1]);
  } else if (line.find("st") != std::string::npos) {
    const std::regex reg(R"(\b(?:x(\d+)|(lr))\b)");
    for (std::sregex_iterator each(line.begin(), line.end(), reg), end; each != end; ++each) {
      effect.kept.insert((*each)[2].matched ? 30U : static_cast<unsigned>(std::stoul((*each)[1])));
    }
    if (std::regex_search(line, match, std::regex(R"(#-(\d+)\]!)"))) {
      effect.frame += std::stoul(match[1]);
    }
  }
}

std::string effects_of_readobj(const std::string& report) {
  std::istringstream in(report);
  std::string text;
  std::uint64_t begin = 0;
  std::uint64_t length = 0;
  std::optional<Effect> effect; // within a prologue
  for (std::string line; std::getline(in, line);) {
    if (line.find("Function: 0x") != std::string::npos) {
      begin = std::stoull(behind(line, "Function: "), nullptr, 16) & 0xfffffffU;
    } else if (line.find("FunctionLength: ") != std::string::npos) {
      length = std::stoull(behind(line, "FunctionLength: "));
    } else if (line.find("Prologue [") != std::string::npos) {
      effect.emplace();
    } else if (effect && line.find(']') == line.find_first_not_of(' ')) {
      text += effect->text(begin, begin + length);
      effect.reset();
    } else if (effect) {
      add_instruction(*effect, line);
    }
  }
  return text;
}

} // namespace

TEST_CASE("unwind tables are decoded as llvm-readobj shows them", "[pe]") {
  for (const std::string name : {"ntoskrnl.exe", "storvsc.sys", "vmbus.sys"}) {
    CAPTURE(name);
    const std::string path = fmt::format("{}x64/{}", kImages, name);
    const std::string report = output_of({"/usr/bin/llvm-readobj", "--unwind", path});
    const std::string expected = lines_of_readobj(report);
    REQUIRE(expected.size() > 40);
    CHECK(lines_of(load(path)) == expected);
  }
}

TEST_CASE("packed and full unwind data of ARM64 are decoded as llvm-readobj shows them", "[pe]") {
  for (const std::string name : {"ntoskrnl.exe", "storvsc.sys", "vmbus.sys"}) {
    CAPTURE(name);
    const std::string path = fmt::format("{}arm64/{}", kImages, name);
    const std::string expected = effects_of_readobj(output_of({"/usr/bin/llvm-readobj", "--unwind", path}));
    REQUIRE(expected.size() > 20);
    CHECK(effects_of(load(path)) == expected);
  }
}

TEST_CASE("save_any_reg of ARM64 keeps single registers and pairs", "[pe]") {
  constexpr std::uint32_t kAt = 0x2000;
  // 8 instructions, no epilog, two words of codes; the prologue's last instruction stands first.
  const std::array<std::uint8_t, 12> record = {8,    0,    0,    2 << 3, //
                                               0xe7, 0x15, 0x02,         // str x21, [sp, #16]
                                               0xe7, 0x73, 0x01,         // stp x19, x20, [sp, #-32]!
                                               0xe4, 0xe4};
  const pe::ImageReader read = [&record](std::uint64_t rva, std::span<std::byte> out) {
    if (rva < kAt || rva + out.size() > kAt + record.size()) {
      return false;
    }
    std::memcpy(out.data(), record.data() + (rva - kAt), out.size());
    return true;
  };
  const auto frame = pe::describe_arm64(read, {0x1000, 0, kAt});
  REQUIRE(frame);
  REQUIRE(frame->steps.size() == 2);
  CHECK(frame->steps[0].kind == pe::UnwindStep::Kind::save);
  CHECK(frame->steps[0].reg == 21);
  CHECK(frame->steps[0].value == 16);
  CHECK(frame->steps[0].offset == 8);
  CHECK(frame->steps[1].kind == pe::UnwindStep::Kind::push_pair);
  CHECK(frame->steps[1].reg == 19);
  CHECK(frame->steps[1].value == 32);
  CHECK(frame->steps[1].offset == 4);
}

TEST_CASE("every function of the images named in MIGSTORM_IMAGES is decoded", "[pe][.images]") {
  const char* folder = std::getenv("MIGSTORM_IMAGES");
  REQUIRE(folder != nullptr);
  for (const auto& each : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string extension = each.path().extension().string();
    if (!each.is_regular_file() || (extension != ".sys" && extension != ".exe")) {
      continue;
    }
    const pe::LoadedFile image = load(each.path().string());
    const std::uint32_t entries = pe::table_entries(image.headers);
    WARN(each.path().filename().string() << ": " << entries << " functions");
    for (std::uint32_t i = 0; i < entries; ++i) {
      const auto entry = pe::table_entry(image.read, image.headers, i);
      REQUIRE(entry);
      INFO(fmt::format("function at {:#x}", entry->begin));
      CHECK(pe::describe(image.read, image.headers, *entry));
    }
  }
}

TEST_CASE("a function is found by any address in it, and what lies between is a leaf", "[pe]") {
  const pe::LoadedFile image = load(kImages + "x64/storvsc.sys");
  const pe::FunctionAt found = pe::function_at(image.read, image.headers, 0x1080);
  REQUIRE(found.kind == pe::FunctionKind::described);
  CHECK(found.frame.begin == 0x1060);
  CHECK(found.frame.end == 0x10ba);
  CHECK(pe::function_at(image.read, image.headers, 0x1000).kind == pe::FunctionKind::leaf);
  CHECK(pe::function_at(image.read, image.headers, 0x10bc).kind == pe::FunctionKind::leaf);
}

TEST_CASE("an image names its PDB and its exports", "[pe]") {
  const pe::LoadedFile image = load(kImages + "x64/ntoskrnl.exe");
  const auto identity = pe::read_pdb_identity(image.read, image.headers);
  REQUIRE(identity);
  CHECK(identity->file == "ntkrnlmp.pdb");
  CHECK(identity->guid.size() == 32);
  const pe::Exports exports(image.read, image.headers);
  const auto rva = exports.rva_of("KeLowerIrql");
  REQUIRE(rva);
  const auto found = exports.nearest(*rva + 3);
  REQUIRE(found);
  CHECK(found->name == "KeLowerIrql");
  CHECK(found->offset == 3);
  CHECK_FALSE(exports.rva_of("KeNoSuchThing"));
}

TEST_CASE("no bytes of an image that is cut or spoilt are read out of bounds", "[pe][hostile]") {
  const std::string whole = read_file(kImages + "x64/ntoskrnl.exe");
  std::uint32_t noise = 12345;
  for (std::size_t round = 0; round < 600; ++round) {
    std::string spoilt = whole.substr(0, round % 3 == 0 ? whole.size() * round / 600 : whole.size());
    for (std::size_t i = 0; i < 8 && !spoilt.empty(); ++i) {
      noise = noise * 1664525 + 1013904223;
      spoilt[noise % spoilt.size()] = static_cast<char>(noise >> 24U);
    }
    const Bytes bytes(reinterpret_cast<const std::byte*>(spoilt.data()), spoilt.size());
    const Result<pe::LoadedFile> loaded = pe::lay_out(std::make_shared<kdump::SpanSource>(bytes));
    if (!loaded) {
      CHECK_FALSE(loaded.error().detail.empty());
      continue;
    }
    const pe::Exports exports(loaded->read, loaded->headers);
    for (std::uint32_t rva = 0x1000; rva < 0x3000; rva += 0x31) {
      const pe::FunctionAt found = pe::function_at(loaded->read, loaded->headers, rva);
      CHECK((found.kind != pe::FunctionKind::described || found.frame.begin <= rva));
      exports.nearest(rva);
    }
    pe::read_pdb_identity(loaded->read, loaded->headers);
  }
}
