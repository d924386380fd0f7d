#include "base/text.h"
#include "config/config.h"
#include "sys/json.h"

namespace fairlead::config {
namespace {

using sys::Json;

constexpr std::string_view reference = "\\$\\{"; // an interpolation stands for any value

// A key that must be there may stand in the common section or in the environment's, but within an item of a list.
enum class Part { section, item };
Json object(std::span<const Field> fields, Part part);

Json pattern(std::string_view text) { return {{"type", "string"}, {"pattern", std::string(text)}}; }
Json or_reference(Json type) { return {{"anyOf", {std::move(type), pattern(reference)}}}; }

Json word(const Field& field) {
    if (field.allowed.empty()) return {{"type", "string"}};
    Json values = Json::array();
    for (const std::string_view value : field.allowed) values.push_back(std::string(value));
    return {{"enum", values}};
}

Json integer(const Field& field) {
    if (field.allowed.empty()) return or_reference({{"type", "integer"}});
    Json values = Json::array();
    for (const std::string_view value : field.allowed) values.push_back(parse_integer(value).value_or(0));
    return {{"enum", values}};
}

// An item, or a list of them.
Json list_of(Json item) {
    Json list = {{"type", "array"}, {"items", item}};
    return {{"anyOf", {std::move(item), std::move(list)}}};
}

Json map(const Field& field, Part part) {
    Json type = object(field.children, part);
    if (field.or_text) return {{"anyOf", {word(field), std::move(type)}}};
    return type;
}

Json type_of(const Field& field) {
    switch (field.type) {
    case Type::text: return field.allowed.empty() ? Json{{"type", {"string", "number", "boolean"}}} : word(field);
    case Type::boolean: return or_reference({{"type", "boolean"}});
    case Type::integer: return integer(field);
    case Type::number: return or_reference({{"type", "number"}});
    case Type::duration: return pattern("^([0-9]+(ms|s|m|h|d|w))+$|" + std::string(reference));
    case Type::size: return pattern("^[0-9]+(B|kB|MB|GB|KiB|MiB|GiB)$|" + std::string(reference));
    case Type::share: return pattern("^[0-9]+([.][0-9]+)?%$|" + std::string(reference));
    case Type::text_list:
        return list_of(field.allowed.empty() ? Json{{"type", {"string", "number", "boolean"}}} : word(field));
    case Type::secret: return false;
    case Type::map: return map(field, Part::section);
    case Type::map_list: return list_of(map(field, Part::item));
    case Type::open_map: return {{"type", "object"}, {"additionalProperties", type_of(field.children.front())}};
    case Type::any: return Json::object();
    }
    return Json::object();
}

Json described(const Field& field) {
    Json type = type_of(field);
    if (type.is_object() && !field.help.empty()) type["description"] = std::string(field.help);
    return type;
}

Json object(std::span<const Field> fields, Part part) {
    Json properties = Json::object(), required = Json::array();
    for (const Field& field : fields) {
        const std::string name(field.name);
        const bool section = field.type == Type::any && is_tool(name);
        properties[name] = section ? Json{{"$ref", "#/definitions/" + name}} : described(field);
        if (part == Part::item && field.needed == Needed::required) required.push_back(name);
    }
    Json result = {{"type", {"object", "null"}}, {"additionalProperties", false}, {"properties", properties}};
    if (!required.empty()) result["required"] = required;
    return result;
}

}

std::string schema(std::string_view tool, std::span<const Field> fields) {
    Json result = {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "fairlead.yml"}};
    result.update(object(common_fields(), Part::section));
    result["definitions"] = Json::object();
    if (!tool.empty()) result["definitions"][std::string(tool)] = object(fields, Part::section);
    return sys::dump_json(result, 1) + "\n";
}

}
