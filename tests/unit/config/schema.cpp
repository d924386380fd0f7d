#include "config/config.h"
#include "support/catch.h"
#include "support/support.h"
#include "sys/data/json.h"

using namespace fairlead;

TEST_CASE("the schema says what the validator checks") {
    const Field children[] = {{"path", Type::text, "Where.", {}, {}, Needed::required}};
    const Field each[] = {{"", Type::map, "", {}, children}};
    const Field fields[] = {{"strategy", Type::map, "How.", {"recreate"}, children, Needed::optional, true},
                            {"steps", Type::map_list, "Steps.", {}, children},
                            {"reports", Type::open_map, "Reports.", {}, each},
                            {"keep", Type::up_to_1000, "How many."},
                            {"paths", Type::text_list, "Paths."}};
    const auto schema = sys::parse_json(config::schema("deploy", fields), "schema").value();
    CHECK(schema["properties"]["deploy"]["$ref"] == "#/definitions/whole-deploy");
    CHECK(schema["properties"]["environments"]["additionalProperties"]["anyOf"][0]["properties"]["deploy"]["$ref"] ==
          "#/definitions/deploy");
    const auto& section = schema["definitions"]["deploy"]["anyOf"][0];
    CHECK(section["additionalProperties"] == false);
    const auto& strategy = section["properties"]["strategy"]["anyOf"][0]["anyOf"];
    CHECK(strategy[0]["anyOf"][0]["enum"][0] == "recreate");
    CHECK_FALSE(strategy[1].contains("required")); // the other section may have it
    CHECK(section["properties"]["steps"]["anyOf"][0]["required"][0] == "path");
    CHECK(section["properties"]["keep"]["description"] == "How many.");
    CHECK(section["properties"]["keep"]["maximum"] == 1000);
    CHECK(section["properties"]["paths"]["anyOf"][1]["type"] == "array");
    const auto& whole = schema["definitions"]["whole-deploy"]["allOf"];
    CHECK(whole[0]["$ref"] == "#/definitions/deploy");
    CHECK(whole[1]["properties"]["reports"]["additionalProperties"]["required"][0] == "path");
}

TEST_CASE("every known tool has its key at the top and in each environment") {
    const auto top = config::common_fields();
    const auto has = [](std::span<const Field> fields, std::string_view name) {
        for (const Field& field : fields) {
            if (field.name == name) return true;
        }
        return false;
    };
    for (const std::string_view tool : config::built_tools()) {
        INFO(tool);
        CHECK(has(top, tool));
        CHECK(has(top[2].children.front().children, tool));
    }
    CHECK(top[2].name == "environments");
}

namespace {

// Where the schema allows three JSON types or more at one place.
void find_loose(const sys::Json& node, const std::string& path, std::vector<std::string>& found) {
    if (node.is_object() && node.contains("type") && node["type"].is_array() && node["type"].size() > 2)
        found.push_back(path);
    if (!node.is_structured()) return;
    for (const auto& [key, below] : node.items()) find_loose(below, path + "/" + key, found);
}

}

TEST_CASE("no row of the schema allows three types; what is any text says so by the one definition") {
    const auto schema =
        sys::parse_json(test::read(test::source("schema/fairlead.schema.json")), "fairlead.schema.json").value();
    std::vector<std::string> found;
    find_loose(schema, "", found);
    CHECK(found == std::vector<std::string>{"/definitions/text"});
    CHECK(schema["properties"]["app"]["allOf"][0]["$ref"] == "#/definitions/text");
    CHECK(schema["properties"]["app"]["description"].is_string());
    CHECK(schema["definitions"]["gate"]["anyOf"][0]["properties"]["coverage"]["properties"]["total"].dump().find(
              "definitions/text") == std::string::npos); // a percentage is no text
}
