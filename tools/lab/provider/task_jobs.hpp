// Jobs of what is no migration: disks and power.
#pragma once

#include "tools/lab/provider/host_context.hpp"

namespace migstorm::lab {

// The method's answer to what the model said: its return value, and the job where there is one.
cim::MethodResult task_result(const VirtContext& context, const TaskReply& reply);

} // namespace migstorm::lab
