#include "deploy/show/show.h"
#include "support/catch.h"
#include <algorithm>

using namespace fairlead;

TEST_CASE("a deployment that broke off names no version as the one that serves") {
    const auto names = [](const report::Report& report) {
        std::string text;
        for (const auto& [name, value] : report.outputs) text += name + " ";
        return text;
    };
    deploy::Outcome outcome;
    outcome.release = "2.0.0-0";
    outcome.previous = "1.0.0-0";
    outcome.verdict = "deployed";
    CHECK(names(deploy::show(outcome, {}, Milliseconds{1})) ==
          "deployment release version previous verdict url duration ");
    outcome.left_running = true;
    outcome.verdict = "interrupted";
    CHECK(names(deploy::show(outcome, {}, Milliseconds{1})) == "deployment verdict url duration ");
    outcome.error = could_not("the network is down");
    CHECK(names(deploy::show(outcome, {}, Milliseconds{1})) == "deployment verdict url duration ");
}

TEST_CASE("a status says that the release before can't be started any more") {
    deploy::Settings settings;
    settings.environment = "staging";
    deploy::Status status{.state = {.current = "2-b", .previous = "1-a", .slot = "a"}};
    const deploy::Instance serves{.slot = "a"};
    status.observed.seen[serves] = {.running = true, .release = "2-b"};
    status.observed.routed = {{serves, 1}};
    CHECK(deploy::show(status, settings).findings.empty());
    status.no_way_back = {"nothing to roll back to: image shop:1 of release 1-a is not here any more"};
    const auto report = deploy::show(status, settings);
    REQUIRE(report.findings.size() == 1);
    CHECK(report.findings[0].rule == "deploy/no-way-back");
    CHECK(report.findings[0].message.rfind("nothing to roll back to: image shop:1 of release 1-a", 0) == 0);
}

TEST_CASE("a status tells of requests that reach nobody, in an interrupted deployment, too") {
    deploy::Settings settings;
    settings.environment = "staging";
    const deploy::Instance serves{.slot = "a"};
    deploy::Status status{.state = {.current = "2-b", .previous = "1-a", .slot = "a"}};
    status.observed.seen[serves] = {.running = true, .release = "2-b"};
    status.observed.routed = {{serves, 9}, {{.slot = "elsewhere"}, 1}};
    CHECK(deploy::show(status, settings).findings.at(0).message ==
          "the router leads to slot a, but not with all requests");
    status.observed.routed = {{serves, 1}};
    status.unfinished = "1-x";
    CHECK(deploy::show(status, settings).facts.starts_with("2-b was deployed to staging"));
    const auto tells = [&] { return deploy::show(status, settings).findings.size(); };
    const auto before = tells();
    status.observed.seen.clear();
    CHECK(tells() == before + 1);
    CHECK(deploy::show(status, settings).findings.back().message == "slot a, which the router leads to, does not run");
}

TEST_CASE("who doesn't answer through the router is not said to serve") {
    deploy::Settings settings;
    settings.environment = "staging";
    deploy::Status status{.state = {.current = "2-b", .previous = "1-a", .slot = "a"}};
    const deploy::Instance led_to{.slot = "a"};
    status.observed.seen[led_to] = {.running = true, .release = "2-b"};
    status.observed.routed = {{led_to, 1}};
    CHECK(deploy::show(status, settings).text == "slot a: runs 2-b, serves\nslot b: empty\n");
    status.router_problem = "gives no answer: Connection refused";
    CHECK(deploy::show(status, settings).text == "slot a: runs 2-b, the router leads to it\nslot b: empty\n");
}

TEST_CASE("a status tells slots and records while the router says nothing, and that once") {
    deploy::Settings settings;
    settings.environment = "staging";
    settings.url = "http://shop.example";
    deploy::Status status{.state = {.current = "2-b", .previous = "1-a", .slot = "a"}};
    status.observed.seen[{.slot = "a"}] = {.running = true, .release = "2-b"};
    status.observed.router_trouble = could_not("HAProxy can't be asked: no socket; start it");
    for (const std::string problem : {"", "gives no answer: Connection refused"}) {
        status.router_problem = problem;
        const auto report = deploy::show(status, settings);
        CHECK(report.text == "slot a: runs 2-b\nslot b: empty\n");
        CHECK(report.facts == "2-b is deployed to staging at http://shop.example");
        REQUIRE(report.findings.size() == 1);
        CHECK(report.findings[0].rule == "deploy/router");
        CHECK(report.findings[0].message ==
              "it can't be determined which release gets requests: HAProxy can't be asked: no socket; start it" +
                  (problem.empty() ? "" : "; http://shop.example " + problem));
    }
    status.observed.seen.clear();
    CHECK(deploy::show(status, settings).findings.size() == 2); // and that nothing runs
}
