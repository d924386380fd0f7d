#include "deploy/components/group.h"
#include "base/text.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

std::string ordered(const std::vector<Part>& parts) {
    const auto result = in_order(parts);
    if (!result.ok()) return result.error().message;
    std::vector<std::string> names;
    for (const auto& part : result.value()) names.push_back(part.name);
    return join(names, " ");
}

}

TEST_CASE("components come behind what they need, else as written") {
    CHECK(ordered({{"a", "", {}}, {"b", "", {}}}) == "a b");
    CHECK(ordered({{"proxy", "", {"ui"}}, {"ui", "", {"api"}}, {"api", "", {}}}) == "api ui proxy");
    CHECK(ordered({{"d", "", {"b", "c"}}, {"b", "", {"a"}}, {"c", "", {"a"}}, {"a", "", {}}}) == "a b c d");
}

TEST_CASE("components that need nobody, themselves or one another are refused") {
    CHECK(ordered({{"a", "", {"x"}}}) == "component 'a' needs 'x', which is not a component; expected a");
    CHECK_THAT(ordered({{"a", "", {"a"}}}), Catch::Matchers::Contains("need each other"));
    CHECK_THAT(ordered({{"a", "", {"b"}}, {"b", "", {"a"}}}), Catch::Matchers::Contains("'a' and 'b' need each other"));
}
