// The names that WS-Management messages are made of.
#pragma once

#include <string_view>

namespace migstorm::lab::wsman::names {

using Name = const std::string_view;

inline constexpr Name kSoap = "http://www.w3.org/2003/05/soap-envelope";
inline constexpr Name kAddressing = "http://schemas.xmlsoap.org/ws/2004/08/addressing";
inline constexpr Name kAnonymous = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous";
inline constexpr Name kWsman = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd";
inline constexpr Name kEnumeration = "http://schemas.xmlsoap.org/ws/2004/09/enumeration";
inline constexpr Name kTransfer = "http://schemas.xmlsoap.org/ws/2004/09/transfer";
inline constexpr Name kWsmanFault = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault";
inline constexpr Name kCimBinding = "http://schemas.dmtf.org/wbem/wsman/1/cimbinding.xsd";
inline constexpr Name kCim = "http://schemas.dmtf.org/wbem/wscim/1/common";
inline constexpr Name kXsi = "http://www.w3.org/2001/XMLSchema-instance";
inline constexpr Name kIdentity = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd";

inline constexpr Name kGet = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Get";
inline constexpr Name kPut = "http://schemas.xmlsoap.org/ws/2004/09/transfer/Put";
inline constexpr Name kEnumerate = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate";
inline constexpr Name kPull = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Pull";
inline constexpr Name kRelease = "http://schemas.xmlsoap.org/ws/2004/09/enumeration/Release";

inline constexpr Name kEventing = "http://schemas.xmlsoap.org/ws/2004/08/eventing";
inline constexpr Name kSubscribe = "http://schemas.xmlsoap.org/ws/2004/08/eventing/Subscribe";
inline constexpr Name kRenew = "http://schemas.xmlsoap.org/ws/2004/08/eventing/Renew";
inline constexpr Name kUnsubscribe = "http://schemas.xmlsoap.org/ws/2004/08/eventing/Unsubscribe";
inline constexpr Name kEventLog = "http://schemas.microsoft.com/wbem/wsman/1/windows/EventLog";
inline constexpr Name kDeliveryPull = "http://schemas.dmtf.org/wbem/wsman/1/wsman/Pull";
inline constexpr Name kBookmarkEarliest = "http://schemas.dmtf.org/wbem/wsman/1/wsman/bookmark/earliest";
inline constexpr Name kDialectEvents = "http://schemas.microsoft.com/win/2004/08/events/eventquery";

inline constexpr Name kDialectWql = "http://schemas.microsoft.com/wbem/wsman/1/WQL";
inline constexpr Name kDialectSelectors = "http://schemas.dmtf.org/wbem/wsman/1/wsman/SelectorFilter";

// Resource URIs: <prefix><namespace>/<Class>, or <generic prefix><Class> with the namespace in a selector.
inline constexpr Name kWmiPrefix = "http://schemas.microsoft.com/wbem/wsman/1/wmi/";
inline constexpr Name kGenericPrefix = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/";
inline constexpr Name kNamespaceSelector = "__cimnamespace";

} // namespace migstorm::lab::wsman::names
