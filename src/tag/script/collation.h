#pragma once
#include <compare>
#include <string_view>

namespace fairlead::tag {

// Order of keys as the Unicode root collation (UTS #10, DUCET) has it for ASCII and Latin letters with accents:
// punctuation before digits before letters; letters without case and accents first, ties by accent, then lower case
// before upper. Other code points come after, by number.
std::strong_ordering collate(std::string_view a, std::string_view b);

}
