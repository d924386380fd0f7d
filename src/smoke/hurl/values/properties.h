#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::smoke::hurl {

// Returns the characters of a property of Unicode as RE2 writes them inside brackets: for `Letter`, the name in
// \p{Letter}, "\p{L}". Names are compared loosely (UAX 44, LM3), as Rust's crate regex does it. A name may begin with
// gc=, sc=, scx= or their long names; a name that isn't known here counts as a script's. Nothing: no name, an unknown
// category after gc=, or another word before the =.
std::optional<std::string> members_of_property(std::string_view name);

}
