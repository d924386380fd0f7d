#include "config/config.h"
#include "support/catch.h"
#include "sys/json.h"

using namespace fairlead;

TEST_CASE("the schema says what the validator checks") {
    const Field children[] = {{"path", Type::text, "Where.", {}, {}, Needed::required}};
    const Field fields[] = {{"strategy", Type::map, "How.", {"recreate"}, children, Needed::optional, true},
                            {"steps", Type::map_list, "Steps.", {}, children},
                            {"keep", Type::integer, "How many."},
                            {"paths", Type::text_list, "Paths."}};
    const auto schema = sys::parse_json(config::schema("deploy", fields), "schema").value();
    CHECK(schema["properties"]["deploy"]["$ref"] == "#/definitions/deploy");
    CHECK(schema["properties"]["environments"]["additionalProperties"]["properties"]["deploy"]["$ref"] ==
          "#/definitions/deploy");
    const auto& deploy = schema["definitions"]["deploy"];
    CHECK(deploy["additionalProperties"] == false);
    CHECK(deploy["properties"]["strategy"]["anyOf"][0]["enum"][0] == "recreate");
    CHECK_FALSE(deploy["properties"]["strategy"]["anyOf"][1].contains("required")); // the other section may have it
    CHECK(deploy["properties"]["steps"]["anyOf"][0]["required"][0] == "path");
    CHECK(deploy["properties"]["keep"]["description"] == "How many.");
    CHECK(deploy["properties"]["paths"]["anyOf"][1]["type"] == "array");
}

TEST_CASE("every known tool has its key at the top and in each environment") {
    const auto top = config::common_fields();
    const auto has = [](std::span<const Field> fields, std::string_view name) {
        for (const Field& field : fields) {
            if (field.name == name) return true;
        }
        return false;
    };
    for (const std::string_view tool : config::known_tools()) {
        INFO(tool);
        CHECK(has(top, tool));
        CHECK(has(top[2].children.front().children, tool));
    }
    CHECK(top[2].name == "environments");
}
