// The project's own sources, for tests that hold the tree to its rules.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace migstorm::test {

struct SourceFile {
  std::string path; // relative to the top, with forward slashes
  std::vector<std::string> lines;
};

inline std::vector<SourceFile> source_files(const std::vector<std::string>& folders) {
  const std::filesystem::path top(MIGSTORM_SOURCE_DIR);
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top / folder)) {
      const std::string extension = entry.path().extension().string();
      if (!entry.is_regular_file() || (extension != ".cpp" && extension != ".hpp")) {
        continue;
      }
      SourceFile file{std::filesystem::relative(entry.path(), top).generic_string(), {}};
      std::ifstream in(entry.path());
      for (std::string line; std::getline(in, line);) {
        file.lines.push_back(std::move(line));
      }
      files.push_back(std::move(file));
    }
  }
  return files;
}

} // namespace migstorm::test
