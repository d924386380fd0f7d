#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::smoke::hurl {

// The members of a property of Unicode, `Letter` of \p{Letter}, as RE2 takes them inside of brackets: "\p{L}". Names
// are compared loosely (UAX 44, LM3), as Rust's crate regex does it; gc=, sc= and scx= with their long names are
// understood. Nothing: RE2 has no such property, or it isn't known here.
std::optional<std::string> members_of_property(std::string_view name);

}
