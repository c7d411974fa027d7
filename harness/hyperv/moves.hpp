// Starting and ending a move. In the steady state (both hosts probed) a start is exactly one request.
#pragma once

#include "harness/hyperv/directory.hpp"

namespace migstorm::hyperv {

Task<Result<MoveTicket>> start_move(Directory& directory, Move move);
Task<Status> cancel_move(Directory& directory, MoveTicket ticket);

} // namespace migstorm::hyperv
