// What migstorm and migstorm-smb say to each other.
#include "harness/gather/smb_wire.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/value.hpp"

using namespace migstorm;
using namespace migstorm::smb;
using namespace migstorm::test;

namespace {

template <class T>
Result<Request> request_again(const T& value) {
  const auto frame = format(Request(value));
  const auto head = parse_head(Bytes(frame).first<kFrameHead>(), kRequestMax);
  REQUIRE(head);
  REQUIRE(head->body_size == frame.size() - kFrameHead);
  return parse_request(head->kind, Bytes(frame).subspan(kFrameHead));
}

std::vector<std::byte> body_of(const std::vector<std::byte>& frame) {
  return {frame.begin() + kFrameHead, frame.end()};
}

} // namespace

TEST_CASE("requests and replies come out as they went in", "[smb]") {
  Login login;
  login.server = "sql-1.example.com";
  login.port = 4450;
  login.password = "p\xc3\xa4ss";
  login.unencrypted = true;
  const auto again = request_again(login);
  REQUIRE(again);
  CHECK(std::get<Login>(*again).password == login.password);
  CHECK(std::get<Login>(*again).port == 4450);
  CHECK(std::get<Login>(*again).unencrypted);
  CHECK(std::get<RenameFile>(value_of(request_again(RenameFile{"a", "b"}))).to == "b");
  const auto read = request_again(ReadFile{7, 1ULL << 40U, kReadMax});
  CHECK(std::get<ReadFile>(value_of(read)).offset == 1ULL << 40U);

  const auto frame = format(Reply(Opened{3, {1ULL << 41U, -5, false}}));
  const auto opened = parse_reply(static_cast<std::uint8_t>(frame[4]), body_of(frame));
  REQUIRE(opened);
  CHECK(std::get<Opened>(*opened).facts == FileFacts{1ULL << 41U, -5, false});
  const auto list = format(Reply(Entries{{{"a", true}, {"b", false}}}));
  const auto entries = parse_reply(static_cast<std::uint8_t>(list[4]), body_of(list));
  REQUIRE(entries);
  CHECK(std::get<Entries>(*entries).entries.at(1).name == "b");
}

TEST_CASE("a frame over the limit, of no kind, cut or with more than its fields is refused",
          "[smb][hostile]") {
  const auto good = format(Request(ReadFile{1, 2, 3}));
  const auto kind = static_cast<std::uint8_t>(good[4]);
  const auto body = body_of(good);
  for (std::size_t size = 0; size < body.size(); ++size) {
    CHECK_FALSE(parse_request(kind, Bytes(body).first(size)));
  }
  auto longer = body;
  longer.push_back(std::byte{0});
  CHECK_FALSE(parse_request(kind, longer));
  CHECK_FALSE(parse_request(200, body));
  CHECK_FALSE(parse_reply(200, body));
  std::array<std::byte, kFrameHead> head{std::byte{1}, std::byte{0x80}};
  CHECK(parse_head(head, kRequestMax).error().code == Errc::over_limit);
  head = {};
  CHECK_FALSE(parse_head(head, kRequestMax));
}

TEST_CASE("limits of the pipe's protocol hold", "[smb][hostile]") {
  CHECK_FALSE(request_again(ReadFile{1, 0, kReadMax + 1}));
  CHECK_FALSE(request_again(ReadFile{1, ~0ULL, 1}));
  CHECK(request_again(StatFile{std::string(kTextMax, 'x')}));
  auto body = body_of(format(Request(StatFile{std::string("a\0b", 3)})));
  CHECK_FALSE(parse_request(1, body));
  const auto cut = format(Reply(Failed{Failure::lost, std::string(2 * kTextMax, 'x')}));
  CHECK(std::get<Failed>(value_of(parse_reply(0, body_of(cut)))).text.size() == kTextMax);
}
