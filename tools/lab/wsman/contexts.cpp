#include "tools/lab/wsman/contexts.hpp"

namespace migstorm::lab::wsman {

void Contexts::expire(Instant now) {
  for (auto it = open_.begin(); it != open_.end();) {
    it = it->second.expires <= now ? open_.erase(it) : std::next(it);
  }
}

void Contexts::add(std::string id, Enumeration enumeration, Instant expires) {
  open_.insert_or_assign(std::move(id), Open{std::move(enumeration), expires});
}

Enumeration* Contexts::find(std::string_view id, Instant now, Instant expires) {
  const auto it = open_.find(id);
  if (it == open_.end()) {
    return nullptr;
  }
  if (it->second.expires <= now) {
    open_.erase(it);
    return nullptr;
  }
  it->second.expires = expires;
  return &it->second.enumeration;
}

void Contexts::remove(std::string_view id) {
  if (const auto it = open_.find(id); it != open_.end()) {
    open_.erase(it);
  }
}

std::string make_uuid(Random& random) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  std::string text = "uuid:00000000-0000-4000-8000-000000000000";
  constexpr std::size_t kStart = 5;
  std::uint64_t bits = 0;
  int left = 0;
  for (std::size_t i = kStart; i < text.size(); ++i) {
    if (text[i] == '-' || i == kStart + 14 || i == kStart + 19) { // version and variant stay
      continue;
    }
    if (left == 0) {
      bits = random.next();
      left = 16;
    }
    text[i] = kDigits[bits & 15];
    bits >>= 4;
    --left;
  }
  return text;
}

} // namespace migstorm::lab::wsman
