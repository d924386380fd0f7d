#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::smoke::hurl {

// Returns a Unicode property in RE2's syntax for use inside brackets: "\p{L}" for `Letter`, the name in \p{Letter}.
// Names are compared loosely (UAX 44, LM3), as Rust's crate regex does it. A name may begin with gc=, sc=, scx= or
// their long names; an unknown name is taken for a script's. Nothing: an empty name, an unknown category after gc=, or
// another word before the =.
std::optional<std::string> members_of_property(std::string_view name);

}
