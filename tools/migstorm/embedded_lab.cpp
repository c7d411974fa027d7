#include "tools/migstorm/embedded_lab.hpp"

#include <fmt/format.h>

#include <utility>

namespace migstorm {

Result<std::unique_ptr<EmbeddedLab>> EmbeddedLab::make(const LabInput& input, lab::LabClock& clock,
                                                       std::uint64_t seed, const std::string& ledger) {
  Result<std::unique_ptr<lab::Engine>> engine = lab::make_engine(*input.simulated, clock, seed, ledger);
  if (!engine) {
    return std::move(engine).error().within("simulated cluster");
  }
  return std::unique_ptr<EmbeddedLab>(new EmbeddedLab(*std::move(engine), clock, seed));
}

Status EmbeddedLab::serve(std::optional<std::uint16_t> port) {
  lab::wsman::ServerOptions options;
  options.port = port;
  server_ = std::make_unique<lab::wsman::Server>(endpoint_, options);
  return server_->start();
}

void EmbeddedLab::point_to_server(LabFile& file) const {
  for (auto* machines : {&file.hosts, &file.guests}) {
    for (Endpoint& machine : *machines) {
      if (const auto front = endpoint_.find_front(machine.name)) {
        machine.url =
            fmt::format("http://{}:{}/wsman", endpoint_.fronts()[*front].address, server_->port(*front));
      }
    }
  }
}

} // namespace migstorm
