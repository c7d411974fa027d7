#include "tools/lab/wql/lexer.hpp"

namespace migstorm::lab::wql {

namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

bool is_word(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

Error unclosed(std::string_view what, std::size_t offset) {
  return {Errc::malformed, "WQL: " + std::string(what) + " never ends", offset};
}

} // namespace

void Lexer::skip_space() noexcept {
  position_ = std::min(text_.find_first_not_of(" \t\r\n", position_), text_.size());
}

Result<Token> Lexer::next() {
  skip_space();
  if (position_ == text_.size()) {
    return Token{Token::Kind::end, {}, position_};
  }
  const char c = text_[position_];
  if (c == '\'' || c == '"') {
    return string_token(c);
  }
  if (c == '{') {
    return path_token();
  }
  const bool negative = c == '-' && position_ + 1 < text_.size() && is_digit(text_[position_ + 1]);
  if (is_word(c) || negative) {
    return word_token();
  }
  return symbol_token();
}

// A backslash takes the next character as it is: '\'' and '\\'.
Result<Token> Lexer::string_token(char quote) {
  Token token{Token::Kind::string, {}, position_};
  for (++position_; position_ < text_.size(); ++position_) {
    if (text_[position_] == quote) {
      ++position_;
      return token;
    }
    if (text_[position_] == '\\' && position_ + 1 < text_.size()) {
      ++position_;
    }
    token.text += text_[position_];
  }
  return unclosed("a string", token.offset);
}

// A closing brace inside a quoted key value does not end the path.
Result<Token> Lexer::path_token() {
  Token token{Token::Kind::path, {}, position_};
  char quote = 0;
  for (++position_; position_ < text_.size(); ++position_) {
    const char c = text_[position_];
    if (quote == 0 && c == '}') {
      ++position_;
      return token;
    }
    token.text += c;
    if (quote != 0 && c == '\\' && position_ + 1 < text_.size()) {
      token.text += text_[++position_];
    } else if (c == quote) {
      quote = 0;
    } else if (quote == 0 && (c == '\'' || c == '"')) {
      quote = c;
    }
  }
  return unclosed("a path", token.offset);
}

Token Lexer::word_token() {
  const auto start = position_;
  const bool number = text_[position_] == '-' || is_digit(text_[position_]);
  do {
    ++position_;
  } while (position_ < text_.size() && is_word(text_[position_]));
  return {number ? Token::Kind::number : Token::Kind::name,
          std::string(text_.substr(start, position_ - start)), start};
}

Result<Token> Lexer::symbol_token() {
  const auto start = position_;
  const auto two = text_.substr(position_, 2);
  if (two == "<>" || two == "!=" || two == "<=" || two == ">=") {
    position_ += 2;
    return Token{Token::Kind::symbol, std::string(two), start};
  }
  const char c = text_[position_];
  if (std::string_view("=<>(),*.").find(c) == std::string_view::npos) {
    return Error{Errc::malformed, "WQL: a character that no statement has", start};
  }
  ++position_;
  return Token{Token::Kind::symbol, std::string(1, c), start};
}

} // namespace migstorm::lab::wql
