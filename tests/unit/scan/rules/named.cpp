#include "scan/engine.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::scan;

namespace {

const std::string value = sample("q7kq2vwz|9bxzl3m8sht5rc0yw1nf6gj4");

std::vector<std::string> rules_in(std::string_view text, std::string_view path = "a.txt") {
    auto engine = Engine::make({rules().begin(), rules().end()}, {});
    REQUIRE(engine.ok());
    std::vector<std::string> ids;
    auto hits = engine->find(text, Guess::yes, path);
    REQUIRE(hits.ok());
    for (const Hit& hit : hits.value()) ids.emplace_back(hit.rule->id);
    return ids;
}

}

TEST_CASE("a value under the name of a service is found in every way to assign it") {
    for (const std::string before :
         {"fastly=", "FASTLY_TOKEN ?= ", "fastlyToken .= \"", "x.fastly ::= ", "fastly_io :::= \"", "\"fastly\" => \"",
          "fastly: ", "var fastlyToken string = \"", "set(\"FASTLY_IO\", \"", "<fastlyToken>\n    ", "<fastly>"}) {
        const std::string after = before.ends_with('"') ? "\")" : before.starts_with('<') ? "</fastly>" : "\n";
        const std::string between = before.find('\n') != before.npos ? "\n" : "";
        INFO(before);
        CHECK(rules_in(before + value + between + after) == std::vector<std::string>{"fastly-api-token"});
    }
    CHECK(rules_in("fastly\n" + value).empty());
    CHECK(rules_in("</fastly>\n" + value).empty());
    CHECK(rules_in("fastly=" + value + "0").empty());
}

TEST_CASE("a short name of a service is a word of its own, or a part of one that a capital tells") {
    const std::string hex = sample("f15a5a04|b0f6dc6073e6db0296e6ef2d8b8d2522");
    for (const auto* name : {"meraki", "MERAKI_IO", "my_meraki", "myMeraki", "old.meraki"}) {
        INFO(name);
        CHECK(rules_in(std::string(name) + " = \"" + hex + "\"") == std::vector<std::string>{"cisco-meraki-api-key"});
    }
    for (const auto* name : {"CameraKit", "camerakit", "CAMERAKit"}) {
        INFO(name);
        CHECK(rules_in(std::string(name) + " = \"" + hex + "\"").empty());
    }
    CHECK(rules_in("LaunchDarkly: " + sample("q7kq2vwz9bxzl3m8|sht5rc0yw1nf6gj4pb2xe9v8")).size() == 1);
}
