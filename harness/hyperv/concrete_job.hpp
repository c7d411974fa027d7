// Jobs that methods other than moves start: CIM_ConcreteJob in any of its classes.
#pragma once

#include "harness/hyperv/host.hpp"

namespace migstorm::hyperv {

// Asks every half second until the job has ended. nullopt: the host does not know it any more, or it has not
// ended within `patience`; what became of it shows when one looks at what it was to do.
Task<Result<std::optional<Job>>> wait_for_job(Host& host, wsman::Reference job, Span patience);

// "Add... ended as exception: error 32768, The file exists (0x80070050)"; nothing wrong: Unit.
Status check_job(std::string_view method, const Job& job);

} // namespace migstorm::hyperv
