// Text forms of CIM values, shared by WQL, WS-Man and CIM-XML: names compare without case, numbers are
// decimal, times exist as CIM text (20261123140000.000000+060) and as XML Schema text
// (2026-11-23T14:00:00+01:00).
#pragma once

#include "tools/lab/cim/model.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace migstorm::lab::cim {

bool iequals(std::string_view a, std::string_view b) noexcept; // ASCII, as WMI compares names
int icompare(std::string_view a, std::string_view b) noexcept; // <0, 0, >0
bool istarts_with(std::string_view text, std::string_view prefix) noexcept;
std::string_view trim(std::string_view text) noexcept; // XML white space

// "uint16", "string", ... A reference is "reference", an embedded object "string" (its CIM-XML form).
std::string_view type_name(Type type) noexcept;

std::optional<std::uint64_t> parse_unsigned(std::string_view text) noexcept; // decimal digits only
std::optional<std::int64_t> parse_signed(std::string_view text) noexcept;

// NULL is the empty text.
std::string to_text(const Scalar& value);
// Text to a value of that type; nothing if it is not one or is out of the type's range. Not for objects.
std::optional<Scalar> from_text(Type type, std::string_view text);

std::string to_cim_text(const Datetime& value);
std::string to_cim_text(const Interval& value);
void append_xml_text(std::string& out, const Datetime& value); // xs:dateTime
void append_xml_text(std::string& out, const Interval& value); // xs:duration
// Both forms. Times outside the years 1700 to 2200 are refused: nanoseconds do not hold them.
std::optional<Datetime> parse_datetime(std::string_view text);
std::optional<Interval> parse_interval(std::string_view text);

// Whether two paths name the same object: names and values without case; a part that one of them leaves out
// (host, namespace, some keys) is not compared.
bool same_object(const ObjectPath& a, const ObjectPath& b);

void append_xml_escaped(std::string& out, std::string_view text);

} // namespace migstorm::lab::cim
