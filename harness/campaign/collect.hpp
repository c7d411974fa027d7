// Which dumps are brought home.
#pragma once

#include <set>
#include <string>

namespace migstorm::campaign {

// `policy`: collect.dumps of the scenario. `at_home`: signatures of which a dump is here already.
inline bool wants_dump(const std::string& policy, const std::string& signature,
                       const std::set<std::string>& at_home) {
  return policy == "all" || (policy == "new-signatures" && at_home.count(signature) == 0);
}

} // namespace migstorm::campaign
