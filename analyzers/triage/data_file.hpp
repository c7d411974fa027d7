// Strict reading of the YAML that rules and known issues are written in, ours and a user's.
//
// An unknown key, a value of the wrong kind, or too much of anything is an error with line and column. Only
// the .cpp files that read such data include this.
#pragma once

#include <migstorm/result.hpp>

#include <yaml-cpp/yaml.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace migstorm::triage {

inline constexpr std::size_t kDataFileBytesMax = std::size_t{256} * 1024;
inline constexpr std::size_t kDataRowsMax = 2000;
inline constexpr std::size_t kDataTextMax = 2000;

// One mapping. The first problem sticks; later readings yield nothing.
class DataRow {
public:
  explicit DataRow(const YAML::Node& node);

  std::string text(const char* key);
  std::vector<std::string> texts(const char* key);
  std::optional<std::uint64_t> number(const char* key);
  std::vector<std::uint64_t> numbers(const char* key);
  // null in the list is "any".
  std::vector<std::optional<std::uint64_t>> numbers_or_any(const char* key);
  // The words that are allowed; absent is the first of them.
  std::size_t word(const char* key, std::initializer_list<std::string_view> words);
  // Each row of a list of mappings.
  void rows(const char* key, const std::function<Status(DataRow&)>& each);

  void require(bool holds, const char* why);
  // Complains of keys that nothing above asked for, and gives the first problem.
  Status finish();

private:
  YAML::Node get(const char* key);
  std::vector<YAML::Node> items(const char* key);
  std::string text_of(const YAML::Node& node);
  std::uint64_t number_of(const YAML::Node& node);
  void fail(const YAML::Node& at, const std::string& why);

  YAML::Node node_;
  std::set<std::string> asked_;
  std::optional<Error> error_;
};

// Calls `read` with the document's mapping; whatever the YAML library throws becomes an Error.
Status read_data(std::string_view text, const std::function<Status(DataRow&)>& read);

} // namespace migstorm::triage
