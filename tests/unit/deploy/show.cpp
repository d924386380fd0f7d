#include "deploy/show.h"
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
