#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::read {

struct Substituted {
    std::string text;
    std::string error; // why compose refuses it; empty: it is accepted
};

// Expands $NAME, ${NAME}, ${NAME:-x} and - :? ? :+ +, also nested, and $$, like compose-go's template.Substitute. An
// unset name gives an empty text. Also an error: nested deeper than 32, or a result over `limit` bytes.
Substituted substitute(std::string_view text,
                       const std::function<std::optional<std::string>(const std::string&)>& lookup,
                       std::size_t limit = std::size_t{1} << 20);

}
