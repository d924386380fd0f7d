#include "base/text.h"
#include "config/check.h"
#include "config/config.h"
#include "sys/data/json.h"
#include <algorithm>
#include <fmt/format.h>
#include <limits>

namespace fairlead::config {
namespace {

using sys::Json;

const std::string whole = "whole-";              // the common section: nothing it is laid over
constexpr std::string_view reference = "\\$\\{"; // an interpolation stands for any value

// Text needs no quotes: what YAML takes for a number or a boolean is text as it is spelled. The one definition that
// says so; a row has one type.
Json text() { return {{"$ref", "#/definitions/text"}}; }

// A key that must be there may stand in the common section or in the environment's, but within an item of a list.
enum class Part { section, item };
// `sections`: what the definitions of tools' sections are called, "whole-gate".
Json object(std::span<const Field> fields, Part part, std::string_view sections = "");
Json type_of(const Field& field, Part part = Part::section); // `part`: of the map that it stands in

// Quotes mean nothing to the parser: "20" is 20.
Json form(const Form& form) {
    Json type = {{"type", "string"}, {"pattern", fmt::format("^({})$|{}", form.pattern, reference)}};
    if (form.unquoted.empty()) return type;
    type["type"] = {form.unquoted, "string"};
    if (form.most < form.least) return type;
    type["minimum"] = form.least;
    if (form.most != no_limit) type["maximum"] = form.most;
    return type;
}

Json words(const Field& field, Type type) {
    Json values = Json::array();
    for (const std::string_view value : field.allowed) {
        values.push_back(std::string(value));
        if (type == Type::integer) values.push_back(parse_integer(value).value_or(0));
    }
    return {{"anyOf", {{{"enum", values}}, {{"type", "string"}, {"pattern", reference}}}}};
}

// A single value.
Json scalar(const Field& field, Type type) {
    if (!field.allowed.empty()) return words(field, type);
    if (const Form* known = find_form(type)) return form(*known);
    return text();
}

// One, a list of them, or nothing.
Json list_of(Json item) {
    Json list = {{"type", "array"}, {"items", item}};
    return {{"anyOf", {std::move(item), std::move(list), {{"type", "null"}}}}};
}

Json map(const Field& field, Part part) {
    Json type = object(field.children, part);
    if (field.or_text) return {{"anyOf", {scalar(field, Type::text), std::move(type)}}};
    return type;
}

Json or_null(Json type) { return {{"anyOf", {std::move(type), {{"type", "null"}}}}}; }

Json filled(Json type) {
    type["minProperties"] = 1;
    return type;
}

// The parser takes an empty map, not an empty value.
Json open_map(const Field& child) {
    Json entry = child.type == Type::map ? or_null(map(child, Part::section)) : Json();
    if (entry.is_null()) entry = type_of(child);
    return {{"type", {"object", "null"}}, {"additionalProperties", std::move(entry)}};
}

Json commands() {
    const Json command = {{"type", "array"}, {"items", text()}, {"minItems", 1}};
    return {{"type", {"array", "null"}}, {"items", command}};
}

Json type_of(const Field& field, Part part) {
    switch (field.type) {
    case Type::text_list: return list_of(scalar(field, field.item));
    case Type::secret: return false;
    case Type::map: return groups_inputs(field) ? filled(map(field, part)) : or_null(map(field, part));
    case Type::map_list: return list_of(map(field, Part::item));
    case Type::open_map: return open_map(field.children.front());
    case Type::commands: return commands();
    case Type::any: return Json::object();
    default: return scalar(field, field.type);
    }
}

// Keys of a kind must be there only with it.
bool must_be_there(const Field& field, Part part) {
    return part == Part::item && field.needed == Needed::required && field.of.empty();
}

// What each value of the key `kind` changes about its neighbours.
Json kinds(std::span<const Field> fields, Part part) {
    Json all = Json::array();
    const Field* kind = find_field(fields, "kind");
    if (!kind) return all;
    for (const std::string_view value : kind->allowed) {
        Json then = Json::object();
        for (const Field& field : fields) {
            if (field.of.empty()) continue;
            if (std::find(field.of.begin(), field.of.end(), value) == field.of.end())
                then["properties"][std::string(field.name)] = false;
            else if (part == Part::item && field.needed == Needed::required)
                then["required"].push_back(std::string(field.name));
        }
        if (then.empty()) continue;
        const Json its = {{"properties", {{"kind", {{"const", std::string(value)}}}}}, {"required", {"kind"}}};
        all.push_back({{"if", its}, {"then", std::move(then)}});
    }
    return all;
}

// What an entry of an open map must hold where nothing is laid over it: in the common section.
Json demands(std::span<const Field> fields, Part part) {
    Json properties = Json::object(), required = Json::array();
    for (const Field& field : fields) {
        if (must_be_there(field, part)) required.push_back(std::string(field.name));
        Json below;
        if (field.type == Type::map) below = demands(field.children, part);
        if (field.type == Type::open_map && field.children.front().type == Type::map) {
            const Json entry = demands(field.children.front().children, Part::item);
            if (!entry.is_null()) below = {{"additionalProperties", entry}};
        }
        if (!below.is_null()) properties[std::string(field.name)] = below;
    }
    if (properties.empty() && required.empty()) return nullptr;
    Json result = Json::object();
    if (!required.empty()) result = {{"type", "object"}, {"required", required}};
    if (!properties.empty()) result["properties"] = properties;
    return result;
}

Json reference_to(std::string_view sections, const std::string& name) {
    return {{"$ref", fmt::format("#/definitions/{}{}", sections, name)}};
}

Json described(const Field& field, Part part) {
    Json type = type_of(field, part);
    if (type.contains("$ref")) type = {{"allOf", Json::array({std::move(type)})}}; // what stands beside it is ignored
    if (type.is_object() && !field.help.empty()) type["description"] = std::string(field.help);
    if (field.believed) type["$comment"] = "believed: of a foreign change the base commit's file counts";
    return type;
}

Json object(std::span<const Field> fields, Part part, std::string_view sections) {
    Json properties = Json::object(), required = Json::array();
    for (const Field& field : fields) {
        const std::string name(field.name);
        const bool section = field.type == Type::any && is_tool(name);
        properties[name] = section ? reference_to(sections, name) : described(field, part);
        if (must_be_there(field, part)) required.push_back(name);
    }
    Json result = {{"type", "object"}, {"additionalProperties", false}, {"properties", properties}};
    if (!required.empty()) result["required"] = required;
    if (Json by_kind = kinds(fields, part); !by_kind.empty()) result["allOf"] = std::move(by_kind);
    return result;
}

}

std::string schema(std::string_view tool, std::span<const Field> fields) {
    Json result = {{"$schema", "http://json-schema.org/draft-07/schema#"}, {"title", "fairlead.yml"}};
    result.update(object(common_fields(), Part::section, whole));
    result["type"] = {"object", "null"};
    result["definitions"]["text"] = {{"type", {"string", "number", "boolean"}},
                                     {"description", "Text, as it is spelled; quotes are not needed."}};
    if (tool.empty()) return sys::dump_json(result, 1) + "\n";
    const std::string name(tool);
    Json section = or_null(object(fields, Part::section)), missing = demands(fields, Part::section);
    Json complete = reference_to("", name);
    if (!missing.is_null()) complete = {{"allOf", {std::move(complete), std::move(missing)}}};
    result["definitions"][whole + name] = std::move(complete);
    result["definitions"][name] = std::move(section);
    return sys::dump_json(result, 1) + "\n";
}

}
