#pragma once
#include "sys/data/xpath.h"
#include <string_view>

namespace fairlead::sys {

inline bool is_xml_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Whether a tag has more than most_tag_attributes attributes, for which libxml2 before 2.12 takes quadratic time.
bool has_crowded_tag(std::string_view text, Markup markup);

}
