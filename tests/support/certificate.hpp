// A fresh self-signed certificate for tests of TLS, and files that vanish with their owner.
#pragma once

#include <string>

namespace migstorm::test {

struct Certificate {
  std::string certificate; // PEM
  std::string key;         // PEM
};

// `alternative` is what it is valid for: "IP:127.0.0.1", "DNS:localhost".
Certificate make_certificate(const std::string& alternative);

class TemporaryFile {
public:
  explicit TemporaryFile(const std::string& content);
  ~TemporaryFile();
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  const std::string& path() const noexcept { return path_; }

private:
  std::string path_;
};

} // namespace migstorm::test
