// What a host does to machines and disk files when it is asked, beside moving them. What it can do at once it
// answers with 0; for the rest there is a job.
#pragma once

#include "tools/lab/engine/state.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace migstorm::lab {

enum class TaskKind : std::uint8_t {
  create_file,
  add_controller, // SCSI
  add_drive,
  add_image,
  remove_image,
  remove_drive,
  turn_on,
  turn_off,
  reset,
};
inline constexpr std::size_t kTaskKinds = 9;
// Return values of Hyper-V's methods.
inline constexpr std::uint32_t kJobStarted = 4096;
inline constexpr std::uint32_t kFailed = 32768;
inline constexpr std::uint32_t kInvalidParameter = 32773;
inline constexpr std::uint32_t kInvalidState = 32775;
inline constexpr std::uint32_t kNotAvailable = 32777;

inline constexpr std::size_t kPathMax = 1024; // bytes

inline constexpr std::uint32_t kScsiControllersMax = 4;
inline constexpr std::uint32_t kScsiSlots = 64;
inline constexpr std::uint32_t kIdeControllers = 2; // every generation 1 machine has both
inline constexpr std::uint32_t kIdeSlots = 2;

struct TaskRequest {
  TaskKind kind = TaskKind::create_file;
  GuestIndex guest = 0; // of all but create_file
  Place place;          // of drives and images
  std::string path;     // of create_file and add_image
  std::uint64_t size = 0;
  VhdType type = VhdType::dynamic;
  VhdFormat format = VhdFormat::vhd;
};

// 0 done, 4096 with a job, or why not: 32768 failed, 32773 invalid parameter, 32775 invalid state, ...
struct TaskReply {
  std::uint32_t return_value = 0;
  std::string job; // InstanceID
  std::string why;
};

// CIM_ConcreteJob of something that is no move, on the host that was asked. It is gone five minutes after its
// end, and when the host restarts.
struct TaskJob {
  std::string id; // GUID
  HostIndex host = 0;
  TaskRequest request;
  JobStatus state = JobStatus::running;
  std::uint16_t error_code = 0;
  std::string error; // ErrorDescription
  Instant submitted{};
  Instant due{};
  std::optional<Instant> ended;
};

// A virtual disk file that no machine has.
struct LooseFile {
  Disk disk;
  std::optional<HostIndex> host; // whose own disk it lies on; absent: shared storage
};

} // namespace migstorm::lab
