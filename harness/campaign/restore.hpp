// The way home: brings guests back to where they were found. Not part of the plan and no exposure; journalled
// as notes. Gives up after a while, and names every guest that is not at home then.
#pragma once

#include "harness/campaign/mover.hpp"

#include <set>

namespace migstorm::campaign {

class WayHome {
public:
  WayHome(Core& core, Mover& mover) : core_(core), mover_(mover), scope_(core.runtime) {}
  Task<Unit> run();
  bool moved() const noexcept { return moved_; } // any guest

private:
  bool wanted() const;
  void start_what_may();
  Task<Unit> bring(std::uint32_t index);
  void list_differences();

  Core& core_;
  Mover& mover_;
  Scope scope_;
  std::set<std::uint32_t> waiting_;
  std::size_t active_ = 0;
  bool moved_ = false;
};

} // namespace migstorm::campaign
