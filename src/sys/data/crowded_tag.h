#pragma once
#include "sys/data/xpath.h"
#include <string_view>

namespace fairlead::sys {

inline bool is_xml_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Returns whether a tag has more than most_tag_attributes attributes. libxml2 before 2.12 takes quadratic time for
// them.
bool has_crowded_tag(std::string_view text, Markup markup);

}
