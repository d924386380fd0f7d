#include "deploy/compose/json.h"
#include "sys/data/json.h"

namespace fairlead::deploy {

using sys::Json;

const Json& member(const Json& value, std::string_view key) {
    static const Json none;
    if (!value.is_object()) return none;
    const auto found = value.find(key);
    return found == value.end() ? none : *found;
}

bool is_set(const Json& value, std::string_view key) {
    const auto& one = member(value, key);
    return one.is_boolean() && one.get<bool>();
}

}
