#include "harness/symbols/http_symbol_server.hpp"

#include "harness/symbols/cache_entry.hpp"

#ifndef _TURN_OFF_PLATFORM_STRING
#define _TURN_OFF_PLATFORM_STRING // NOLINT(bugprone-reserved-identifier): cpprest's macro U breaks fmt
#endif
#include <cpprest/http_client.h>
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <vector>

namespace migstorm::symbols {

namespace {

constexpr unsigned kRedirectsMax = 5;
constexpr std::size_t kPiece = std::size_t{256} * 1024;

using web::http::http_response;
using web::http::status_code;

bool is_redirect(status_code code) noexcept {
  return code == 301 || code == 302 || code == 303 || code == 307 || code == 308;
}

class HttpSymbolServer final : public pdb::SymbolServer {
public:
  explicit HttpSymbolServer(HttpOptions options) : options_(std::move(options)) {}

  Status fetch(const std::string& server, const pdb::StoreKey& key, const std::string& folder) override {
    if (Status reachable = known_state(server); !reachable) {
      return reachable;
    }
    Result<CacheEntry> entry = CacheEntry::lock(folder, key);
    if (!entry) {
      return std::move(entry).error();
    }
    if (entry->present()) {
      return Unit{};
    }
    if (entry->missing(server, options_.missing_for)) {
      return Error{Errc::not_found, "the server did not have it when it was asked last"};
    }
    return download_either(server, key, *entry);
  }

private:
  Status known_state(const std::string& server) {
    const std::lock_guard lock(mutex_);
    const auto down = down_.find(server);
    return down == down_.end() ? Status(Unit{}) : Status(down->second);
  }

  // As it is, then compressed.
  Status download_either(const std::string& server, const pdb::StoreKey& key, const CacheEntry& entry) {
    Status got = Unit{};
    for (const std::string& name : {key.file, compressed_name(key.file)}) {
      const std::string url = fmt::format("{}/{}/{}/{}", server, web::uri::encode_data_string(key.file),
                                          key.key, web::uri::encode_data_string(name));
      got = download(url, entry.temporary());
      if (got) {
        return entry.publish(name);
      }
      if (got.error().code != Errc::not_found) {
        break;
      }
    }
    std::error_code ignored;
    std::filesystem::remove(entry.temporary(), ignored);
    if (got.error().code == Errc::not_found) {
      entry.remember_missing(server);
    } else if (got.error().code == Errc::transport) {
      const std::lock_guard lock(mutex_);
      down_.emplace(server, got.error());
    }
    return got;
  }

  // Whatever the library throws becomes an error of ours here.
  Status download(const std::string& url, const std::filesystem::path& into) const {
    try {
      return follow(url, into);
    } catch (const std::exception& error) {
      return Error{Errc::transport, fmt::format("{}: {}", url, error.what())};
    }
  }

  Status follow(std::string url, const std::filesystem::path& into) const {
    for (unsigned hops = 0; hops <= kRedirectsMax; ++hops) {
      web::http::client::http_client client{web::uri(url), config()};
      http_response response = client.request(web::http::methods::GET).get();
      if (!is_redirect(response.status_code())) {
        return take(response, url, into);
      }
      const web::uri base(url);
      const web::uri next = base.resolve_uri(response.headers()["Location"]);
      if (next.scheme() != "https" && next.scheme() != base.scheme()) {
        return Error{Errc::transport, fmt::format("{} redirects from https to {}", url, next.scheme())};
      }
      url = next.to_string();
    }
    return Error{Errc::transport, fmt::format("more than {} redirects, the last to {}", kRedirectsMax, url)};
  }

  web::http::client::http_client_config config() const {
    web::http::client::http_client_config config;
    config.set_timeout(options_.timeout);
    config.set_max_redirects(0); // ours are counted, and never leave encryption
    if (!options_.ca_file.empty()) {
      const std::string file = options_.ca_file;
      config.set_ssl_context_callback(
          [file](boost::asio::ssl::context& context) { context.load_verify_file(file); });
    }
    return config;
  }

  Status take(http_response& response, const std::string& url, const std::filesystem::path& into) const {
    const status_code code = response.status_code();
    if (code == 404 || code == 410) {
      return Error{Errc::not_found, "the server does not have it"};
    }
    if (code == 401 || code == 403) {
      return Error{Errc::denied, fmt::format("{} answers {}: it wants a password", url, code)};
    }
    if (code != 200) {
      return Error{Errc::transport, fmt::format("{} answers {}", url, code)};
    }
    const std::uint64_t promised = response.headers().content_length();
    if (promised > options_.file_size_max) {
      return Error{Errc::over_limit,
                   fmt::format("{}: {} bytes, limit {}", url, promised, options_.file_size_max)};
    }
    return save(response, url, into, promised);
  }

  Status save(http_response& response, const std::string& url, const std::filesystem::path& into,
              std::uint64_t promised) const {
    std::ofstream file(into, std::ios::binary | std::ios::trunc);
    auto body = response.body().streambuf();
    std::vector<std::uint8_t> piece(kPiece);
    std::uint64_t size = 0;
    while (true) {
      const std::size_t got = body.getn(piece.data(), piece.size()).get();
      if (got == 0) {
        break;
      }
      size += got;
      if (size > options_.file_size_max) {
        return Error{Errc::over_limit, fmt::format("{}: more than {} bytes", url, options_.file_size_max)};
      }
      file.write(reinterpret_cast<const char*>(piece.data()), static_cast<std::streamsize>(got));
    }
    file.close();
    if (!file) {
      return Error{Errc::storage, fmt::format("{}: {}", into.string(), std::strerror(errno))};
    }
    if (promised != 0 && size != promised) {
      return Error{Errc::truncated, fmt::format("{}: {} bytes of {} came", url, size, promised)};
    }
    return Unit{};
  }

  HttpOptions options_;
  std::mutex mutex_;
  std::map<std::string, Error> down_; // servers that could not be reached
};

} // namespace

std::unique_ptr<pdb::SymbolServer> make_http_symbol_server(const HttpOptions& options) {
  return std::make_unique<HttpSymbolServer>(options);
}

} // namespace migstorm::symbols
