// A scenario as the operator wrote it, checked and with every default filled in. Units: bytes, nanoseconds.
#pragma once

#include <migstorm/crash.hpp>
#include <migstorm/hyperv.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace migstorm {

enum class CampaignKind : std::uint8_t { reproduce, verify, soak };
enum class RouteKind : std::uint8_t { ring, ping_pong, random };
enum class ViaChoice : std::uint8_t { automatic, wmi, cluster };
std::string_view to_string(CampaignKind kind) noexcept;
std::string_view to_string(RouteKind kind) noexcept;
std::string_view to_string(ViaChoice via) noexcept;

struct DiskSpec {
  hyperv::ControllerBus bus = hyperv::ControllerBus::scsi;
  hyperv::DiskType type = hyperv::DiskType::dynamic;
  hyperv::DiskFormat format = hyperv::DiskFormat::vhd;
  std::uint64_t size = 0;
  std::uint32_t count = 1;
};

struct LoadSpec {
  std::string pattern = "expand";
  std::uint64_t block = 64ULL << 10;
  std::uint64_t rate_per_disk = 40ULL << 20; // bytes a second
  std::string when = "around-moves";         // or always
  std::uint32_t recycle_percent = 80;
  std::optional<std::uint64_t> budget_written;
};

struct MigrateSpec {
  ViaChoice via = ViaChoice::automatic;
  RouteKind route = RouteKind::ring;
  std::uint32_t count = 0;
  std::uint32_t per_host = 1; // concurrency, never above what the hosts themselves allow
  std::uint32_t total = 1;    // per_host where only that is given
  Span dwell_min{};
  Span dwell_max{};
  Span timeout = std::chrono::minutes(10);
};

struct QualifySpec {
  std::uint64_t disk_growth_min = 0; // bytes; 0: growth is not asked for
  bool load_alive = false;
  bool detectors_applicable = true; // false: `detectors: none`
};

struct StopSpec {
  std::optional<std::uint32_t> same_signature;
  std::optional<Span> after;
  bool verdict_decided = false;
};

// When the whole run pauses, see campaign/breaker.hpp.
struct BreakerSpec {
  std::uint32_t failed_moves = 5; // in a row
  std::uint32_t resumes = 1;      // how often it goes on by itself
};

// Whether the detectors are tried out on a canary, see campaign/self_test.hpp.
struct SelfTestSpec {
  bool nmi = false;
  Span every = std::chrono::hours(8);
};

struct WatchSpec {
  std::vector<DetectorKind> off; // crash detectors that this run does without
};

struct VerifySpec {
  std::string baseline_run;            // or
  std::optional<double> baseline_rate; // crashes per qualified migration
  double fixed_rate_of_baseline = 0.1;
  double alpha = 0.05;
  double beta = 0.05;
  std::string design = "auto";
};

struct Scenario {
  std::string path;
  std::string name;
  CampaignKind campaign = CampaignKind::soak;
  std::string lab;                // path as written, relative to the scenario's folder; may be empty
  std::string guests_match = "*"; // glob over ElementName
  std::vector<DiskSpec> disks;
  std::optional<LoadSpec> load;
  MigrateSpec migrate;
  QualifySpec qualify;
  StopSpec stop;
  BreakerSpec breaker;
  SelfTestSpec self_test;
  WatchSpec watch;
  std::optional<VerifySpec> verify;
  std::string collect_dumps = "new-signatures";       // none | new-signatures | all
  std::optional<std::uint64_t> collect_keep;          // bytes of all dumps of the run, packed
  std::optional<std::uint32_t> collect_per_signature; // dumps of one signature
  bool restore_placement = true;
  std::string run_window;              // "20:00-06:00 Europe/Berlin"; empty: always
  std::vector<std::string> run_except; // days on which no window opens, "2026-12-24"
  bool report_html = false;
  bool report_junit = false;
  std::string mail;
  bool has_sweep = false; // `sweep:` or `arms:` is present: valid, and refused by run until it is built
  bool has_arms = false;
  std::string source; // the YAML text, as it was read (with --set applied), for the journal
};

// A guest the plan may use, in the order of the plan.
struct PlanGuest {
  hyperv::GuestId id;
  std::string name;
  hyperv::HostName host;               // where it is when the plan is made
  std::vector<hyperv::HostName> reach; // hosts it can go to, its own included, in the lab file's order
};

// One planned migration. The plan is a pure function of scenario, guests and seed.
struct Step {
  std::uint32_t index = 0; // 0 .. count-1
  std::uint32_t guest = 0; // index into the plan's guests
  hyperv::HostName from;   // where the guest is if everything before it went as planned
  hyperv::HostName to;
  Span dwell{}; // how long the guest rests before this step
};

} // namespace migstorm
