#include "report/github.h"
#include "support/catch.h"
#include "support/runner.h"
#include <nlohmann/json.hpp>

using namespace fairlead;
using Pairs = std::vector<std::pair<std::string, std::string>>;

TEST_CASE("the reader of these tests reads environment files as GitHub's runner does") {
    const auto folder = test::conformance("actions");
    if (!folder) SKIP_LOUDLY("conformance", "../shared/conformance/actions is not there");
    const auto cases = nlohmann::json::parse(test::read(*folder + "/env-file.json")).at("cases");
    REQUIRE(cases.size() >= 29);
    for (const auto& one : cases) {
        INFO(one.at("name"));
        const test::runner::Pairs read = test::runner::read_pairs(one.at("file").get<std::string>());
        CHECK(read.pairs == one.at("github").at("pairs").get<Pairs>());
        CHECK(read.error == one.at("github").value("error", ""));
    }
}

TEST_CASE("an output whose value is a whole hostile file stays one pair") {
    const auto folder = test::conformance("actions");
    if (!folder) SKIP_LOUDLY("conformance", "../shared/conformance/actions is not there");
    const auto cases = nlohmann::json::parse(test::read(*folder + "/env-file.json")).at("cases");
    REQUIRE(cases.size() >= 29);
    for (const auto& one : cases) {
        const auto value = one.at("file").get<std::string>();
        const auto pair = report::output_pair("title", value);
        REQUIRE(pair.ok());
        // A pair before and after: neither may be swallowed or changed.
        const std::string file = "before=1\n" + pair.value() + "after=2\n";
        const test::runner::Pairs read = test::runner::read_pairs(file);
        CHECK(read.error.empty());
        CHECK(read.pairs == Pairs{{"before", "1"}, {"title", value}, {"after", "2"}});
    }
}
