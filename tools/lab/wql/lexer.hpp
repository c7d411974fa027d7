// Splits WQL into tokens. Keywords are names here: which names are keywords depends on where they stand.
#pragma once

#include <migstorm/result.hpp>

#include <string>
#include <string_view>

namespace migstorm::lab::wql {

struct Token {
  enum class Kind : std::uint8_t { end, name, number, string, path, symbol };
  Kind kind = Kind::end;
  std::string text; // strings: escapes undone; paths: what stands between the braces
  std::size_t offset = 0;
};

class Lexer {
public:
  explicit Lexer(std::string_view text) noexcept : text_(text) {}

  Result<Token> next();

private:
  void skip_space() noexcept;
  Result<Token> string_token(char quote);
  Result<Token> path_token();
  Token word_token();
  Result<Token> symbol_token();

  std::string_view text_;
  std::size_t position_ = 0;
};

} // namespace migstorm::lab::wql
