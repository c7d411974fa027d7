#include "harness/hyperv/registry.hpp"

#include "harness/hyperv/read_method.hpp"
#include "harness/wsman/text.hpp"

namespace migstorm::hyperv {

namespace {

constexpr std::string_view kLocalMachine = "2147483650"; // HKEY_LOCAL_MACHINE

// The answer's out-parameters; nothing where the value is not there.
Task<Result<std::optional<wsman::Instance>>> read_value(Host& machine, std::string method, std::string key,
                                                        std::string value) {
  // The order of the arguments is the signature's.
  std::vector<wsman::Argument> arguments;
  arguments.push_back(wsman::Argument::scalar("hDefKey", std::string(kLocalMachine)));
  arguments.push_back(wsman::Argument::scalar("sSubKeyName", std::move(key)));
  arguments.push_back(wsman::Argument::scalar("sValueName", std::move(value)));
  wsman::Reference registry{wsman::resource_uri(kNamespaceDefault, "StdRegProv"), {}};
  Result<ReadAnswer> told =
      co_await read_method(machine, std::move(registry), std::move(method), std::move(arguments));
  if (!told) {
    co_return std::move(told).error();
  }
  std::optional<wsman::Instance> out;
  if (told->result.return_value == 0) {
    out = std::move(told->result.out);
  }
  co_return out;
}

} // namespace

Task<Result<std::optional<std::uint32_t>>> read_dword(Host& machine, std::string key, std::string value) {
  Result<std::optional<wsman::Instance>> out =
      co_await read_value(machine, "GetDWORDValue", std::move(key), std::move(value));
  if (!out) {
    co_return std::move(out).error();
  }
  std::optional<std::uint32_t> read;
  const auto number = *out ? (*out)->number("uValue") : std::nullopt;
  if (number && *number <= UINT32_MAX) {
    read = static_cast<std::uint32_t>(*number);
  }
  co_return read;
}

Task<Result<std::optional<std::string>>> read_string(Host& machine, std::string key, std::string value) {
  Result<std::optional<wsman::Instance>> out =
      co_await read_value(machine, "GetExpandedStringValue", key, value);
  if (out && !*out) { // the method knows its own type only
    out = co_await read_value(machine, "GetStringValue", std::move(key), std::move(value));
  }
  if (!out) {
    co_return std::move(out).error();
  }
  std::optional<std::string> read;
  if (const auto text = *out ? (*out)->text("sValue") : std::nullopt) {
    read = wsman::printable(*text, kTextMax);
  }
  co_return read;
}

} // namespace migstorm::hyperv
