#include "preflight/checklists/catalog.h"
#include "preflight/checklists/read.h"
#include "support/catch.h"
#include "support/support.h"
#include <algorithm>
#include <map>

using namespace fairlead;
using namespace fairlead::preflight;

namespace {

Result<std::optional<std::string>> nothing(const std::string&) { return std::optional<std::string>(); }

Checklist ours(const std::string& name) {
    auto list = load_checklist(name, nothing);
    REQUIRE(list.ok());
    return std::move(list).value();
}

std::string refusal(const std::string& yaml) {
    const auto list = read_checklist(yaml, "x.yml", "x");
    return list.ok() ? "accepted" : list.error().message;
}

std::string one(const std::string& rest) { return "items:\n  - {id: a-1, text: What holds, " + rest + "}\n"; }

}

TEST_CASE("our checklists are in the program as they stand in their files") {
    CHECK(builtin_checklists() == std::vector<std::string>{"deployment", "security"});
    for (const auto& name : builtin_checklists())
        CHECK(builtin_text(name) == test::read(test::source("src/preflight/checklists/" + name + ".yml")));
}

TEST_CASE("each item of our checklists says what to do, and has references") {
    for (const auto& name : builtin_checklists())
        for (const Item& item : ours(name).items) {
            INFO(item.id);
            CHECK((!item.rules.empty() || !item.command.empty() || !item.help.empty()));
            CHECK(item.help.size() > 20);
            CHECK_FALSE(item.refs.empty());
            CHECK(item.id.starts_with(name.substr(0, 3) + "-"));
        }
}

TEST_CASE("the deployment list has 90 items in 13 sections, the security list 173 in 10 categories") {
    const std::map<std::string, std::size_t> deployment = {
        {"env", 12}, {"db", 10},  {"sec", 9},  {"infra", 11}, {"perf", 4}, {"mon", 7}, {"test", 6},
        {"back", 6}, {"step", 8}, {"post", 5}, {"roll", 4},   {"done", 5}, {"who", 3}};
    const std::map<std::string, std::size_t> security = {
        {"auth", 31},       {"api", 25},        {"data", 20},  {"infra", 25}, {"secrets", 15},
        {"monitoring", 23}, {"compliance", 10}, {"owasp", 10}, {"audit", 6},  {"maintenance", 8}};
    for (const auto& [name, expected] : {std::pair("deployment", deployment), std::pair("security", security)}) {
        std::map<std::string, std::size_t> counted;
        const auto list = ours(name);
        for (const Item& item : list.items) ++counted[item.section];
        CHECK(counted == expected);
        CHECK(list.sections.size() == expected.size());
    }
}

TEST_CASE("each of OWASP's ten has an item, and each rule of an item is a rule") {
    const auto list = ours("security");
    for (int number = 1; number <= 10; ++number) {
        const auto id = std::string(number < 10 ? "sec-owa-0" : "sec-owa-") + std::to_string(number);
        const Item* item = list.find(id);
        REQUIRE(item);
        const auto ref = std::string(number < 10 ? "OWASP-A0" : "OWASP-A") + std::to_string(number);
        CHECK(std::find(item->refs.begin(), item->refs.end(), ref) != item->refs.end());
    }
}

TEST_CASE("items of the phase before a deployment ask no running site") {
    for (const auto& name : builtin_checklists())
        for (const Item& item : ours(name).items) {
            if (item.phase != ItemPhase::before || item.rules.empty()) continue;
            const bool only_live = std::all_of(item.rules.begin(), item.rules.end(), [](const std::string& rule) {
                return rule.starts_with("http-") || rule.starts_with("tls-") || rule.starts_with("live-");
            });
            INFO(item.id);
            CHECK_FALSE(only_live);
        }
}

TEST_CASE("a checklist is read strictly") {
    struct Row {
        std::string yaml, says;
    };
    const Row rows[] = {
        {"title: x\n", "the checklist is empty"},
        {"items: 3\n", "items must be a list of maps"},
        {"sections: []\n", "sections must be a map"},
        {"wrong: 1\n", "key 'wrong' is unknown; expected title, about"},
        {one("help: h, txt: x"), "key 'txt' is unknown; did you mean text?"},
        {"items:\n  - {text: x, help: h}\n", "id is missing"},
        {"items:\n  - {id: A, text: x, help: h}\n", "id 'A' is not valid"},
        {"items:\n  - {id: a, help: h}\n", "text is missing"},
        {one("expires: 90d"), "item a-1 has neither help, command, rules nor files"},
        {one("help: h, rules: [conf-debug-on]"), "item a-1 is manual but has rules"},
        {one("help: h, kind: auto"), "item a-1 is auto but has neither rules, files nor a command"},
        {one("kind: auto, rules: [conf-debug-onn]"), "did you mean conf-debug-on?"},
        {one("kind: auto, rules: [conf-debug-on], expires: 3d"), "nobody signs an item that is auto"},
        {one("help: h, kind: maybe"), "kind 'maybe' is unknown; expected auto, manual or either"},
        {one("help: h, phase: later"), "phase 'later' is unknown; expected before, after or drill"},
        {one("help: h, severity: high"), "severity 'high' is unknown"},
        {one("help: h, expires: 36h"), "expires must be in whole days"},
        {one("help: h, expires: 90"), "expires"},
        {one("help: h, due: soon"), "due must be a day"},
        {one("help: h, due: 2026-02-30"), "due must be a day"},
        {one("help: h, when: {has: [databse]}"), "has 'databse' is unknown; expected docker"},
        {one("help: h, when: {profile: [live]}"), "profile 'live' is unknown"},
        {one("help: h, when: {deployed: maybe}"), "deployed must be true or false"},
        {one("kind: auto, command: [rm, -rf, /]"), "command 'rm -rf /' is not one of the commands that only look"},
        {one("kind: auto, command: [fairlead-deploy]"), "is not one of the commands that only look"},
        {one("kind: auto, command: [fairlead-deploy, apply, --dry-run]"), "is not one of the commands that only look"},
        {one("kind: auto, command: [fairlead-deploy, rollback]"), "is not one of the commands that only look"},
        {one("kind: auto, command: [fairlead-deploy, history, --sign-off=x]"), "'--sign-off=x' is not allowed"},
        {one("kind: auto, command: [fairlead-migrate, status, --ask-tool]"), "'--ask-tool' is not allowed"},
        {one("kind: auto, command: [fairlead-migrate, verify]"), "is not one of the commands that only look"},
        {one("kind: auto, command: [fairlead-smoke, --version]"), "with '--version', fairlead-smoke checks nothing"},
        {one("kind: auto, command: [fairlead-smoke, --explain-config]"), "checks nothing"},
        {one("kind: auto, command: [fairlead-smoke, --dry-run]"), "checks nothing"},
        {one("kind: auto, command: [fairlead-scan, staged, --dry-run=true]"), "checks nothing"},
        {one("kind: auto, command: [fairlead-gate, -h]"), "checks nothing"},
        {one("kind: auto, command: [fairlead-gate], timeout: 2h"), "timeout must be between 1s and 1h"},
        {one("help: h") + "  - {id: a-1, text: y, help: h}\n", "two items have the id a-1"},
        {"requires: [x]\nitems:\n  - {id: a, text: x, help: h}\n", "'x' is not the name of another checklist"},
    };
    for (const Row& row : rows) {
        INFO(row.yaml);
        CHECK(refusal(row.yaml).find(row.says) != std::string::npos);
    }
    CHECK(refusal(one("help: Do it.")) == "accepted");
    CHECK(refusal(one("kind: auto, command: [fairlead-deploy, rollback, --dry-run]")) == "accepted");
    const auto wrong = read_checklist(one("help: h,\n     kind: maybe"), "x.yml", "x");
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().place.file == "x.yml");
    CHECK(wrong.error().place.line == 3);
}

TEST_CASE("a team's file adds to ours, and open points of Markdown become items") {
    const auto read = [](const std::string& path) -> Result<std::optional<std::string>> {
        if (path == ".fairlead/checklists/deployment.yml")
            return std::optional<std::string>("sections: {env: {items: [{id: team-1, text: Ours, help: Do it.}]}}\n"
                                              "import: [docs/launch.md]\n");
        if (path == "docs/launch.md")
            return std::optional<std::string>("# Launch\n- [ ] Book the room\n- [x] Order cake\n1. [ ] Tell the press\n"
                                              "```\n- [ ] an example\n```\n* [ ] Book the room\ntext [ ] none\n");
        return std::optional<std::string>();
    };
    const auto list = load_checklist("deployment", read);
    REQUIRE(list.ok());
    REQUIRE(list->find("team-1"));
    CHECK(list->find("team-1")->section == "env");
    std::vector<std::string> imported;
    for (const Item& item : list->items)
        if (item.section == "launch-md") imported.push_back(item.text);
    CHECK(imported == std::vector<std::string>{"Book the room", "Tell the press"});
    CHECK(list->items.size() == 93);

    const auto twice = [](const std::string& path) -> Result<std::optional<std::string>> {
        if (path == ".fairlead/checklists/deployment.yml")
            return std::optional<std::string>("items: [{id: dep-env-01, text: Ours, help: Do it.}]\n");
        return std::optional<std::string>();
    };
    CHECK_FALSE(load_checklist("deployment", twice).ok());
    const auto unknown = load_checklist("deploment", nothing);
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().message == "checklist 'deploment' is unknown; did you mean deployment?");
}

TEST_CASE("items stand for the demands that ask for one") {
    const std::pair<std::string, std::vector<std::string>> rows[] = {
        {"S0-35", {"dep-don-04"}},
        {"S1-52", {"sec-mon-13"}},
        {"S1-54", {"sec-mon-11"}},
        {"S1-55", {"sec-mon-11"}},
        {"S1-62", {"sec-mon-21"}},
        {"S1-79", {"dep-db-09"}},
        {"S1-139", {"sec-aut-01", "sec-aut-02", "sec-aut-04"}},
        {"S1-142", {"sec-api-01", "sec-api-02", "sec-api-03"}},
        {"S1-146", {"sec-dat-04", "sec-dat-05"}},
        {"S1-147", {"sec-inf-01", "sec-inf-02", "sec-inf-03", "dep-inf-09"}},
        {"S1-148", {"dep-mon-03", "dep-mon-04", "dep-mon-05", "dep-mon-06"}},
        {"S1-162", {"sec-api-13"}},
        {"S1-164", {"sec-sec-12"}},
        {"S1-166", {"dep-rol-02"}},
        {"S1-171", {"sec-mnt-07"}},
        {"S1-174", {"dep-inf-07"}},
        {"S1-180", {"dep-mon-01"}},
        {"S1-181", {"dep-inf-11"}},
        {"S1-184", {"dep-tst-03"}},
        {"S1-193", {"dep-mon-04"}},
        {"S1-197", {"dep-pst-04"}},
        {"S1-198", {"dep-pst-05"}},
        {"S1-209", {"dep-don-03"}},
        {"S4-46", {"dep-mon-06", "sec-mon-08", "sec-mon-22", "sec-mon-23"}},
        {"S4-47", {"dep-mon-07"}},
        {"S4-49", {"sec-mon-07"}},
        {"S4-61", {"sec-dat-04", "sec-dat-05"}},
        {"S4-62", {"sec-dat-09"}},
        {"S4-78", {"dep-prf-01", "dep-prf-02", "dep-prf-03", "dep-prf-04"}},
    };
    const auto deployment = ours("deployment"), security = ours("security");
    for (const auto& [demand, items] : rows)
        for (const auto& id : items) {
            INFO(demand << " " << id);
            const Item* item = id.starts_with("dep-") ? deployment.find(id) : security.find(id);
            REQUIRE(item);
            CHECK(std::find(item->refs.begin(), item->refs.end(), demand) != item->refs.end());
        }
}

TEST_CASE("items of maintenance run out weekly, monthly, quarterly and yearly, and a review runs out at all") {
    const auto security = ours("security");
    const std::pair<std::string, int> rows[] = {{"sec-mnt-01", 7},  {"sec-mnt-02", 31}, {"sec-mnt-04", 92},
                                                {"sec-mnt-05", 92}, {"sec-mnt-06", 92}, {"sec-mnt-07", 366}};
    for (const auto& [id, days] : rows) CHECK(security.find(id)->expires == std::chrono::hours(24 * days));
}
