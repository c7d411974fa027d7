// The words a scenario chooses from, in the order of the values they stand for.
#pragma once

#include "harness/scenario/yaml.hpp"

#include <migstorm/scenario.hpp>

#include <string_view>
#include <utility>
#include <vector>

namespace migstorm {

template <class T>
using Words = std::vector<std::pair<std::string_view, T>>;

namespace words {

inline const Words<CampaignKind> kCampaigns = {
    {"reproduce", CampaignKind::reproduce}, {"verify", CampaignKind::verify}, {"soak", CampaignKind::soak}};
inline const Words<RouteKind> kRoutes = {
    {"ring", RouteKind::ring}, {"ping-pong", RouteKind::ping_pong}, {"random", RouteKind::random}};
inline const Words<ViaChoice> kVias = {
    {"auto", ViaChoice::automatic}, {"wmi", ViaChoice::wmi}, {"cluster", ViaChoice::cluster}};
inline const Words<hyperv::ControllerBus> kBuses = {{"scsi", hyperv::ControllerBus::scsi},
                                                    {"ide", hyperv::ControllerBus::ide}};
inline const Words<hyperv::DiskType> kDiskTypes = {{"dynamic", hyperv::DiskType::dynamic},
                                                   {"fixed", hyperv::DiskType::fixed}};
inline const Words<hyperv::DiskFormat> kFormats = {{"vhd", hyperv::DiskFormat::vhd},
                                                   {"vhdx", hyperv::DiskFormat::vhdx}};
inline const Words<bool> kDetectors = {{"applicable", true}, {"none", false}};
inline const Words<bool> kProvocations = {{"none", false}, {"nmi", true}};
inline const Words<bool> kPlacements = {{"restore", true}, {"leave", false}};

inline const std::vector<std::string_view> kPatterns = {"expand"};
inline const std::vector<std::string_view> kLoadTimes = {"around-moves", "always"};
inline const std::vector<std::string_view> kDesigns = {"auto", "fisher", "sprt", "fixed"};
inline const std::vector<std::string_view> kDumps = {"none", "new-signatures", "all"};
inline const std::vector<std::string_view> kCombinations = {"grid", "pairwise"};

} // namespace words

// The value whose word stands at the node; a wrong word is a diagnostic that lists them.
template <class T>
T pick(const yaml::Node& node, const Words<T>& choices, T fallback) {
  if (!node.defined()) {
    return fallback;
  }
  std::vector<std::string_view> names;
  for (const auto& choice : choices) {
    names.push_back(choice.first);
  }
  const std::size_t index = node.choice(names, choices.size());
  return index < choices.size() ? choices[index].second : fallback;
}

template <class T>
std::string_view word_for(T value, const Words<T>& choices) noexcept {
  for (const auto& choice : choices) {
    if (choice.second == value) {
      return choice.first;
    }
  }
  return "";
}

} // namespace migstorm
