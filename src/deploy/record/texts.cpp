#include "deploy/record/texts.h"
#include "sys/data/json.h"

namespace fairlead::deploy {

std::vector<std::string> texts_of(const sys::Json& object, std::string_view key) {
    std::vector<std::string> texts;
    const auto found = object.find(key);
    if (found == object.end() || !found->is_array()) return texts;
    for (const auto& one : *found)
        if (one.is_string()) texts.push_back(one.get<std::string>());
    return texts;
}

}
