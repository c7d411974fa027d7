// Names as WMI writes them: GUIDs, instance identifiers, object paths, machine names, and text inside WQL.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace migstorm::hyperv {

inline constexpr std::string_view kNamespaceV2 = "root/virtualization/v2";
inline constexpr std::string_view kNamespaceV1 = "root/virtualization";
inline constexpr std::string_view kNamespaceCluster = "root/MSCluster";
inline constexpr std::string_view kNamespaceCim = "root/cimv2";
inline constexpr std::string_view kNamespaceDefault = "root/default";

// Limits for texts that hosts and guests choose.
inline constexpr std::size_t kNameMax = 256;
inline constexpr std::size_t kTextMax = 4096;

// A GUID in upper case without braces, if the whole text is one.
std::optional<std::string> to_guid(std::string_view text);
// The first GUID anywhere in the text.
std::optional<std::string> find_guid(std::string_view text);
// "Microsoft:<GUID>" and "Microsoft:<GUID>\..." give the GUID; templates ("Microsoft:Definition\...") give
// nothing.
std::optional<std::string> guid_of_instance(std::string_view instance_id);

// The InstanceID key of an object path, its backslashes and quotes undone:
// \\HOST\root\virtualization\v2:Msvm_X.InstanceID="Microsoft:8C0E...\\A1"
std::optional<std::string> instance_id_of_path(std::string_view path);

std::string to_lower(std::string_view text);
std::string_view first_label(std::string_view machine_name) noexcept; // "hv1" of "hv1.lab.test"

// The text as a WQL string literal, quotes included.
std::string quote_wql(std::string_view text);

} // namespace migstorm::hyperv
