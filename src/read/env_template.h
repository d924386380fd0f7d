#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace fairlead::read {

struct Substituted {
    std::string text;
    std::string error; // why compose refuses it; empty: it doesn't
};

// $NAME, ${NAME}, ${NAME:-x} and - :? ? :+ +, nested, $$, as compose-go's template.Substitute. A name that is unset is
// empty. Error too: nested deeper than 32, a result over `limit` bytes.
Substituted substitute(std::string_view text,
                       const std::function<std::optional<std::string>(const std::string&)>& lookup,
                       std::size_t limit = std::size_t{1} << 20);

}
