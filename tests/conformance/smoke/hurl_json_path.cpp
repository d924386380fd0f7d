#include "smoke/hurl/json_path/json_path.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include <algorithm>
#include <iostream>

// What the JSONPath Compliance Test Suite says of a query of a Hurl file.
using namespace fairlead;
using sys::Json;

namespace {

smoke::hurl::Value value_of_json(const Json& json) {
    auto value = smoke::hurl::read_json(json.dump());
    REQUIRE(value.ok());
    return std::move(value).value();
}

// The standard leaves the order of an object's members open: then several results are right.
std::vector<Json> right_results(const Json& test) {
    if (test.contains("result")) return {test["result"]};
    return test["results"].get<std::vector<Json>>();
}

}

TEST_CASE("JSONPath finds what the standard's own suite says, and refuses what it refuses") {
    const auto folder = test::conformance("smoke");
    if (!folder) SKIP_LOUDLY("conformance", "../shared/conformance/smoke is not there");
    const auto suite = Json::parse(test::read(*folder + "/jsonpath-cts.json"))["tests"];
    std::size_t as_said = 0;
    for (const auto& one : suite) {
        const auto selector = one["selector"].get<std::string>();
        INFO(one["name"] << ": " << selector);
        const auto path = smoke::hurl::JsonPath::parse(selector);
        bool is_right = one.contains("invalid_selector") == !path.ok();
        if (is_right && path.ok()) {
            const auto document = value_of_json(one["document"]);
            const auto found = smoke::hurl::value_of(path->find(document).value(), smoke::hurl::Coercion::off);
            const auto results = right_results(one);
            is_right = std::any_of(results.begin(), results.end(),
                                   [&](const Json& right) { return equal(*found, value_of_json(right)); });
        }
        CHECK(is_right);
        as_said += is_right;
    }
    std::cout << "jsonpath-cts: " << as_said << " of " << suite.size() << " queries are as the suite says" << std::endl;
    CHECK(suite.size() > 600);
}
