#include "init/kit/endpoints.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::init;

namespace {

std::string shown(const std::vector<Endpoint>& all) {
    std::string text;
    for (const auto& one : all) text += one.address + " = " + one.what + " " + one.max + "\n";
    return text;
}

std::vector<Endpoint> of(const std::string& yaml, const std::vector<std::string>& documents = {}) {
    const sys::Environment none{{}};
    auto config = config::load_text(yaml, "fairlead.yml", {.environment = &none, .tool = "", .fields = {}});
    REQUIRE(config.ok());
    return endpoints_of(config.value(), documents);
}

}

TEST_CASE("addresses are those of smoke's checks, production's laid over them") {
    const std::string checks =
        "version: 1\nsmoke:\n  checks:\n    - {name: items, get: '/api/items?limit=1', expect: {max: "
        "800ms}}\n    - {post: /api/items}\n    - {get: https://other.example.org/x}\n";
    CHECK(shown(of(checks)) == "GET /api/items = items 800ms\nPOST /api/items =  \n");
    CHECK(shown(of(checks + "environments:\n  production:\n    smoke: {checks: [{head: /live}]}\n")) ==
          "HEAD /live =  \n");
    CHECK(of("version: 1\n").empty());
    CHECK(endpoints_of(config::Config{}, {}).empty());
}

TEST_CASE("openapi.json adds what no check asks for, each address once and in one line") {
    const std::string document =
        R"({"paths": {"/api/items": {"get": {"summary": "again"}, "post": {"summary": "Adds | one\nmore"},
        "parameters": []}, "/api/items/{id}": {"delete": {}, "patch": []}, "/x": []}})";
    CHECK(shown(of("version: 1\nsmoke: {checks: [{name: items, get: /api/items}]}\n", {document, document})) ==
          "GET /api/items = items \nPOST /api/items = Adds  one \nDELETE /api/items/{id} =  \n");
}

TEST_CASE("what is no document of OpenAPI adds nothing") {
    for (const auto* text : {"", "[1", "[]", "{}", R"({"paths": []})", R"({"paths": {"x": {"get": {}}}})"})
        CHECK(of("version: 1\n", {text}).empty());
}
