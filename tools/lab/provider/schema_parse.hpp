// Turns the text of schema_text.hpp into class definitions for one release. The text is our own: a mistake in
// it is a programmer's error (std::logic_error naming the class), found by the first test that runs.
#pragma once

#include "tools/lab/cim/model.hpp"
#include "tools/lab/provider/schema_text.hpp"

namespace migstorm::lab::schema {

// Properties are sorted by name, as management services list them; object paths get their keys in that order.
cim::ClassDef parse_class(const ClassText& text, std::string_view ns, Release release);

// An instance with the documented constants, CreationClassName among them; everything else is NULL.
cim::Instance make_prototype(const cim::ClassDef& definition, const ClassText& text);

} // namespace migstorm::lab::schema
