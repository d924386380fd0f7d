#pragma once
#include <compare>
#include <optional>
#include <string_view>

// Order of texts as the root of the Unicode collation has it (UTS #10 with CLDR's root), as localeCompare of a script.
namespace fairlead::sys {

// ASCII by a table; what is beyond, by ICU, which is loaded when first needed; without it, by code point behind ASCII.
// Broken UTF-8 counts as U+FFFD.
std::strong_ordering collate(std::string_view a, std::string_view b);

// Whether collate() knows: it is ASCII, or ICU is there.
bool can_collate(std::string_view text);

std::optional<std::strong_ordering> collate_by_icu(std::string_view a, std::string_view b); // nothing: there is no ICU

}
