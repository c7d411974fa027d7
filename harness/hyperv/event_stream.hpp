// The logs of one machine as a stream: by subscription, and by queries where subscriptions are refused.
#pragma once

#include "harness/hyperv/event_logs.hpp"
#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

// What came after the marks. One question at a time. unsupported: the first of the wanted logs is not to be
// had in either way.
Task<Result<RawBatch>> read_event_stream(Host& machine, const std::vector<LogWish>& wishes,
                                         std::vector<EventMark> marks);
// Win32_NTLogEvent; of a host the logs that tell of crashes, each with a question of its own.
Task<Result<RawBatch>> query_events(Host& machine, const std::vector<LogWish>& wishes,
                                    std::vector<EventMark> marks);
Task<Unit> end_event_stream(Host& machine);

} // namespace migstorm::hyperv
