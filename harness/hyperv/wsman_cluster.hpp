// The port hyperv::Cluster over WS-Management: real hosts and the simulated cluster alike.
//
// What a host can do is found out by probing it, at the latest before its first use. v2 of the virtualization
// namespace is preferred, v1 is translated to it.
#pragma once

#include "harness/hyperv/directory.hpp"

#include <migstorm/hyperv.hpp>
#include <migstorm/lab_file.hpp>
#include <migstorm/runtime.hpp>

#include <memory>

namespace migstorm::hyperv {

// `connect` is called once per machine, when it is first asked something.
std::unique_ptr<Cluster> make_wsman_cluster(Runtime& runtime, const LabFile& lab, TransportFactory connect);

} // namespace migstorm::hyperv
