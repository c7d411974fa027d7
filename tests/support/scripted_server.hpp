// An HTTP server on loopback that answers, or fails to, as a test says. It counts what it was asked and what
// it did.
//
// Every connection has a thread of its own and blocks in it: the order of what happens on the wire is then
// the order of the script.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace migstorm::test {

struct SeenRequest {
  std::size_t connection = 0; // 1 for the first
  std::string target;
  std::string host;
  std::string content_type;
  std::string authorization;
  std::string body;
};

// What one request meets. By default it is executed and answered.
struct Reaction {
  bool execute = true;
  bool reply = true;
  bool close = false;    // without a word, after whatever was sent
  bool announce = false; // "Connection: close", and close
  bool chunked = false;
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields = {};
  std::string body = {};                    // empty: what `respond` makes of the request
  std::size_t bytes_max = SIZE_MAX;         // of the reply, after which it is cut off
  std::string preface = {};                 // raw bytes ahead of the reply
  std::chrono::milliseconds delay{0};       // before the reply
  std::chrono::milliseconds close_delay{0}; // before the close
};

struct ServerOptions {
  std::string certificate; // PEM; with `key` it speaks TLS
  std::string key;
  std::string authorization; // the header that is let in; empty: everybody is
  std::function<std::string(const std::string& body)> respond = [](const std::string&) { return "<ok/>"; };
};

class ScriptedServer {
public:
  explicit ScriptedServer(ServerOptions options = ServerOptions());
  ~ScriptedServer();

  std::uint16_t port() const noexcept;
  // The next request that is let in meets the first reaction of the queue.
  void then(Reaction reaction);

  std::vector<SeenRequest> requests() const; // those that were refused with a 401 too
  std::size_t connections() const;
  std::size_t executions() const;
  std::size_t rejections() const; // requests with an Authorization that was not let in

private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

} // namespace migstorm::test
