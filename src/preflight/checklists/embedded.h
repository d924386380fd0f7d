#pragma once
#include <span>
#include <string_view>

// The YAML files beside this one, as cmake/embed.cmake writes them into the program; sorted by name.
namespace fairlead::preflight {

struct ChecklistText {
    std::string_view name; // "deployment.yml"
    std::string_view text;
};
extern const std::span<const ChecklistText> checklist_texts;

}
