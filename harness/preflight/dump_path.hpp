// Whether the guests of a plan would leave a dump, and whether their cluster would let them finish writing
// it. Changes nothing.
#pragma once

#include "harness/preflight/finding.hpp"

#include <migstorm/hyperv.hpp>
#include <migstorm/runtime.hpp>
#include <migstorm/task.hpp>

#include <string>
#include <vector>

namespace migstorm::preflight {

// One finding for each thing that could keep the dump from being written, the good ones too: dump-kind,
// dump-restart, dump-overwrite, dump-space, dump-log.
std::vector<Finding> judge_dump_setup(const std::string& guest, const hyperv::DumpSetup& setup);

// "heartbeat-recovery": the cluster may reset the guest in the middle of its dump.
Finding judge_recovery(const std::string& guest, const hyperv::HeartbeatRecovery& rule);

// `guests`: those of the plan. Guests that the lab file gives no way to are named.
Task<std::vector<Finding>> check_dump_path(Runtime& runtime, hyperv::Cluster& cluster,
                                           std::vector<hyperv::GuestFacts> guests);

} // namespace migstorm::preflight
