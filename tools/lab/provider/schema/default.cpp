// root\default: the registry provider. Its methods are static.
#include "tools/lab/provider/schema_text.hpp"

namespace migstorm::lab::schema {
namespace {

constexpr ClassText kRegistryClasses[] = {
    {.name = "StdRegProv",
     .methods = "static EnumKey(<hDefKey:uint32 <sSubKeyName:string >sNames[]:string); static "
                "EnumValues(<hDefKey:uint32 <sSubKeyName:string >sNames[]:string >Types[]:sint32); "
                "static GetStringValue(<hDefKey:uint32 <sSubKeyName:string <sValueName:string "
                ">sValue:string); static GetExpandedStringValue(<hDefKey:uint32 <sSubKeyName:string "
                "<sValueName:string >sValue:string); static GetMultiStringValue(<hDefKey:uint32 "
                "<sSubKeyName:string <sValueName:string >sValue[]:string); static "
                "GetDWORDValue(<hDefKey:uint32 <sSubKeyName:string <sValueName:string "
                ">uValue:uint32); static GetQWORDValue(<hDefKey:uint32 <sSubKeyName:string "
                "<sValueName:string >uValue:uint64); static GetBinaryValue(<hDefKey:uint32 "
                "<sSubKeyName:string <sValueName:string >uValue[]:uint8); static "
                "SetStringValue(<hDefKey:uint32 <sSubKeyName:string <sValueName:string "
                "<sValue:string); static SetDWORDValue(<hDefKey:uint32 <sSubKeyName:string "
                "<sValueName:string <uValue:uint32)"},
};

} // namespace

std::span<const ClassText> registry() noexcept { return kRegistryClasses; }

} // namespace migstorm::lab::schema
