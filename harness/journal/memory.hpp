// What a journal remembers from run to run: guests that were seen before, credentials that a host rejected,
// how long moves took. Blocking. A journal that is not there yet remembers nothing; writing makes one.
#pragma once

#include <migstorm/journal.hpp>

#include <optional>
#include <string>
#include <vector>

namespace migstorm {

struct SeenGuest {
  hyperv::GuestId id;
  std::string name;
};

struct RejectedCredential {
  std::string credential; // its name in the lab file
  std::string principal;  // "DOMAIN\user"
  std::string host;       // that said no; empty: not known
  CivilTime at{};
};

// `lab` tells clusters apart: the cluster's id or name, else the lab file's path.
Result<std::vector<SeenGuest>> seen_guests(const std::string& journal, const std::string& scenario,
                                           const std::string& lab);
Status remember_guests(const std::string& journal, const std::string& scenario, const std::string& lab,
                       const std::vector<SeenGuest>& guests, CivilTime at);

Result<std::vector<RejectedCredential>> rejected_credentials(const std::string& journal,
                                                             const std::string& lab);
Status remember_rejection(const std::string& journal, const std::string& lab,
                          const RejectedCredential& rejected);
// A person says that it is good again; not_found: it was not rejected.
Status forget_rejection(const std::string& journal, const std::string& lab, const std::string& credential);

// Of the completed migrations of earlier runs against this lab file; nothing where there were none.
Result<std::optional<Span>> mean_move_time(const std::string& journal, const std::string& lab_path);

} // namespace migstorm
