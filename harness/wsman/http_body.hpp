// A body of limited size for Beast's parser. Beast 1.74 has a limit of its own, but with responses it forgets
// that it was passed as soon as bytes of the body came together with the header. Include it in .cpp files
// only.
#pragma once

#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace migstorm::wsman {

struct BoundedBody {
  struct value_type { // NOLINT(readability-identifier-naming): Beast's name
    std::string text;
    std::size_t bytes_max = 0;
  };

  class reader { // NOLINT(readability-identifier-naming): Beast's name
  public:
    template <bool IsRequest, class Fields>
    reader(boost::beast::http::header<IsRequest, Fields>&, value_type& body) : body_(body) {}

    void init(const boost::optional<std::uint64_t>& length, boost::system::error_code& error) {
      error = {};
      if (length && *length > body_.bytes_max) {
        error = boost::beast::http::error::body_limit;
      } else if (length) {
        body_.text.reserve(static_cast<std::size_t>(*length));
      }
    }

    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::system::error_code& error) {
      error = {};
      std::size_t taken = 0;
      for (const boost::asio::const_buffer piece : boost::beast::buffers_range_ref(buffers)) {
        if (piece.size() > body_.bytes_max - body_.text.size()) {
          error = boost::beast::http::error::body_limit;
          return taken;
        }
        body_.text.append(static_cast<const char*>(piece.data()), piece.size());
        taken += piece.size();
      }
      return taken;
    }

    void finish(boost::system::error_code& error) { error = {}; }

  private:
    value_type& body_;
  };
};

} // namespace migstorm::wsman
