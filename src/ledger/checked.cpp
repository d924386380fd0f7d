#include "ledger/checked.h"
#include "base/printable.h"
#include "sys/data/json.h"
#include "sys/digest.h"
#include <fmt/format.h>

namespace fairlead::ledger {

using sys::Json;

namespace {

constexpr const char* check_key = "check";
constexpr std::size_t check_digits = 32;

bool has_later_schema(const Json& object) {
    if (!object.is_object()) return false;
    const auto schema = object.find("schema");
    return schema != object.end() && schema->is_number_integer() && *schema > Json(1);
}

std::string digest_of_all(const Json& object) { return sys::sha256(sys::dump_json(object)).substr(0, check_digits); }

}

std::string whose(const sys::Path& folder) {
    const auto environment = folder.filename().string(), app = folder.parent_path().filename().string();
    return app.empty() || environment.empty() ? std::string() : app + "/" + environment;
}

void add_check(Json& object) { object[check_key] = digest_of_all(object); }

bool holds_check(const Json& object) {
    const auto check = object.find(check_key);
    if (check == object.end()) return true;
    auto rest = object;
    rest.erase(check_key);
    return *check == Json(digest_of_all(rest));
}

std::string checked_text(Json object, const std::string& of, int indent) {
    if (!of.empty()) object["of"] = of;
    object = sys::parse_json(sys::dump_json(object), "").value_or(object); // what is not UTF-8 is as it will be read
    add_check(object);
    return sys::dump_json(object, indent) + "\n";
}

bool is_later(std::string_view line) {
    const auto object = sys::parse_json(line, "");
    return object.ok() && has_later_schema(object.value());
}

Error later(const std::string& file, int line, std::string_view tool) {
    return could_not(fmt::format("a later version of {} wrote this; use that version", tool),
                     {.file = file, .line = line});
}

Result<Json> read_checked(std::string_view text, const std::string& file, const std::string& of,
                          std::string_view tool) {
    const Place place{.file = file, .line = 1};
    if (text.empty()) return could_not("the record is empty: its content was lost", place);
    auto object = sys::parse_json(text, file);
    if (!object.ok())
        return could_not(fmt::format("the record is damaged: {}", object.error().message),
                         object.error().place.line > 0 ? object.error().place : place);
    if (!object->is_object() || !object->contains("schema")) return could_not("this is not a record", place);
    if (has_later_schema(object.value())) return later(file, 1, tool);
    const auto said = sys::text_of(object.value(), "of");
    if (!of.empty() && !said.empty() && said != of)
        return could_not(fmt::format("the record is of '{}', not of '{}'", one_line(said), of), place);
    if (!holds_check(object.value())) return could_not("the record was changed since it was written", place);
    object->erase(check_key);
    return object;
}

}
