#include "harness/gather/fetch.hpp"

#include "harness/gather/partial_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>

namespace migstorm::gather {
namespace {

constexpr std::size_t kPieceCopied = 4 * SeekableZstd::kFrameSize; // of one read
constexpr std::uint64_t kTurn = 8 * kPieceCopied;                  // between two looks at limits and wishes
constexpr std::uint64_t kLookEvery = 512ULL << 20U;                // whether the original is still the same
constexpr std::size_t kHeader = 0x2000;
constexpr std::uint64_t kRatePerTurn = 4; // turns a second where the rate is limited

class DiskSpace final : public FreeSpace {
public:
  Result<std::uint64_t> available(const std::string& folder) override {
    std::error_code error;
    const auto space = std::filesystem::space(folder, error);
    if (error) {
      return Error{Errc::storage, fmt::format("{}: {}", folder, error.message())};
    }
    return space.available;
  }
};

// The blocking side. Each function is one piece of work on the lane.
class Copy {
public:
  Copy(DumpFile& file, FreeSpace& space, const FetchRequest& request)
      : file_(file), space_(space), request_(request), buffer_(kPieceCopied) {}

  Status begin() {
    Result<Original> original = look();
    if (!original) {
      return std::move(original).error();
    }
    original_ = *std::move(original);
    Result<std::unique_ptr<PartialFile>> partial = PartialFile::open(request_.path, original_);
    if (!partial) {
      return std::move(partial).error();
    }
    partial_ = *std::move(partial);
    resumed_at_ = partial_->raw_size();
    file_.read_on();
    return Unit{};
  }

  bool done() const { return partial_->raw_size() == original_.size; }
  std::uint64_t copied() const { return partial_->raw_size() - resumed_at_; }

  // About `bytes` more.
  Status go_on(std::uint64_t bytes) {
    if (Status room = check_room(); !room) {
      return room;
    }
    const std::uint64_t until = std::min(original_.size, partial_->raw_size() + bytes);
    while (partial_->raw_size() < until) {
      const auto size = static_cast<std::size_t>(
          std::min<std::uint64_t>(kPieceCopied, original_.size - partial_->raw_size()));
      if (Status copied = copy_piece(std::span(buffer_).first(size)); !copied) {
        return copied;
      }
    }
    if (partial_->raw_size() >= look_at_) {
      look_at_ = partial_->raw_size() + kLookEvery;
      return check_same();
    }
    return Unit{};
  }

  Result<Fetched> finish() {
    if (Status same = check_same(); !same) {
      return std::move(same).error();
    }
    Result<std::string> hash = partial_->finish();
    if (!hash) {
      return std::move(hash).error();
    }
    return Fetched{request_.path, *std::move(hash), original_.size, partial_->packed_size(), resumed_at_};
  }

private:
  Result<Original> look() {
    const Result<DumpFacts> facts = file_.facts();
    if (!facts) {
      return facts.error();
    }
    std::vector<std::byte> header(kHeader);
    const Result<std::size_t> got = file_.read_at(0, header);
    if (!got) {
      return got.error();
    }
    return Original{*facts, file_.size(), sha256_of(Bytes(header).first(*got))};
  }

  Status check_same() {
    const Result<Original> now = look();
    if (!now) {
      return now.error();
    }
    if (now->facts == original_.facts && now->header_sha256 == original_.header_sha256) {
      return Unit{};
    }
    partial_->discard();
    return Error{Errc::stale, fmt::format("{} was replaced while it was copied", file_.place())};
  }

  Status check_room() {
    if (partial_->packed_size() > request_.limits.packed_max) {
      partial_->discard();
      return Error{Errc::over_limit, fmt::format("{}: more than the {} bytes that it may take", file_.place(),
                                                 request_.limits.packed_max)};
    }
    const std::string folder = std::filesystem::path(request_.path).parent_path().string();
    const Result<std::uint64_t> room = space_.available(folder);
    if (!room) {
      return room.error();
    }
    if (*room < request_.limits.keep_free + kTurn) {
      return Error{Errc::storage, fmt::format("{}: {} bytes are free, {} are to stay free", folder, *room,
                                              request_.limits.keep_free)};
    }
    return Unit{};
  }

  Status copy_piece(std::span<std::byte> piece) {
    const Result<std::size_t> got = file_.read_at(partial_->raw_size(), piece);
    if (!got) {
      return got.error();
    }
    if (*got != piece.size()) {
      partial_->discard();
      return Error{Errc::stale, fmt::format("{} became shorter while it was copied", file_.place())};
    }
    for (Bytes rest = piece; !rest.empty();) {
      const Bytes frame = rest.first(std::min(rest.size(), SeekableZstd::kFrameSize));
      if (Status appended = partial_->append(frame); !appended) {
        return appended;
      }
      rest = rest.subspan(frame.size());
    }
    return Unit{};
  }

  DumpFile& file_;
  FreeSpace& space_;
  const FetchRequest& request_;
  std::vector<std::byte> buffer_;
  Original original_;
  std::unique_ptr<PartialFile> partial_;
  std::uint64_t resumed_at_ = 0;
  std::uint64_t look_at_ = kLookEvery;
};

std::uint64_t turn_size(std::uint64_t rate) {
  return rate == 0 ? kTurn : std::clamp<std::uint64_t>(rate / kRatePerTurn, SeekableZstd::kFrameSize, kTurn);
}

// When this many bytes may have been copied.
Span time_for(std::uint64_t bytes, std::uint64_t rate) {
  return rate == 0 ? Span{}
                   : Span(std::chrono::nanoseconds(static_cast<std::int64_t>(
                         static_cast<double>(bytes) / static_cast<double>(rate) * 1e9)));
}

Task<Status> offloaded(Runtime& runtime, OffloadLane lane, std::function<Status()> work) {
  std::optional<Status> result;
  std::function<void()> job = [&] { result = work(); };
  auto done = runtime.offload(lane, std::move(job));
  co_await std::move(done);
  co_return *std::move(result);
}

} // namespace

std::unique_ptr<FreeSpace> make_disk_space() { return std::make_unique<DiskSpace>(); }

Task<Result<Fetched>> fetch(Runtime& runtime, OffloadLane lane, DumpFile& file, FreeSpace& space,
                            FetchRequest request) {
  Copy copy(file, space, request);
  const std::uint64_t turn = turn_size(request.limits.rate);
  const Instant began = runtime.now();
  std::function<Status()> begin = [&copy] { return copy.begin(); };
  Status going = co_await offloaded(runtime, lane, std::move(begin));
  while (going && !copy.done()) {
    if (request.wanted && !request.wanted()) {
      co_return Error{Errc::cancelled, "the copy was broken off"};
    }
    std::function<Status()> more = [&copy, turn] { return copy.go_on(turn); };
    going = co_await offloaded(runtime, lane, std::move(more));
    if (going && !copy.done() && request.limits.rate != 0) {
      co_await runtime.sleep_until(began + time_for(copy.copied(), request.limits.rate));
    }
  }
  if (!going) {
    co_return std::move(going).error();
  }
  std::optional<Result<Fetched>> result;
  std::function<Status()> end = [&copy, &result] {
    result = copy.finish();
    return Status(Unit{});
  };
  [[maybe_unused]] const Status ended = co_await offloaded(runtime, lane, std::move(end));
  co_return *std::move(result);
}

} // namespace migstorm::gather
