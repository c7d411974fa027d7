// The terse text in which schema/*.cpp writes classes down, one table per family.
//
//   properties  "string: Caption Roles[]; uint16: HealthState; @element": type, then names, "[]" for arrays;
//               "@name" stands for a fragment of kFragments; a later mention replaces an earlier one.
//               "Name^2016": from that release on.
//   constants   "HealthState=5; BootOrder=1,2,3,0": values that every instance starts with
//   methods     "static Create(<CommandLine:string >ProcessId:uint32); Reset()": "<" in, ">" out, "[]" arrays
#pragma once

#include "tools/lab/engine/state.hpp"

#include <span>
#include <string_view>

namespace migstorm::lab::schema {

struct ClassText {
  std::string_view name;
  std::string_view parent = {};
  std::string_view keys = {};
  std::string_view properties = {};
  std::string_view constants = {};
  std::string_view methods = {};
  Release since = Release::w2008r2sp1;
  bool association = false;
};

struct Fragment {
  std::string_view name;
  std::string_view properties;
};

std::span<const Fragment> fragments() noexcept;

std::span<const ClassText> virtualization_services() noexcept;
std::span<const ClassText> virtualization_systems() noexcept;
std::span<const ClassText> virtualization_devices() noexcept;
std::span<const ClassText> virtualization_hardware() noexcept;
std::span<const ClassText> virtualization_v1() noexcept;
std::span<const ClassText> cluster() noexcept;
std::span<const ClassText> cimv2() noexcept;
std::span<const ClassText> standard_cimv2() noexcept;
std::span<const ClassText> registry() noexcept;

} // namespace migstorm::lab::schema
