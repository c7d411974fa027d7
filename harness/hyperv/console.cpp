#include "harness/hyperv/console.hpp"

#include "harness/hyperv/change_arguments.hpp"
#include "harness/hyperv/probe.hpp"
#include "harness/hyperv/read_method.hpp"
#include "harness/watch/thumbnail_size.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace migstorm::hyperv {

namespace {

constexpr std::string_view kMethod = "GetVirtualSystemThumbnailImage";
constexpr std::uint64_t kByteMax = 255;

std::optional<std::vector<std::uint8_t>> to_pixels(const wsman::Instance& out, watch::ThumbnailSize size) {
  const std::vector<std::uint64_t> values = out.numbers("ImageData");
  const bool bytes =
      std::all_of(values.begin(), values.end(), [](std::uint64_t value) { return value <= kByteMax; });
  if (!bytes || values.size() != std::size_t{2} * size.width * size.height) {
    return std::nullopt;
  }
  std::vector<std::uint8_t> pixels(values.size());
  std::transform(values.begin(), values.end(), pixels.begin(),
                 [](std::uint64_t value) { return static_cast<std::uint8_t>(value); });
  return pixels;
}

// An answer that did not fit is told as such, or is an unknown outcome like one that got lost.
bool may_have_been_too_large(Errc code) { return code == Errc::unknown_outcome || code == Errc::too_large; }

} // namespace

Task<Result<ConsolePicture>> read_console(Host& host, GuestId guest) {
  Result<KnownPtr> known = co_await known_host(host);
  if (!known) {
    co_return std::move(known).error();
  }
  if (!(*known)->has_hyperv()) {
    co_return Error{Errc::unsupported, "the host has no virtualization namespace"};
  }
  const auto id = to_guid(guest);
  const auto size =
      watch::thumbnail_size(std::min<std::uint64_t>(host.client->envelope_size(), host.habits.picture_max));
  if (!id || !size) {
    co_return id ? Error{Errc::unsupported, "no picture of a console fits the host's envelopes"}
                 : Error{Errc::not_found, "not a guest's id"};
  }
  wsman::Reference service = service_reference(**known, "Msvm_VirtualSystemManagementService", "vmms");
  std::vector<wsman::Argument> arguments{
      wsman::Argument::reference("TargetSystem", settings_reference(**known, *id)),
      wsman::Argument::scalar("WidthPixels", std::to_string(size->width)),
      wsman::Argument::scalar("HeightPixels", std::to_string(size->height))};
  Result<ReadAnswer> answer =
      co_await read_method(host, std::move(service), std::string(kMethod), std::move(arguments));
  if (!answer) {
    if (may_have_been_too_large(answer.error().code)) {
      host.habits.picture_max = watch::envelope_for(*size) - 1;
    }
    co_return std::move(answer).error();
  }
  Status accepted = check_return(kMethod, answer->result.return_value);
  if (!accepted) {
    co_return std::move(accepted).error();
  }
  auto pixels = to_pixels(answer->result.out, *size);
  if (!pixels) {
    co_return Error{Errc::remote_fault,
                    fmt::format("{}: the picture is not {}x{} pixels", kMethod, size->width, size->height)};
  }
  co_return ConsolePicture{size->width, size->height, std::move(*pixels)};
}

} // namespace migstorm::hyperv
