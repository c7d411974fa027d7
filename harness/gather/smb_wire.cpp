#include "harness/gather/smb_wire.hpp"

#include <algorithm>
#include <cassert>
#include <string_view>

namespace migstorm::smb {
namespace {

template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};
template <class... Fs>
Overloaded(Fs...) -> Overloaded<Fs...>;

class Writer {
public:
  explicit Writer(std::uint8_t kind) { bytes_ = {{}, {}, {}, {}, std::byte(kind)}; }

  template <std::unsigned_integral T>
  Writer& le(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bytes_.push_back(static_cast<std::byte>((static_cast<std::uint64_t>(value) >> (8 * i)) & 0xffU));
    }
    return *this;
  }
  Writer& flag(bool value) { return le(static_cast<std::uint8_t>(value ? 1 : 0)); }
  Writer& text(std::string_view value) {
    assert(value.size() <= kTextMax);
    le(static_cast<std::uint16_t>(value.size()));
    return raw(std::as_bytes(std::span(value)));
  }
  Writer& raw(Bytes value) {
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
  }
  Writer& facts(const FileFacts& value) {
    return le(value.size).le(static_cast<std::uint64_t>(value.modified_ns)).flag(value.folder);
  }
  std::vector<std::byte> frame() && {
    const auto size = static_cast<std::uint32_t>(bytes_.size() - sizeof(std::uint32_t));
    for (std::size_t i = 0; i < sizeof size; ++i) {
      bytes_[i] = static_cast<std::byte>((size >> (8 * i)) & 0xffU);
    }
    return std::move(bytes_);
  }

private:
  std::vector<std::byte> bytes_;
};

std::string read_text(ByteReader& in) {
  const auto size = in.le<std::uint16_t>();
  in.require(size <= kTextMax, "a text over the limit");
  const Bytes bytes = in.take(in.ok() ? size : 0);
  std::string text(bytes.size(), '\0');
  std::transform(bytes.begin(), bytes.end(), text.begin(), [](std::byte b) { return static_cast<char>(b); });
  in.require(text.find('\0') == std::string::npos, "NUL in a text");
  return text;
}

bool read_flag(ByteReader& in) {
  const auto value = in.le<std::uint8_t>();
  in.require(value <= 1, "a flag that is neither yes nor no");
  return value == 1;
}

FileFacts read_facts(ByteReader& in) {
  FileFacts facts;
  facts.size = in.le<std::uint64_t>();
  facts.modified_ns = static_cast<std::int64_t>(in.le<std::uint64_t>());
  facts.folder = read_flag(in);
  in.require(facts.size <= static_cast<std::uint64_t>(INT64_MAX), "a size beyond all files");
  return facts;
}

void read(ByteReader& in, Login& login) {
  login.server = read_text(in);
  login.port = in.le<std::uint16_t>();
  login.share = read_text(in);
  login.domain = read_text(in);
  login.user = read_text(in);
  login.password = read_text(in);
  login.kerberos = read_flag(in);
  login.unencrypted = read_flag(in);
  login.timeout_ms = in.le<std::uint32_t>();
}
void read(ByteReader& in, StatFile& stat) { stat.path = read_text(in); }
void read(ByteReader& in, OpenFile& open) { open.path = read_text(in); }
void read(ByteReader& in, ReadFile& file) {
  file.handle = in.le<std::uint32_t>();
  file.offset = in.le<std::uint64_t>();
  file.size = in.le<std::uint32_t>();
  in.require(file.size <= kReadMax, "a read over the limit");
  in.require(file.offset <= static_cast<std::uint64_t>(INT64_MAX) - kReadMax, "an offset beyond all files");
}
void read(ByteReader& in, ListFolder& list) { list.path = read_text(in); }
void read(ByteReader& in, RenameFile& rename) {
  rename.from = read_text(in);
  rename.to = read_text(in);
}
void read(ByteReader& in, CloseFile& close) { close.handle = in.le<std::uint32_t>(); }

void read(ByteReader& in, Failed& failed) {
  const auto why = in.le<std::uint8_t>();
  in.require(why < kFailures, "a failure of no kind");
  failed.why = static_cast<Failure>(why);
  failed.text = read_text(in);
}
void read(ByteReader&, Done&) {}
void read(ByteReader& in, FileFacts& facts) { facts = read_facts(in); }
void read(ByteReader& in, Opened& opened) {
  opened.handle = in.le<std::uint32_t>();
  opened.facts = read_facts(in);
}
void read(ByteReader& in, Data& data) { data.bytes = in.take(in.remaining()); }
void read(ByteReader& in, Entries& list) {
  const std::uint32_t count = in.count(3, kEntriesMax); // a flag and an empty name
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    Entry entry;
    entry.folder = read_flag(in);
    entry.name = read_text(in);
    list.entries.push_back(std::move(entry));
  }
}

// The alternative of the variant that has this index, read from `body`.
template <class Variant, std::size_t I = 0>
Result<Variant> parse(std::uint8_t kind, Bytes body, const char* what) {
  if constexpr (I == std::variant_size_v<Variant>) {
    return Error{Errc::malformed, std::string(what) + ": of no kind that is known"};
  } else {
    if (kind != I) {
      return parse<Variant, I + 1>(kind, body, what);
    }
    ByteReader in(body, what);
    std::variant_alternative_t<I, Variant> value;
    read(in, value);
    in.require(in.remaining() == 0, "more than its fields");
    if (Status good = in.finish(); !good) {
      return std::move(good).error();
    }
    return Variant(std::in_place_index<I>, std::move(value));
  }
}

std::uint8_t kind_of(std::size_t index) { return static_cast<std::uint8_t>(index); }

} // namespace

std::vector<std::byte> format(const Request& request) {
  Writer out(kind_of(request.index()));
  std::visit(Overloaded{[&out](const Login& login) {
                          out.text(login.server).le(login.port).text(login.share).text(login.domain);
                          out.text(login.user).text(login.password).flag(login.kerberos);
                          out.flag(login.unencrypted).le(login.timeout_ms);
                        },
                        [&out](const StatFile& stat) { out.text(stat.path); },
                        [&out](const OpenFile& open) { out.text(open.path); },
                        [&out](const ReadFile& file) { out.le(file.handle).le(file.offset).le(file.size); },
                        [&out](const ListFolder& list) { out.text(list.path); },
                        [&out](const RenameFile& rename) { out.text(rename.from).text(rename.to); },
                        [&out](const CloseFile& close) { out.le(close.handle); }},
             request);
  return std::move(out).frame();
}

std::vector<std::byte> format(const Reply& reply) {
  Writer out(kind_of(reply.index()));
  std::visit(Overloaded{[&out](const Failed& failed) {
                          out.le(static_cast<std::uint8_t>(failed.why));
                          out.text(std::string_view(failed.text).substr(0, kTextMax));
                        },
                        [](const Done&) {}, [&out](const FileFacts& facts) { out.facts(facts); },
                        [&out](const Opened& opened) { out.le(opened.handle).facts(opened.facts); },
                        [&out](const Data& data) { out.raw(data.bytes); },
                        [&out](const Entries& list) {
                          out.le(static_cast<std::uint32_t>(list.entries.size()));
                          for (const Entry& entry : list.entries) {
                            out.flag(entry.folder).text(entry.name);
                          }
                        }},
             reply);
  return std::move(out).frame();
}

Result<FrameHead> parse_head(std::span<const std::byte, kFrameHead> head, std::uint32_t limit) {
  ByteReader in(head, "frame");
  const auto size = in.le<std::uint32_t>();
  in.require(size >= 1, "without a kind");
  if (size > limit) {
    return Error{Errc::over_limit,
                 "frame: " + std::to_string(size) + " bytes, limit " + std::to_string(limit)};
  }
  const auto kind = in.le<std::uint8_t>();
  if (Status good = in.finish(); !good) {
    return std::move(good).error();
  }
  return FrameHead{size - 1, kind};
}

Result<Request> parse_request(std::uint8_t kind, Bytes body) { return parse<Request>(kind, body, "request"); }

Result<Reply> parse_reply(std::uint8_t kind, Bytes body) { return parse<Reply>(kind, body, "reply"); }

std::uint8_t data_kind() noexcept { return kind_of(Reply(Data{}).index()); }

} // namespace migstorm::smb
