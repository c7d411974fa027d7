#include "harness/gather/hook_way.hpp"

#include "harness/gather/program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace migstorm::gather {
namespace {

constexpr std::size_t kStatMax = 200;
constexpr int kNotThere = 2;
constexpr int kNotAllowed = 3;

struct Hook {
  std::vector<std::string> command; // expanded
  Guest guest;
  std::chrono::milliseconds limit;

  Result<std::string> ask(std::vector<std::string> verb, std::size_t output_max) const {
    ProgramCall call;
    call.command = command;
    call.command.insert(call.command.end(), verb.begin(), verb.end());
    call.variables = {{"MIGSTORM_GUEST", guest.name}, {"MIGSTORM_ADDRESS", guest.address}};
    call.output_max = output_max;
    call.limit = limit;
    Result<ProgramEnd> end = run_program(call);
    if (!end) {
      return std::move(end).error();
    }
    if (end->code != 0) {
      const Errc code = end->code == kNotThere     ? Errc::not_found
                        : end->code == kNotAllowed ? Errc::denied
                                                   : Errc::remote_fault;
      return Error{code, fmt::format("{} {}: ended with {}{}{}", command.front(), verb.front(), end->code,
                                     end->complaint.empty() ? "" : ": ", end->complaint)};
    }
    return std::move(end->output);
  }

  Result<DumpFacts> stat() const {
    Result<std::string> text = ask({"stat"}, kStatMax);
    if (!text) {
      return std::move(text).error();
    }
    DumpFacts facts;
    const char* end = text->data() + text->size();
    const auto size = std::from_chars(text->data(), end, facts.size);
    const auto modified = size.ec == std::errc() && size.ptr != end && *size.ptr == ' '
                              ? std::from_chars(size.ptr + 1, end, facts.modified_ns)
                              : std::from_chars_result{size.ptr, std::errc::invalid_argument};
    const bool rest =
        std::all_of(modified.ptr, end, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
    if (modified.ec != std::errc() || !rest || facts.size > static_cast<std::uint64_t>(INT64_MAX)) {
      return Error{Errc::malformed, command.front() + " stat: wrote something else than SIZE MODIFIED"};
    }
    return facts;
  }
};

class HookDump final : public DumpFile {
public:
  HookDump(Hook hook, std::uint64_t size)
      : hook_(std::move(hook)), size_(size), place_(fmt::format("{}", fmt::join(hook_.command, " "))) {}

  std::uint64_t size() const override { return size_; }
  Result<DumpFacts> facts() override { return hook_.stat(); }
  const std::string& place() const noexcept override { return place_; }

private:
  Result<std::size_t> fetch(std::uint64_t offset, std::span<std::byte> out) override {
    const Result<std::string> bytes =
        hook_.ask({"read", std::to_string(offset), std::to_string(out.size())}, out.size());
    if (!bytes) {
      return bytes.error();
    }
    if (bytes->size() != out.size()) {
      return Error{Errc::truncated,
                   fmt::format("{} read: {} bytes of {}", hook_.command.front(), bytes->size(), out.size())};
    }
    std::memcpy(out.data(), bytes->data(), out.size());
    return out.size();
  }

  Hook hook_;
  std::uint64_t size_;
  std::string place_;
};

class HookWay final : public Way {
public:
  HookWay(std::vector<std::string> command, std::chrono::milliseconds limit)
      : command_(std::move(command)), limit_(limit), text_(fmt::format("{}", fmt::join(command_, " "))) {}

  const std::string& text() const noexcept override { return text_; }

  Result<std::unique_ptr<DumpFile>> open(const Guest& guest) override {
    Result<Hook> hook = hook_for(guest);
    if (!hook) {
      return std::move(hook).error();
    }
    const Result<DumpFacts> facts = hook->stat();
    if (!facts) {
      return facts.error();
    }
    return std::unique_ptr<DumpFile>(std::make_unique<HookDump>(*std::move(hook), facts->size));
  }

  Status reach(const Guest& guest) override {
    const Result<Hook> hook = hook_for(guest);
    const Result<DumpFacts> facts = hook ? hook->stat() : Result<DumpFacts>(hook.error());
    return facts || facts.error().code == Errc::not_found ? Status(Unit{}) : Status(facts.error());
  }

private:
  Result<Hook> hook_for(const Guest& guest) const {
    Hook hook{{command_.front()}, guest, limit_};
    for (std::size_t i = 1; i < command_.size(); ++i) {
      Result<std::string> argument = expand(command_[i], guest);
      if (!argument) {
        return std::move(argument).error();
      }
      hook.command.push_back(*std::move(argument));
    }
    return hook;
  }

  std::vector<std::string> command_;
  std::chrono::milliseconds limit_;
  std::string text_;
};

} // namespace

std::unique_ptr<Way> make_hook_way(std::vector<std::string> command, std::chrono::milliseconds limit) {
  return std::make_unique<HookWay>(std::move(command), limit);
}

} // namespace migstorm::gather
