#include "act/event.h"
#include "support/catch.h"
#include "sys/data/json.h"

using namespace fairlead;
using namespace fairlead::act;

namespace {

sys::Json sent(std::string_view event, const Facts& facts) {
    return sys::parse_json(payload(event, facts), "event").value();
}
const Facts change{"acme/shop", "main", "odd\"name", std::string(40, 'a'), "main", std::string(40, 'b'), "", {}};

}

TEST_CASE("a pull request names both of its sides") {
    const auto event = sent("pull_request", change);
    CHECK(event["repository"]["full_name"] == "acme/shop");
    CHECK(event["repository"]["owner"]["login"] == "acme");
    CHECK(event["pull_request"]["head"]["ref"] == "odd\"name");
    CHECK(event["pull_request"]["head"]["sha"] == std::string(40, 'a'));
    CHECK(event["pull_request"]["base"]["sha"] == std::string(40, 'b'));
    CHECK(event["pull_request"]["head"]["repo"]["full_name"] == event["pull_request"]["base"]["repo"]["full_name"]);
}

TEST_CASE("a branch's push has a commit before it, or forty zeros") {
    auto facts = change;
    CHECK(sent("push", facts)["before"] == std::string(40, 'b'));
    CHECK(sent("push", facts)["created"] == false);
    facts.base.clear();
    CHECK(sent("push", facts)["before"] == std::string(40, '0'));
    CHECK(sent("push", facts)["created"] == true);
}

TEST_CASE("a pushed tag is told with its commit, and as not deleted") {
    auto facts = change;
    facts.tag = "v1.2.3";
    const auto event = sent("push", facts);
    CHECK(event["ref"] == "refs/tags/v1.2.3");
    CHECK(event["after"] == std::string(40, 'a'));
    CHECK(event["before"] == std::string(40, '0'));
    CHECK(event["deleted"] == false);
}

TEST_CASE("the merge queue's group and a dispatch's inputs") {
    const auto group = sent("merge_group", change)["merge_group"];
    CHECK(group["base_sha"] == std::string(40, 'b'));
    CHECK(group["head_sha"] == std::string(40, 'a'));
    auto facts = change;
    facts.inputs = {{"environment", "staging"}};
    CHECK(sent("workflow_dispatch", facts)["inputs"]["environment"] == "staging");
    CHECK(sent("schedule", change)["repository"]["default_branch"] == "main");
}
