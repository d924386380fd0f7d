#include "chain/chain.h"
#include "base/text.h"
#include "support/catch.h"
#include "sys/files/files.h"

using namespace fairlead;
using namespace fairlead::chain;

namespace {

Result<config::Config> config_of(const sys::TemporaryFolder& folder, std::string_view text) {
    const auto path = folder.path() / "fairlead.yml";
    REQUIRE(sys::write_file(path, text).ok());
    static const sys::Environment none{{}};
    return config::load({.path = path, .folder = folder.path(), .environment = &none, .tool = "", .fields = {}});
}

Result<std::vector<Step>> steps_of(std::string_view text) {
    auto folder = sys::TemporaryFolder::make("chain");
    REQUIRE(folder.ok());
    auto config = config_of(folder.value(), text);
    if (!config) return config.error();
    return steps(config.value());
}

std::vector<std::string> names(const std::vector<Step>& steps) {
    std::vector<std::string> out;
    for (const auto& step : steps)
        if (step.skipped.empty()) out.push_back(step.name);
    return out;
}

}

TEST_CASE("the chain is what run says, in that order") {
    auto found = steps_of("version: 1\nrun:\n  - {name: tests, exec: [pytest, -q]}\n  - scan\n  - gate\n");
    REQUIRE(found.ok());
    CHECK(names(found.value()) == std::vector<std::string>{"tests", "scan", "gate"});
    CHECK(found.value()[0].argv == std::vector<std::string>{"pytest", "-q"});
    CHECK(found.value()[1].is_tool());
}

TEST_CASE("without run the chain is every tool that has a section") {
    auto found = steps_of("version: 1\nsmoke: {}\ngate: {}\nenvironments:\n  staging: {deploy: {}}\n");
    REQUIRE(found.ok());
    CHECK(names(found.value()) == std::vector<std::string>{"gate", "deploy", "smoke"});
}

TEST_CASE("a command may have a folder of its own, below that of fairlead.yml") {
    auto found = steps_of("version: 1\nrun:\n  - {name: tests, folder: web, exec: [npm, test]}\n");
    REQUIRE(found.ok());
    CHECK(found.value()[0].folder == "web");
}

TEST_CASE("a wrong step is refused at its place") {
    const std::pair<const char*, const char*> wrong[] = {
        {"run: [gates]\n",
         "step 'gates' is not a tool; expected gate, scan, preflight, migrate, tag, deploy, smoke or backup"},
        {"run: [{name: tests}]\n", "needs name and exec"},
        {"run: [{name: tests, exec: [x], if: y}]\n", "key 'if' is unknown"},
        {"run: [gate, gate]\n", "is listed twice"},
        {"run: [{name: gate, exec: [x]}]\n", "have the name of the tool"},
        {"run: [[a]]\n", "a step must be the name"},
        {"run: [{name: t, exec: make  test}]\n", "write exec: [make, test]"},
        {"run: [{name: t, exec: [[a]]}]\n", "a list of words"},
        {"run: [{name: t, exec: [x, {a: b}]}]\n", "a list of words"},
        {"run: [{name: t, exec: ['']}]\n", "exec has no program"},
        {"run: [{name: t, folder: ../x, exec: [a]}]\n", "folder '../x' is outside"},
        {"run: [{name: t, folder: /x, exec: [a]}]\n", "folder '/x' is outside"},
        {"run: [{name: t, exec: [x], judged_by: scan}, scan]\n", "'scan' can't judge a step"},
        {"run: [{name: t, exec: [x], judged_by: gate}, scan]\n", "needs the step gate after it"},
        {"run: [gate, {name: t, exec: [x], judged_by: gate}]\n", "needs the step gate after it"},
    };
    for (const auto& [text, message] : wrong) {
        auto found = steps_of(std::string("version: 1\n") + text);
        INFO(text);
        REQUIRE_FALSE(found.ok());
        CHECK(found.error().kind == Kind::usage);
        CHECK(found.error().message.find(message) != std::string::npos);
        CHECK(found.error().place.line == 2);
    }
}

TEST_CASE("only and skip choose among the steps and refuse unknown names") {
    const std::vector<Step> all = {{"tests", {"x"}}, {"gate", {}}, {"scan", {}}};
    CHECK(names(select(all, {"gate", "tests"}, {}).value()) == std::vector<std::string>{"tests", "gate"});
    CHECK(names(select(all, {}, {"gate"}).value()) == std::vector<std::string>{"tests", "scan"});
    CHECK(select(all, {"gates"}, {}).error().message == "step 'gates' is unknown; expected tests, gate or scan");
}

TEST_CASE("the chain's status is that of the first step that said no") {
    CHECK(overall_status({{.name = "a"}, {.name = "b"}}) == 0);
    CHECK(overall_status({{.name = "a"}, {.name = "b", .status = 3}, {.name = "c", .status = 1}}) == 3);
    CHECK(overall_status({{.name = "a", .status = 1, .turn = Turn::judged}, {.name = "gate"}}) == 0);
    CHECK(overall_status({{.name = "a", .status = 1, .turn = Turn::judged}, {.name = "gate", .status = 3}}) == 3);
}

TEST_CASE("only what ran and said yes is counted as passed") {
    CHECK(facts_of({{.name = "a"}, {.name = "b"}, {.name = "gate", .turn = Turn::skipped}}, false) ==
          "2 steps passed, 1 skipped (gate)");
    CHECK(facts_of({{.name = "a", .status = 1, .turn = Turn::judged}, {.name = "gate"}}, false) ==
          "1 step passed, 1 failed and judged by gate (a)");
    CHECK(facts_of({{.name = "a", .turn = Turn::named}, {.name = "b", .turn = Turn::named}, {.name = "gate"}}, true) ==
          "3 steps would run");
    CHECK(facts_of({{.name = "a"}, {.name = "b", .status = 1}, {.name = "c", .turn = Turn::not_reached}}, false) ==
          "stopped at b");
    CHECK(facts_of({{.name = "a", .status = 1}, {.name = "b", .status = 1}}, true) == "it would stop at a");
}

TEST_CASE("a judged step decides by itself where no gate is left after it") {
    const std::vector<Step> all = {{"tests", {"x"}, true}, {"gate", {}}, {"scan", {}}};
    CHECK(select(all, {}, {"scan"}).value()[0].judged);
    CHECK_FALSE(select(all, {}, {"gate"}).value()[0].judged);
    CHECK_FALSE(select(all, {"tests"}, {}).value()[0].judged);
    CHECK(select(all, {"tests"}, {}).value()[1].skipped == "left out by --only");
    CHECK(select(all, {}, {"gate"}).value()[1].skipped == "left out by --skip");
}

TEST_CASE("the table has one line per step and names what was not run") {
    const auto text = table({{.name = "gate", .status = 1, .time = Milliseconds{1234}, .decided = "failed: 1 test"},
                             {.name = "deploy", .decided = "not run", .turn = Turn::not_reached},
                             {.name = "smoke", .decided = "left out by --skip", .turn = Turn::skipped}});
    CHECK(text == "step    verdict        time  decided\n"
                  "gate    no            1.2 s  failed: 1 test\n"
                  "deploy  -                 -  not run\n"
                  "smoke   skipped           -  left out by --skip\n");
}

TEST_CASE("no step is no chain") {
    CHECK(steps_of("version: 1\nrun: []\n").error().place.line == 2);
    CHECK(select({}, {}, {}).error().kind == Kind::usage);
    CHECK(select({{"tests", {"x"}}}, {}, {"tests"}).error().message ==
          "all steps are skipped (tests); skip fewer steps");
}
