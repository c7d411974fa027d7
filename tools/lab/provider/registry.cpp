// StdRegProv: static methods over the registry of the machine. Keys are looked up anew for every call,
// because a move or a reboot changes what they say.
#include "tools/lab/provider/providers.hpp"
#include "tools/lab/provider/registry_tree.hpp"

namespace migstorm::lab {

namespace {

constexpr std::uint64_t kLocalMachine = 2147483650; // HKEY_LOCAL_MACHINE
constexpr std::uint32_t kNotFound = 2;              // ERROR_FILE_NOT_FOUND
constexpr std::uint32_t kWrongType = 1;             // what the provider says to a value of another type

// REG_SZ and its like.
enum class RegistryType : std::int64_t { sz = 1, binary = 3, dword = 4, multi_sz = 7 };

RegistryType type_of(const RegistryData& data) {
  static constexpr RegistryType kTypes[] = {RegistryType::sz, RegistryType::dword, RegistryType::multi_sz,
                                            RegistryType::binary};
  return kTypes[data.index()];
}

cim::Value to_value(const RegistryData& data) {
  if (const auto* string = std::get_if<std::string>(&data)) {
    return text(*string);
  }
  if (const auto* dword = std::get_if<std::uint32_t>(&data)) {
    return number(*dword);
  }
  if (const auto* strings = std::get_if<std::vector<std::string>>(&data)) {
    return texts(*strings);
  }
  return bytes(std::get<std::vector<std::uint8_t>>(data));
}

// Runs `read` on the key that the arguments name.
template <class Read>
cim::MethodResult with_key(const OsContext& context, const Arguments& in, const Read& read) {
  const auto hive = number_argument(in, "hDefKey").value_or(kLocalMachine);
  const auto* path = text_argument(in, "sSubKeyName");
  const auto root = registry_of(context.facts());
  const auto* key = hive == kLocalMachine ? root.find(path != nullptr ? *path : std::string()) : nullptr;
  return key != nullptr ? read(*key) : returned(kNotFound);
}

cim::MethodResult enum_keys(const RegistryKey& key) {
  std::vector<std::string> names;
  for (const auto& [folded, child] : key.keys) {
    names.push_back(child.name);
  }
  auto result = returned(0);
  result.out.emplace_back("sNames", texts(names));
  return result;
}

cim::MethodResult enum_values(const RegistryKey& key) {
  std::vector<std::string> names;
  cim::Array types;
  for (const auto& value : key.values) {
    names.push_back(value.name);
    types.emplace_back(static_cast<std::int64_t>(type_of(value.data)));
  }
  auto result = returned(0);
  result.out.emplace_back("sNames", texts(names));
  result.out.emplace_back("Types", std::move(types));
  return result;
}

cim::MethodResult get_value(const RegistryKey& key, const Arguments& in, RegistryType type,
                            std::string_view out) {
  const auto* name = text_argument(in, "sValueName");
  for (const auto& value : key.values) {
    if (cim::iequals(value.name, name != nullptr ? *name : std::string())) {
      if (type_of(value.data) != type) {
        return returned(kWrongType);
      }
      auto result = returned(0);
      result.out.emplace_back(std::string(out), to_value(value.data));
      return result;
    }
  }
  return returned(kNotFound);
}

struct Getter {
  std::string_view method;
  RegistryType type;
  std::string_view out;
};
constexpr Getter kGetters[] = {
    {"GetStringValue", RegistryType::sz, "sValue"},
    {"GetExpandedStringValue", RegistryType::sz, "sValue"},
    {"GetMultiStringValue", RegistryType::multi_sz, "sValue"},
    {"GetDWORDValue", RegistryType::dword, "uValue"},
    {"GetBinaryValue", RegistryType::binary, "uValue"},
};

} // namespace

void add_registry(Dispatch& dispatch, const OsContext& context) {
  const auto& definition = context.schema().at(kDefault, "StdRegProv");
  dispatch.add_method(definition, "EnumKey", [context](const cim::ObjectPath&, const Arguments& in) {
    return with_key(context, in, enum_keys);
  });
  dispatch.add_method(definition, "EnumValues", [context](const cim::ObjectPath&, const Arguments& in) {
    return with_key(context, in, enum_values);
  });
  for (const auto& getter : kGetters) {
    dispatch.add_method(definition, getter.method,
                        [context, &getter](const cim::ObjectPath&, const Arguments& in) {
                          return with_key(context, in, [&](const RegistryKey& key) {
                            return get_value(key, in, getter.type, getter.out);
                          });
                        });
  }
}

} // namespace migstorm::lab
