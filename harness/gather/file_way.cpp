#include "harness/gather/file_way.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <string_view>
#include <sys/stat.h>
#include <system_error>

namespace migstorm::gather {
namespace {

constexpr std::string_view kScheme = "file://";

Result<DumpFacts> facts_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    const Errc code = errno == ENOENT || errno == ENOTDIR ? Errc::not_found
                      : errno == EACCES                   ? Errc::denied
                                                          : Errc::transport;
    return Error{code, fmt::format("{}: {}", path, std::generic_category().message(errno))};
  }
  return DumpFacts{static_cast<std::uint64_t>(status.st_size),
                   std::int64_t{status.st_mtim.tv_sec} * 1'000'000'000 + status.st_mtim.tv_nsec};
}

class LocalDump final : public DumpFile {
public:
  LocalDump(std::string path, std::unique_ptr<kdump::ByteSource> content)
      : path_(std::move(path)), content_(std::move(content)) {
    for (const std::string& one : content_->remarks()) {
      remark(one);
    }
  }

  std::uint64_t size() const override { return content_->size(); }
  Result<DumpFacts> facts() override { return facts_of(path_); }
  const std::string& place() const noexcept override { return path_; }

private:
  Result<std::size_t> fetch(std::uint64_t offset, std::span<std::byte> out) override {
    return content_->read_at(offset, out);
  }

  std::string path_;
  std::unique_ptr<kdump::ByteSource> content_;
};

class FileWay final : public Way {
public:
  explicit FileWay(std::string url) : url_(std::move(url)) {}

  const std::string& text() const noexcept override { return url_; }

  Result<std::unique_ptr<DumpFile>> open(const Guest& guest) override {
    Result<std::string> path = expand(url_.substr(kScheme.size()), guest);
    if (!path) {
      return std::move(path).error();
    }
    std::error_code error;
    if (!std::filesystem::exists(*path, error)) {
      return Error{Errc::not_found, fmt::format("{} is not there", *path)};
    }
    Result<std::unique_ptr<kdump::ByteSource>> content = kdump::open_dump_file(*path);
    if (!content) {
      return std::move(content).error().within(*path);
    }
    return std::unique_ptr<DumpFile>(std::make_unique<LocalDump>(*path, *std::move(content)));
  }

  Status reach(const Guest& guest) override {
    const Result<std::string> path = expand(url_.substr(kScheme.size()), guest);
    if (!path) {
      return path.error();
    }
    const Result<DumpFacts> folder = facts_of(std::filesystem::path(*path).parent_path().string());
    return folder ? Status(Unit{}) : Status(folder.error());
  }

private:
  std::string url_;
};

} // namespace

std::unique_ptr<Way> make_file_way(std::string url) { return std::make_unique<FileWay>(std::move(url)); }

} // namespace migstorm::gather
