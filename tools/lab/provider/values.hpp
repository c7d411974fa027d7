// Short ways to write CIM values down and to read arguments; providers use nothing else for that.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/engine/model.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace migstorm::lab {

using Arguments = std::vector<std::pair<std::string, cim::Value>>;

inline cim::Value null() { return cim::Scalar(); }
inline cim::Value text(std::string value) { return cim::Scalar(std::move(value)); }
inline cim::Value text(std::string_view value) { return cim::Scalar(std::string(value)); }
inline cim::Value text(const char* value) { return cim::Scalar(std::string(value)); }
inline cim::Value number(std::uint64_t value) { return cim::Scalar(value); }
inline cim::Value signed_number(std::int64_t value) { return cim::Scalar(value); }
inline cim::Value flag(bool value) { return cim::Scalar(value); }
inline cim::Value object(cim::InstancePtr value) { return cim::Scalar(std::move(value)); }
inline cim::Value reference(cim::ObjectPath value) { return cim::Scalar(std::move(value)); }
inline cim::Value interval(Span value) { return cim::Scalar(cim::Interval{value}); }
cim::Value civil(const Model& model, Instant at);

cim::Value texts(const std::vector<std::string>& values);
cim::Value numbers(std::initializer_list<std::uint64_t> values);
cim::Value bytes(const std::vector<std::uint8_t>& values);

inline cim::InstancePtr share(cim::Instance instance) {
  return std::make_shared<const cim::Instance>(std::move(instance));
}

// Arguments by name, without case. Absent, NULL and of another type are all "nothing".
const cim::Value* argument(const Arguments& in, std::string_view name) noexcept;
const std::string* text_argument(const Arguments& in, std::string_view name) noexcept;
std::optional<std::uint64_t> number_argument(const Arguments& in, std::string_view name) noexcept;
const cim::ObjectPath* path_argument(const Arguments& in, std::string_view name) noexcept;
const cim::Array* array_argument(const Arguments& in, std::string_view name) noexcept;
std::optional<std::vector<std::uint8_t>> bytes_argument(const Arguments& in, std::string_view name);
std::optional<std::uint64_t> as_number(const cim::Scalar& value) noexcept;

// The value that a hint pins a property to.
const std::string* hinted(const cim::Hint& hint, std::string_view property) noexcept;

// The texts that a hint leaves for a property: one, a few, or any. Without case.
class Wanted {
public:
  Wanted(const cim::Hint& hint, std::string_view property);
  bool operator()(std::string_view text) const;

private:
  const std::string* only_;
  std::unordered_set<std::string> few_; // in lower case; empty: any
};

// "Microsoft:<GUID>", with or without "\..." behind it, to the GUID; empty if it is neither.
std::string_view system_in(std::string_view instance_id) noexcept;
// An identifier that is always the same for the same words: upper-case GUID.
std::string derived_guid(std::string_view first, std::string_view second);

inline constexpr std::uint64_t kStatusOk = 2; // OperationalStatus

// ReturnValue of methods; the Msvm family and the CIM family number them apart.
inline constexpr std::uint32_t kReturnOk = 0;
inline constexpr std::uint32_t kReturnBadParameter = 21; // of Win32 classes
inline constexpr std::uint32_t kReturnCimUnsupported = 1;
inline constexpr std::uint32_t kReturnJobStarted = 4096;
inline constexpr std::uint32_t kReturnFailed = 32768;
inline constexpr std::uint32_t kReturnUnsupported = 32770;
inline constexpr std::uint32_t kReturnInvalidParameter = 32773;
inline constexpr std::uint32_t kReturnInvalidState = 32775;
inline constexpr std::uint32_t kReturnWrongType = 32776;
inline constexpr std::uint32_t kReturnOutOfMemory = 32778;
inline constexpr std::uint32_t kReturnFileNotFound = 32779;
inline constexpr std::uint32_t kReturnNotCompatible = 32784;

// HRESULTs of WMI itself.
inline constexpr std::uint32_t kWbemNotFound = 0x80041002;
inline constexpr std::uint32_t kWbemInvalidParameter = 0x80041008;
inline constexpr std::uint32_t kWbemNotSupported = 0x8004100C;
inline constexpr std::uint32_t kWbemReadOnly = 0x80041024;

cim::MethodResult returned(std::uint32_t value);
cim::MethodResult faulted(std::uint32_t hresult, std::string message);

} // namespace migstorm::lab
