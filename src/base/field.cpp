#include "base/field.h"
#include <algorithm>

namespace fairlead {

const Field* find_field(std::span<const Field> fields, std::string_view name) {
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const Field& field) { return field.name == name; });
    return found == fields.end() ? nullptr : &*found;
}

std::string_view name_of(Type type) {
    switch (type) {
    case Type::text: return "text";
    case Type::boolean: return "boolean";
    case Type::integer: return "integer";
    case Type::count:
    case Type::positive:
    case Type::up_to_1000: return "whole number";
    case Type::number: return "number";
    case Type::duration: return "duration";
    case Type::size: return "size";
    case Type::share: return "share";
    case Type::percent: return "percentage";
    case Type::limit: return "number or percentage";
    case Type::age: return "duration or off";
    case Type::day: return "day";
    case Type::status: return "status";
    case Type::route: return "path";
    case Type::url: return "URL";
    case Type::commands: return "list of commands";
    case Type::text_list: return "list";
    case Type::secret: return "secret";
    case Type::map: return "map";
    case Type::map_list: return "list of maps";
    case Type::open_map: return "map";
    case Type::any: return "any value";
    }
    return "any value";
}

}
