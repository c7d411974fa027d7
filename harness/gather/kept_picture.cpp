#include "harness/gather/kept_picture.hpp"

#include "harness/gather/dump_gatherer.hpp"
#include "harness/gather/evidence.hpp"
#include "harness/gather/png.hpp"

#include <functional>
#include <utility>

namespace migstorm::gather {
namespace {

class FolderKeeper final : public PictureKeeper {
public:
  FolderKeeper(Runtime& runtime, std::string folder) : runtime_(runtime), folder_(std::move(folder)) {}

  Task<Status> keep(Crash crash, hyperv::ConsolePicture picture) override {
    const Result<std::string> png = to_png(picture);
    if (!png) {
      co_return png.error();
    }
    const std::string folder = folder_ + "/" + crash_folder(crash);
    Status written = Unit{};
    std::function<void()> work = [&] { written = write_evidence_file(folder, kPictureName, *png); };
    auto done = runtime_.offload(OffloadLane::files, std::move(work));
    co_await std::move(done);
    co_return written;
  }

private:
  Runtime& runtime_;
  std::string folder_;
};

} // namespace

std::unique_ptr<PictureKeeper> make_picture_keeper(Runtime& runtime, std::string folder) {
  return std::make_unique<FolderKeeper>(runtime, std::move(folder));
}

} // namespace migstorm::gather
