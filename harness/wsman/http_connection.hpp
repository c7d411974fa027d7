// The socket of a lane, plain or TLS: connect, write all of a request, read one response. Include it in .cpp
// files only: it drags Beast in.
#pragma once

#include "harness/wsman/http_body.hpp"
#include "harness/wsman/http_lane.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace migstorm::wsman {

struct TlsContext {
  boost::asio::ssl::context context{boost::asio::ssl::context::tls_client};
};

class HttpConnection {
public:
  using Response = boost::beast::http::response<BoundedBody>;

  explicit HttpConnection(std::shared_ptr<LaneShared> shared) noexcept : shared_(std::move(shared)) {}

  // Open, and the peer has neither closed it nor sent anything that was not asked for.
  bool usable();
  Task<Status> connect();
  void close() noexcept;

  // Real time for all that follows until the next call.
  void set_deadline(Span timeout);
  Task<Status> write(const std::string& request);
  Task<Result<Response>> read();

private:
  using Tcp = boost::asio::ip::tcp;
  using Stream = boost::beast::basic_stream<Tcp, boost::asio::io_context::executor_type>;
  using TlsStream = boost::asio::ssl::stream<Stream>;
  using Parser = boost::beast::http::response_parser<BoundedBody>;

  Task<Result<std::vector<Tcp::endpoint>>> resolve();
  Status check_loopback(const std::vector<Tcp::endpoint>& endpoints) const;
  Task<Status> handshake();
  Status name_peer();
  Task<Status> read_message();
  Stream& stream() noexcept { return secure_ ? secure_->next_layer() : *plain_; }
  std::string peer() const;

  std::shared_ptr<LaneShared> shared_;
  std::optional<Stream> plain_;
  std::optional<TlsStream> secure_;
  std::optional<Parser> parser_;
  boost::beast::flat_buffer buffer_;
  bool fresh_ = true; // nothing was answered on it yet
};

} // namespace migstorm::wsman
