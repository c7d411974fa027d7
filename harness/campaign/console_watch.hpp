// Looks at guests' consoles: at once, and for as long as it lasts, at those that fall silent, and now and
// then at a guest of each host, so that it is known whether hosts give pictures at all. The best picture of a
// crash is kept as evidence.
#pragma once

#include "harness/campaign/core.hpp"
#include "harness/campaign/picture_keeper.hpp"
#include "harness/watch/stop_screen.hpp"

#include <map>
#include <optional>
#include <vector>

namespace migstorm::campaign {

class ConsoleWatch {
public:
  // `keeper` may be null: pictures are looked at, and none is kept.
  ConsoleWatch(Core& core, PictureKeeper* keeper);

  void start(Scope& background);

private:
  struct Shot {
    hyperv::ConsolePicture picture;
    watch::ScreenVerdict screen;
    Instant taken{};
  };
  // One trouble of a guest, from the first beat that is missed until it is well again.
  struct Episode {
    std::uint32_t number = 0;
    bool open = false;
    Instant next{};
    std::uint32_t taken = 0;
    std::optional<Shot> best;
  };
  struct Kept {
    std::uint32_t episode = 0;
    std::optional<watch::ScreenGrade> grade; // of the picture that is there
  };

  Task<Unit> keep_looking();
  Task<Unit> keep_proving(HostId host);
  Task<Unit> look(std::uint32_t guest);
  Task<Unit> keep_best();
  bool worth_a_look(std::uint32_t guest);
  std::optional<std::uint32_t> next_on(HostId host, std::uint32_t after) const;

  Core& core_;
  PictureKeeper* keeper_;
  std::vector<Episode> episodes_;         // per guest
  std::map<std::uint32_t, Kept> crashes_; // by number
};

} // namespace migstorm::campaign
