// Campaign: carries out a plan of live migrations, watches the guests meanwhile and judges in the end.
//
// Every step is journalled before its request leaves and ends in exactly one state. run() returns how the run
// ended, or an error when it could not go on (its own disk, a rejected password, a scenario that asks for
// what is not there); what was under way then stays in the journal as intended, for a resume.
#pragma once

#include "harness/campaign/dump_reader.hpp"
#include "harness/campaign/picture_keeper.hpp"
#include "harness/campaign/progress.hpp"
#include "harness/scenario/opening_hours.hpp"
#include "harness/scenario/plan.hpp"

#include <migstorm/journal.hpp>
#include <migstorm/lab_file.hpp>
#include <migstorm/scope.hpp>

#include <memory>
#include <optional>
#include <vector>

namespace migstorm {

struct CampaignInput {
  Scenario scenario;
  LabFile lab;
  RunRecord run;
  std::vector<hyperv::HostFacts> hosts;     // every host that a guest can reach
  std::vector<hyperv::GuestFacts> guests;   // of the plan, as the inventory found them
  std::vector<hyperv::GuestFacts> canaries; // that the lab file lists, as the inventory found them
  OpeningHours hours;                       // in which moves may begin
  bool break_lease = false;                 // the run that holds the cluster is over, says a person
  DumpReader* dumps = nullptr;              // null: crashes are named by their bugcheck alone
  PictureKeeper* pictures = nullptr;        // null: pictures of consoles are looked at, and none is kept
  Plan plan;                                // of a resumed run: taken from the journal instead
  std::optional<LoadedRun> resumed;
};

class Campaign {
public:
  Campaign(Runtime& runtime, hyperv::Cluster& cluster, Journal& journal, Stop& stop, CampaignInput input);
  ~Campaign();
  Campaign(const Campaign&) = delete;
  Campaign& operator=(const Campaign&) = delete;

  Task<Result<RunEnd>> run();
  const Progress& progress() const noexcept;

private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

} // namespace migstorm
