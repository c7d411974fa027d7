#include "tools/lab/provider/values.hpp"

#include "tools/lab/cim/text.hpp"
#include "tools/lab/engine/text.hpp"

#include <fmt/format.h>

namespace migstorm::lab {

namespace {

const cim::Scalar* scalar_argument(const Arguments& in, std::string_view name) noexcept {
  const auto* value = argument(in, name);
  return value != nullptr ? std::get_if<cim::Scalar>(value) : nullptr;
}

// FNV-1a, then a final mix, so that neighbouring words do not give neighbouring numbers.
std::uint64_t hash_of(std::uint64_t seed, std::string_view words) noexcept {
  for (const char c : words) {
    seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  seed = (seed ^ (seed >> 31U)) * 0x9e3779b97f4a7c15ULL;
  return seed ^ (seed >> 29U);
}

} // namespace

cim::Value civil(const Model& model, Instant at) { return cim::Scalar(cim::Datetime{model.civil(at), 0}); }

cim::Value texts(const std::vector<std::string>& values) { return cim::Array(values.begin(), values.end()); }

cim::Value numbers(std::initializer_list<std::uint64_t> values) {
  return cim::Array(values.begin(), values.end());
}

cim::Value bytes(const std::vector<std::uint8_t>& values) {
  cim::Array array;
  array.reserve(values.size());
  for (const auto value : values) {
    array.emplace_back(std::uint64_t{value});
  }
  return array;
}

const cim::Value* argument(const Arguments& in, std::string_view name) noexcept {
  for (const auto& [key, value] : in) {
    if (cim::iequals(key, name)) {
      return &value;
    }
  }
  return nullptr;
}

const std::string* text_argument(const Arguments& in, std::string_view name) noexcept {
  const auto* scalar = scalar_argument(in, name);
  return scalar != nullptr ? std::get_if<std::string>(scalar) : nullptr;
}

std::optional<std::uint64_t> as_number(const cim::Scalar& value) noexcept {
  if (const auto* plain = std::get_if<std::uint64_t>(&value)) {
    return *plain;
  }
  if (const auto* with_sign = std::get_if<std::int64_t>(&value); with_sign != nullptr && *with_sign >= 0) {
    return static_cast<std::uint64_t>(*with_sign);
  }
  return std::nullopt;
}

std::optional<std::uint64_t> number_argument(const Arguments& in, std::string_view name) noexcept {
  const auto* scalar = scalar_argument(in, name);
  return scalar != nullptr ? as_number(*scalar) : std::nullopt;
}

const cim::ObjectPath* path_argument(const Arguments& in, std::string_view name) noexcept {
  const auto* scalar = scalar_argument(in, name);
  return scalar != nullptr ? std::get_if<cim::ObjectPath>(scalar) : nullptr;
}

const cim::Array* array_argument(const Arguments& in, std::string_view name) noexcept {
  const auto* value = argument(in, name);
  return value != nullptr ? std::get_if<cim::Array>(value) : nullptr;
}

std::optional<std::vector<std::uint8_t>> bytes_argument(const Arguments& in, std::string_view name) {
  const auto* array = array_argument(in, name);
  if (array == nullptr) {
    return std::nullopt;
  }
  std::vector<std::uint8_t> out;
  out.reserve(array->size());
  for (const auto& item : *array) {
    const auto value = as_number(item);
    if (!value || *value > 0xff) {
      return std::nullopt;
    }
    out.push_back(static_cast<std::uint8_t>(*value));
  }
  return out;
}

const std::string* hinted(const cim::Hint& hint, std::string_view property) noexcept {
  for (const auto& term : hint.equal) {
    if (cim::iequals(term.name, property)) {
      return &term.value;
    }
  }
  return nullptr;
}

Wanted::Wanted(const cim::Hint& hint, std::string_view property) : only_(hinted(hint, property)) {
  for (const auto& term : hint.one_of) {
    if (cim::iequals(term.name, property)) {
      few_.insert(lower(term.value));
    }
  }
}

bool Wanted::operator()(std::string_view text) const {
  return only_ != nullptr ? cim::iequals(*only_, text) : few_.empty() || few_.contains(lower(text));
}

std::string_view system_in(std::string_view instance_id) noexcept {
  constexpr std::string_view kPrefix = "Microsoft:";
  if (!cim::istarts_with(instance_id, kPrefix)) {
    return {};
  }
  instance_id.remove_prefix(kPrefix.size());
  return instance_id.substr(0, instance_id.find('\\'));
}

std::string derived_guid(std::string_view first, std::string_view second) {
  const auto high = hash_of(hash_of(0xcbf29ce484222325ULL, first), second);
  const auto low = hash_of(high, "low");
  return fmt::format("{:08X}-{:04X}-{:04X}-{:04X}-{:012X}", high >> 32U, (high >> 16U) & 0xffff,
                     high & 0xffff, low >> 48U, low & 0xffffffffffff);
}

cim::MethodResult returned(std::uint32_t value) {
  cim::MethodResult result;
  result.return_value = value;
  return result;
}

cim::MethodResult faulted(std::uint32_t hresult, std::string message) {
  cim::MethodResult result;
  result.fault = cim::MethodFault{hresult, std::move(message)};
  return result;
}

} // namespace migstorm::lab
