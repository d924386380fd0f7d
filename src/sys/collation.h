#pragma once
#include <compare>
#include <optional>
#include <string_view>

// Compares texts in the order of the Unicode collation's root (UTS #10 with CLDR's root), like JavaScript's
// localeCompare.
namespace fairlead::sys {

// Compares ASCII by a table, and other characters by ICU, which is loaded when first needed. Without ICU, other
// characters come after ASCII, by code point. Broken UTF-8 counts as U+FFFD.
std::strong_ordering collate(std::string_view a, std::string_view b);

// Returns whether collate() knows the order of `text`: the text is ASCII, or ICU is installed.
bool can_collate(std::string_view text);

// nothing: ICU is not installed
std::optional<std::strong_ordering> collate_by_icu(std::string_view a, std::string_view b);

}
