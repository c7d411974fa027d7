// Opening a journal's file beside the process that writes a run into it.
#pragma once

#include "harness/journal/schema.hpp"

#include <memory>
#include <string>

namespace migstorm {

// Brings a file of an older format up to date on the way: reading it is no reason to keep two readers.
// not_found: there is none, unless `access` makes one.
Result<std::unique_ptr<sqlite::Database>> open_journal_file(const std::string& path, sqlite::Access access);

} // namespace migstorm
