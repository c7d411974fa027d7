// The simulated cluster inside the process: called directly, or served over HTTP on loopback.
#pragma once

#include "tools/lab/lab.hpp"
#include "tools/lab/wsman/endpoint.hpp"
#include "tools/lab/wsman/server.hpp"
#include "tools/migstorm/inputs.hpp"

#include <migstorm/result.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace migstorm {

class EmbeddedLab {
public:
  // `ledger`: the path of the cluster's own ledger, gone on from if it exists; empty: none. The clock
  // outlives the lab.
  static Result<std::unique_ptr<EmbeddedLab>> make(const LabInput& input, lab::LabClock& clock,
                                                   std::uint64_t seed, const std::string& ledger);

  lab::Engine& engine() noexcept { return *engine_; }
  lab::wsman::Endpoint& endpoint() noexcept { return endpoint_; }

  // Serves every machine on its own address; `port` instead of the lab file's, 0 for any that is free.
  Status serve(std::optional<std::uint16_t> port);
  // Writes where the machines listen into the lab file's endpoints.
  void point_to_server(LabFile& file) const;
  void stop_serving() noexcept { server_.reset(); }

private:
  EmbeddedLab(std::unique_ptr<lab::Engine> engine, lab::LabClock& clock, std::uint64_t seed)
      : engine_(std::move(engine)), endpoint_(*engine_, clock, seed) {}

  std::unique_ptr<lab::Engine> engine_;
  lab::wsman::Endpoint endpoint_;
  std::unique_ptr<lab::wsman::Server> server_;
};

} // namespace migstorm
