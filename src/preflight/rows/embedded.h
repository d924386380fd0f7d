#pragma once
#include <span>
#include <string_view>

// The YAML files beside this one, as cmake/embed.cmake writes them into the program; sorted by name.
namespace fairlead::preflight {

struct RowText {
    std::string_view name; // "kube.yml"
    std::string_view text;
};
extern const std::span<const RowText> row_texts;

}
