#include <migstorm/scenario.hpp>

namespace migstorm {

std::string_view to_string(CampaignKind kind) noexcept {
  switch (kind) {
  case CampaignKind::reproduce:
    return "reproduce";
  case CampaignKind::verify:
    return "verify";
  case CampaignKind::soak:
    break;
  }
  return "soak";
}

std::string_view to_string(RouteKind kind) noexcept {
  switch (kind) {
  case RouteKind::ring:
    return "ring";
  case RouteKind::ping_pong:
    return "ping-pong";
  case RouteKind::random:
    break;
  }
  return "random";
}

std::string_view to_string(ViaChoice via) noexcept {
  switch (via) {
  case ViaChoice::automatic:
    return "auto";
  case ViaChoice::wmi:
    return "wmi";
  case ViaChoice::cluster:
    break;
  }
  return "cluster";
}

} // namespace migstorm
