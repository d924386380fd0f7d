#include "preflight/env_schema.h"
#include "support/catch.h"
#include <string>

using namespace fairlead::preflight;

namespace {
EnvSchema schema_of(const std::string& text) { return read_env_schema(".env.schema", text); }
std::string missed(const EnvSchema& schema, const std::string& name, const std::string& value) {
    return expected(schema.names.at(name), value);
}
}

TEST_CASE("a schema's comments say what the name below them has to be") {
    const auto schema = schema_of("# @required @type=port # why\n# for people, @optional\nPORT=\n\n# @type=url\nSITE=\n"
                                  "# @required\nGIVEN=x\n# @required=forEnv(production)\nSOMETIMES=\n");
    CHECK(schema.problems.empty());
    CHECK_FALSE(schema.others);
    CHECK(schema.names.at("PORT").required);
    CHECK_FALSE(schema.names.at("SITE").required);
    CHECK_FALSE(schema.names.at("GIVEN").required); // the schema's own value holds
    CHECK_FALSE(schema.names.at("SOMETIMES").required);
    CHECK(missed(schema, "PORT", "abc") == "a whole number from 1 to 65535");
    CHECK(missed(schema, "PORT", "8080").empty());
    CHECK(missed(schema, "SITE", "app.example.org") == "a URL");
    CHECK(missed(schema, "SITE", "https://app.example.org").empty());
}

TEST_CASE("comments belong to the name directly below; those before --- to all") {
    const auto schema = schema_of("# @defaultRequired=true\n# ---\n# @type=port\n\nA=\n# @optional\nB=\n");
    CHECK(schema.names.at("A").required);
    CHECK(schema.names.at("A").type.empty());
    CHECK_FALSE(schema.names.at("B").required);
}

TEST_CASE("a type's limits are held") {
    const auto schema =
        schema_of("# @type=number(min=1, max=9, isInt=true)\nN=\n# @type=enum(low, \"very high\")\nE=\n"
                  "# @type=string(startsWith=\"a, b\", maxLength=6)\nS=\n# @type=string(matches=/^[a-z]+$/)\nM=\n");
    CHECK(missed(schema, "N", "0") == "at least 1");
    CHECK(missed(schema, "N", "10") == "at most 9");
    CHECK(missed(schema, "N", "1.5") == "a whole number");
    CHECK(missed(schema, "N", "9").empty());
    CHECK(missed(schema, "E", "very high").empty());
    CHECK(missed(schema, "E", "high") == "one of low or very high");
    CHECK(missed(schema, "S", "a, bc").empty());
    CHECK(missed(schema, "S", "x") == "a value that begins as the schema says");
    CHECK(missed(schema, "S", "a, bcdef") == "at most 6 characters");
    CHECK(missed(schema, "M", "abc").empty());
    CHECK(missed(schema, "M", "A") == "a value that its pattern matches");
}

TEST_CASE("what a schema asks for in vain is a problem with its line") {
    using Problems = std::vector<std::pair<int, std::string>>;
    CHECK(schema_of("# @type=prot\nPORT=\n").problems == Problems{{2, "PORT has type prot, which is unknown"}});
    CHECK(schema_of("{]").problems == Problems{{1, ".env.schema is not valid JSON"}});
    CHECK(schema_of("{}").problems == Problems{{1, ".env.schema has no \"entries\""}});
    CHECK(schema_of("").problems == Problems{{1, ".env.schema names no variable"}});
    CHECK(schema_of("# @type=enum(a\nX=\n").problems.empty()); // never closed
}

TEST_CASE("a schema in JSON is read as well") {
    const auto schema =
        schema_of(R"({"allowOtherKeys": false, "entries": {"PORT": {"type": "Port", "required": true}}})");
    CHECK_FALSE(schema.others);
    CHECK(schema.names.at("PORT").required);
    CHECK(missed(schema, "PORT", "x") == "a whole number from 1 to 65535");
    CHECK(schema_of(R"({"entries": {"A": 1}})").others);
}
