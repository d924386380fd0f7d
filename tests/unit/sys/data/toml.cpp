#include "sys/data/toml.h"
#include "support/catch.h"
#include "sys/data/json.h"

using namespace fairlead;
using namespace fairlead::sys;

TEST_CASE("a pyproject.toml reads as JSON does") {
    const auto value =
        parse_toml("[project]\nname = \"a\"\nn = 3\non = true\nat = 2020-01-01\n[[bin]]\nx.y = 1.5\n", "f");
    REQUIRE(value.ok());
    CHECK(dump_json(value.value()) == R"({"bin":[{"x":{"y":1.5}}],"project":{"at":null,"n":3,"name":"a","on":true}})");
}

TEST_CASE("TOML that is malformed, too long or too deep is an error with its place") {
    const auto malformed = parse_toml("a = 1\nb = \n", "pyproject.toml");
    REQUIRE_FALSE(malformed.ok());
    CHECK(malformed.error().place.file == "pyproject.toml");
    CHECK(malformed.error().place.line == 2);
    CHECK_FALSE(parse_toml(std::string(toml_size_limit + 1, '\n'), "f").ok());
    std::string key = "a";
    for (int i = 0; i < 200'000; ++i) key += ".a";
    CHECK_FALSE(parse_toml("[" + key + "]\n", "f").ok());
    CHECK_FALSE(parse_toml("a = " + std::string(100'000, '['), "f").ok());
    CHECK_FALSE(parse_toml("a = \"\xff\"", "f").ok());
    // Where blanks are looked for a letter beyond ASCII is none, and no undefined behaviour.
    CHECK_FALSE(parse_toml("\xef\xbb\xbe.", "f").ok());
    CHECK_FALSE(parse_toml("a = 1 \xc3\xa4", "f").ok());
    CHECK(parse_toml("a = \"\"\"x \\\n  \xc3\xa4\"\"\"", "f").ok());
    for (const auto* text : {"[[[[", "[", "[a.", "a.", "a = {b.", "[]", "null"})
        CHECK_FALSE(parse_toml(text, "f").ok());
}
