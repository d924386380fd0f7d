#include "act/workflow.h"
#include "base/text.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::act;

TEST_CASE("a workflow tells its events, runners, actions and secrets") {
    const auto read = read_workflow(R"(name: x
on:
  pull_request:
  push:
    branches: [main]
    tags: ["v*"]
jobs:
  test:
    runs-on: ubuntu-22.04
    steps:
      - uses: actions/checkout@0123 # v5
      - uses: ./actions/gate
      - uses: docker://alpine
      - uses: fairlead/fairlead/actions/scan@abcd
        with: {token: "${{ secrets.SCAN_TOKEN }}"}
  ship:
    runs-on: {group: own, labels: [self-hosted, "${{ matrix.label }}"]}
    environment: staging
    env: {URL: "${{ secrets.DATABASE_URL }}", AGAIN: "${{ secrets.SCAN_TOKEN }}"}
  called:
    uses: fairlead/fairlead/.github/workflows/fairlead-ci.yml@abcd
)",
                                    "x.yml");
    REQUIRE(read.ok());
    const auto& workflow = read.value();
    REQUIRE(workflow.triggers.size() == 2);
    CHECK(workflow.find("push")->tags == std::vector<std::string>{"v*"});
    CHECK(workflow.find("push")->branches == std::vector<std::string>{"main"});
    CHECK(workflow.find("schedule") == nullptr);
    CHECK(workflow.labels == std::vector<std::string>{"ubuntu-22.04", "self-hosted"});
    CHECK(workflow.actions == std::vector<UsedAction>{{"actions/checkout", "0123"}, {"fairlead/fairlead", "abcd"}});
    CHECK(workflow.secrets == std::vector<std::string>{"SCAN_TOKEN", "DATABASE_URL"});
    CHECK(workflow.deploys);
}

TEST_CASE("events may stand as a word or as a list") {
    for (const std::string on : {"push", "[push, merge_group]"}) {
        const auto read = read_workflow("on: " + on + "\njobs: {a: {runs-on: x}}\n", "x.yml");
        REQUIRE(read.ok());
        CHECK(read.value().triggers.front().event == "push");
        CHECK(!read.value().deploys);
    }
}

TEST_CASE("an input without which a workflow can't be started is required and has no default") {
    const auto read = read_workflow(R"(on:
  workflow_dispatch:
    inputs:
      version: {required: true}
      stage: {required: true, default: staging}
      dry: {type: boolean}
jobs: {a: {runs-on: x}}
)",
                                    "x.yml");
    REQUIRE(read.ok());
    std::vector<std::string> needed;
    for (const auto& input : read.value().triggers.front().inputs)
        if (input.required) needed.push_back(input.name);
    CHECK(needed == std::vector<std::string>{"version"});
}

TEST_CASE("what is no workflow is wrong use") {
    for (const std::string text : {"", "a: [", "on: push", "jobs: {}", "- on"}) {
        const auto read = read_workflow(text, "x.yml");
        REQUIRE(!read.ok());
        CHECK(read.error().kind == Kind::usage);
    }
}
