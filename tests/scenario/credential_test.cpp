#include "harness/scenario/credential.hpp"

#include "tests/support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace migstorm {
namespace {

// A password file of its own for each test.
class PasswordFile {
public:
  explicit PasswordFile(const std::string& content)
      : path_(std::filesystem::temp_directory_path() / "migstorm_credential_test") {
    std::ofstream(path_, std::ios::binary) << content;
    allow(std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }
  PasswordFile(const PasswordFile&) = delete;
  PasswordFile& operator=(const PasswordFile&) = delete;
  ~PasswordFile() { std::filesystem::remove(path_); }

  void allow(std::filesystem::perms perms) const { std::filesystem::permissions(path_, perms); }
  Credential credential() const { return {"hosts", "u", "", path_, ""}; }

private:
  std::filesystem::path path_;
};

TEST_CASE("the first line of a file is the password", "[credential]") {
  const auto content = GENERATE("pass word", "pass word\n", "pass word\r\n", "pass word\nsecond line\n");
  const PasswordFile file(content);
  const auto password = read_password(file.credential());
  REQUIRE(password);
  CHECK(*password == "pass word");
}

TEST_CASE("a password comes from the environment", "[credential]") {
  ::setenv("MIGSTORM_CREDENTIAL_TEST", "from there", 1);
  CHECK(*read_password({"c", "u", "MIGSTORM_CREDENTIAL_TEST", "", ""}) == "from there");
  ::unsetenv("MIGSTORM_CREDENTIAL_TEST");
  const auto missing = read_password({"c", "u", "MIGSTORM_CREDENTIAL_TEST", "", ""});
  CHECK(missing.error().code == Errc::not_found);
  CHECK(missing.error().detail == "credential c: environment variable MIGSTORM_CREDENTIAL_TEST is not set");
}

TEST_CASE("a simulated cluster's password stands in its credential", "[credential]") {
  CHECK(*read_password({"lab", "u", "", "", "p"}) == "p");
}

TEST_CASE("files that hold no password are refused without showing what they hold", "[credential][hostile]") {
  CHECK(read_password(PasswordFile("").credential()).error().detail.ends_with("is empty"));
  CHECK(read_password(PasswordFile("\nsecond").credential()).error().code == Errc::malformed);
  const auto binary = read_password(PasswordFile("hun\x01ter").credential());
  CHECK(binary.error().detail.find("hun") == std::string::npos);
  const auto huge = read_password(PasswordFile(std::string(100'000, 'x')).credential());
  CHECK(huge.error().code == Errc::over_limit);
  CHECK(huge.error().detail.find("xx") == std::string::npos);
  CHECK(*read_password(PasswordFile(std::string(512, 'x') + "\r\n").credential()) == std::string(512, 'x'));
}

TEST_CASE("a password file that is not there is named", "[credential]") {
  CHECK(read_password({"c", "u", "", "/nonexistent/p", ""}).error().detail ==
        "credential c: password file /nonexistent/p cannot be opened");
  CHECK(read_password({"c", "u", "", "/", ""}).error().detail.ends_with("is a folder"));
}

TEST_CASE("a password file that others can read is warned of", "[credential]") {
  using std::filesystem::perms;
  const PasswordFile file("p");
  CHECK_FALSE(password_warning(file.credential()));
  file.allow(perms::owner_read | perms::group_read);
  REQUIRE(password_warning(file.credential()));
  CHECK(password_warning(file.credential())->find("use chmod 600") != std::string::npos);
  file.allow(perms::owner_read | perms::others_read);
  CHECK(password_warning(file.credential()));
  CHECK_FALSE(password_warning({"c", "u", "ENV", "", ""}));
}

} // namespace
} // namespace migstorm
