#include "base/text.h"
#include "deploy/components/last_run.h"
#include "deploy/components/run.h"
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
    CHECK(ordered({{"a", "", {"x"}}}) == "component 'a' needs 'x', which is none; expected a");
    CHECK_THAT(ordered({{"a", "", {"a"}}}), Catch::Matchers::Contains("need each other"));
    CHECK_THAT(ordered({{"a", "", {"b"}}, {"b", "", {"a"}}}), Catch::Matchers::Contains("'a' and 'b' need each other"));
}

TEST_CASE("what the last run of all components left is written and read again") {
    const LastRun run{.parts = {{"api", "2-0123456789ab", "1-0123456789ab"}, {"ui", "2-ffffffffffff", ""}},
                      .done = false};
    CHECK(parse_last_run(to_json(run), "components.json").value() == run);
    for (const auto* text : {"", "{}", R"({"schema":1,"done":true})", R"({"schema":1,"done":1,"parts":[]})",
                             R"({"schema":1,"done":true,"parts":[{"component":"a"}]})"}) {
        CAPTURE(text);
        CHECK_FALSE(parse_last_run(text, "components.json").ok());
    }
}
