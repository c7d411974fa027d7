// SHA-256, piece by piece.
#pragma once

#include <migstorm/byte_reader.hpp>

#include <memory>
#include <string>

struct evp_md_ctx_st;

namespace migstorm::gather {

class Sha256 {
public:
  Sha256();
  void add(Bytes bytes);
  std::string finish(); // lower-case hex; nothing may be added afterwards

private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

std::string sha256_of(Bytes bytes);

} // namespace migstorm::gather
