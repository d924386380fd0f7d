#include "sys/data/json_builder.h"
#include "sys/data/json.h"
#include <algorithm>

namespace fairlead::sys {

std::optional<std::string> StreamBuilder::repeated() {
    if (open_.back()->size() < 2 || !open_.back()->is_object()) return std::nullopt;
    names_.clear();
    for (const auto& [name, value] : open_.back()->get_ref<const Json::object_t&>()) names_.push_back(name);
    std::sort(names_.begin(), names_.end(), [](std::string_view a, std::string_view b) { // any order will do
        return a.size() != b.size() ? a.size() < b.size() : a < b;
    });
    const auto found = std::adjacent_find(names_.begin(), names_.end());
    return found == names_.end() ? std::nullopt : std::optional(std::string(*found));
}

}
