#include "smoke/json_body.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::smoke;

namespace {

std::string at(std::string_view body, std::string_view place) {
    const auto parsed = parse_json_place(place);
    REQUIRE(parsed.ok());
    const auto text = JsonBody(body).text_at(parsed.value());
    REQUIRE(text.ok());
    return text.value().value_or("(not there)");
}

}

TEST_CASE("a place in a body is a pointer, a simple path, or any query of RFC 9535") {
    const std::string body =
        R"({"items": [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}], "total": 2.50, "ok": true})";
    struct Row {
        std::string place, text;
    };
    const Row rows[] = {
        {"/items/0/name", "a"},
        {"$.items[1].id", "2"},
        {"$.items[-1].name", "b"},
        {"$.items[*].id", "[1,2]"},
        {"$.items[?@.id==2].name", "b"},
        {"$..name", R"(["a","b"])"},
        {"$.items[0:1]", R"({"id":1,"name":"a"})"},
        {"$.nothing[*]", "(not there)"},
        {"$.nothing", "(not there)"},
        {"$.items[?@.id>7].name", "(not there)"},
        {"$.ok", "true"},
    };
    for (const auto& row : rows) {
        INFO(row.place);
        CHECK(at(body, row.place) == row.text);
    }
    CHECK(JsonBody("<html>").text_at("/a").value() == std::nullopt);
    CHECK_FALSE(JsonBody("<html>").is_json());
}

TEST_CASE("a place that is no query is refused") {
    for (const auto* place : {"$.items[", "$.[0]", "items.id", "$.items[?@.id==]"}) {
        INFO(place);
        CHECK_FALSE(parse_json_place(place).ok());
    }
}

TEST_CASE("a long list is compared whole") {
    std::string body = "[";
    for (int i = 0; i < 30'000; ++i) body += (i > 0 ? "," : "") + std::to_string(i);
    CHECK(at(body + "]", "$[*]") == body + "]");
}
