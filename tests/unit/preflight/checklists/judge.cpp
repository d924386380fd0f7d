#include "preflight/checklists/judge.h"
#include "support/catch.h"
#include <tuple>

using namespace fairlead;
using namespace fairlead::preflight;
using report::Severity;

namespace {

// A clock that stands: 2026-06-15, at noon.
const SystemTime noon = *parse_utc("2026-06-15T12:00:00Z");

struct Bench {
    Project project;
    config::Config config;
    Seen seen;
    Checklist list;
    config::Profile profile = config::Profile::production;
    bool deployed = true;

    Bench() {
        list.name = "deployment";
        seen.now = noon;
        seen.is_in_repository = [](const std::string& path) { return path == "docs/proof.md"; };
    }
    Item& item(ItemKind kind) {
        Item item;
        item.id = "dep-x-01";
        item.text = "It holds";
        item.help = "Make it hold.";
        item.kind = kind;
        item.section = "x";
        list.items = {item};
        return list.items[0];
    }
    Signoff& sign() {
        auto& signoff = seen.signoffs["dep-x-01"];
        signoff = {.item = "dep-x-01", .verdict = "yes", .by = "Ada <ada@example.org>", .on = "2026-06-01"};
        signoff.evidence = "docs/proof.md";
        signoff.text_sha = list.items[0].text_sha();
        return signoff;
    }
    Outcome judge() {
        const Around around{project, config, "", profile, [this] { return deployed; }};
        return judge_item(list, list.items[0], around, seen);
    }
    // "stale check-expired error"
    std::string told() {
        const auto outcome = judge();
        std::string text(name_of(outcome.state));
        for (const auto& finding : outcome.findings)
            text += " " + finding.rule + " " + std::string(report::name_of(finding.severity));
        return text;
    }
};

}

TEST_CASE("a manual item wants a sign-off that is good today") {
    Bench bench;
    bench.item(ItemKind::manual).expires = std::chrono::hours(24 * 90);
    CHECK(bench.told() == "open check-unsigned error");
    auto& signoff = bench.sign();
    CHECK(bench.told() == "yes");
    CHECK(bench.judge().last_day == "2026-08-30");

    const std::tuple<std::string, std::string, std::string> days[] = {
        // on, expires, told
        {"2026-06-15", "", "yes"},
        {"2026-03-31", "", "yes"}, // until 2026-06-29: 14 days are left
        {"2026-03-30", "", "yes check-expired warning"},
        {"2026-03-17", "", "yes check-expired warning"},           // its last day
        {"2026-03-16", "", "stale check-expired error"},           // that was yesterday
        {"2026-06-01", "2026-06-14", "stale check-expired error"}, // as it says itself
        {"2026-06-01", "2026-06-15", "yes check-expired warning"},
        {"2026-03-01", "2027-01-01", "stale check-expired error"}, // the item allows no more
        {"2026-06-16", "", "stale check-expired error"},           // lies ahead
    };
    for (const auto& [on, expires, told] : days) {
        INFO(on << " " << expires);
        signoff.on = on;
        signoff.expires = expires;
        CHECK(bench.told() == told);
    }
}

TEST_CASE("a short sign-off is told only in its last quarter") {
    Bench bench;
    bench.item(ItemKind::manual).expires = std::chrono::hours(24 * 7);
    bench.sign().on = "2026-06-15";
    CHECK(bench.told() == "yes");
    CHECK(notice_of(bench.list.items[0]) == std::chrono::hours(24));
}

TEST_CASE("what is wrong with a sign-off is told by a rule of its own") {
    Bench bench;
    bench.item(ItemKind::manual);
    bench.sign().text_sha = "000000000000";
    CHECK(bench.told() == "stale check-text-changed error");
    bench.sign().evidence = "docs/gone.md";
    CHECK(bench.told() == "stale check-evidence-missing error");
    bench.sign().evidence = "https://[broken";
    CHECK(bench.told() == "stale check-evidence-missing error");
    bench.sign().evidence = "";
    CHECK(bench.told() == "stale check-evidence-missing error");
    bench.sign().evidence = "https://monitor.example.org/check/1";
    CHECK(bench.told() == "yes");
    bench.sign().verdict = "no";
    CHECK(bench.told() == "no check-signed-no error");
    auto& na = bench.sign();
    na.verdict = "na";
    na.evidence = "";
    CHECK(bench.told() == "stale check-na-no-note error");
    na.note = "we have no such thing";
    CHECK(bench.told() == "not applicable");
    CHECK(bench.judge().why == "we have no such thing (Ada <ada@example.org>)");
    na.on = "2025-01-01";
    CHECK(bench.told() == "stale check-expired error");

    bench.seen.signers = {{"bob@example.org", "@carol"}, ".github/CODEOWNERS", true};
    bench.sign();
    CHECK(bench.told() == "stale check-signer-unknown error");
    bench.sign().by = "Carol <123+carol@users.noreply.github.com>";
    CHECK(bench.told() == "yes");
    bench.seen.signers = {};
    bench.seen.four_eyes = true;
    bench.seen.author = "ada@example.org";
    bench.sign();
    CHECK(bench.told() == "stale check-self-signed error");
    bench.seen.author = "bob@example.org";
    CHECK(bench.told() == "yes");
}

TEST_CASE("who to ask and how to sign is said where a sign-off is missing") {
    Bench bench;
    bench.item(ItemKind::manual);
    bench.seen.signers = {{"ada@example.org", "@bob"}, "preflight.signers", true};
    CHECK(bench.judge().findings.at(0).message == "dep-x-01 is not signed: It holds; ask ada@example.org or @bob: "
                                                  "fairlead-preflight sign dep-x-01 --evidence WHAT");
}

TEST_CASE("an error forbids in production only, and a milder item never") {
    Bench bench;
    auto& item = bench.item(ItemKind::manual);
    bench.profile = config::Profile::staging;
    CHECK(bench.told() == "open check-unsigned warning");
    bench.profile = config::Profile::production;
    item.severity = Severity::info;
    CHECK(bench.told() == "open check-unsigned info");
}

TEST_CASE("what was due and isn't done is told as well") {
    Bench bench;
    bench.item(ItemKind::manual).due = "2026-06-14";
    CHECK(bench.told() == "open check-unsigned error check-overdue error");
    bench.list.items[0].due = "2026-06-15";
    CHECK(bench.told() == "open check-unsigned error");
    bench.list.items[0].due = "2026-06-14";
    bench.sign();
    CHECK(bench.told() == "yes");
}

TEST_CASE("an automatic item rests on rules that are quiet and a command that says yes") {
    Bench bench;
    auto& item = bench.item(ItemKind::automatic);
    item.rules = {"conf-debug-on"};
    CHECK(bench.told() == "yes");
    bench.seen.lacks = {{"conf-debug-on", "no env file is here"}};
    CHECK(bench.told() == "open check-auto-failed error"); // no evidence is not a yes
    bench.seen.lacks = {};
    bench.seen.rules_off = {"conf-debug-on"};
    CHECK(bench.told() == "open check-auto-failed error");
    bench.seen.rules_off = {};
    bench.seen.hits["conf-debug-on"] = {{"conf-debug-on", ".env", 3, Severity::warning, "DEBUG is on"}};
    CHECK(bench.told() == "no check-auto-failed warning"); // as grave as the finding
    bench.seen.hits["conf-debug-on"][0].severity = Severity::error;
    CHECK(bench.told() == "no check-auto-failed error");
    CHECK(bench.judge().findings.at(0).file == ".env");
    CHECK(bench.judge().attached == std::vector<std::string>{".env:3: DEBUG is on [conf-debug-on]"});
    bench.seen.hits.clear();

    item.command = {"fairlead-migrate", "ping"};
    CHECK(bench.told() == "open check-auto-failed error"); // it was not run
    bench.seen.ran[item.command] = {.status = 0};
    CHECK(bench.told() == "yes");
    bench.seen.ran[item.command] = {.status = 1, .said = "no"};
    CHECK(bench.told() == "no check-auto-failed error");
    bench.seen.ran[item.command] = {.status = 3, .said = "it is out of reach"};
    CHECK(bench.told() == "open check-auto-failed error");
    bench.seen.ran[item.command] = {.problem = "it was still running after 1m and was stopped"};
    CHECK(bench.told() == "open check-auto-failed error");

    bench.sign(); // a person's yes changes nothing of it
    CHECK(bench.told() == "open check-auto-failed error");
    auto& na = bench.sign();
    na.verdict = "na";
    na.note = "another team's database";
    CHECK(bench.told() == "not applicable");
}

TEST_CASE("an item that wants a file has none without it, whatever its rules say") {
    Bench bench;
    auto& item = bench.item(ItemKind::automatic);
    item.rules = {"repo-contact-missing"};
    item.files = {"contacts.md", "docs/contacts.md"};
    bench.seen.has_file = [](const std::string&) { return false; };
    CHECK(bench.told() == "no check-auto-failed error");
    bench.seen.has_file = [](const std::string& glob) { return glob == "docs/contacts.md"; };
    CHECK(bench.told() == "yes");
}

TEST_CASE("an item that wants both has neither without the other") {
    Bench bench;
    bench.item(ItemKind::either).command = {"fairlead-gate"};
    bench.seen.ran[{"fairlead-gate"}] = {.status = 0};
    CHECK(bench.told() == "open check-unsigned error");
    bench.sign();
    CHECK(bench.told() == "yes");
    bench.seen.ran[{"fairlead-gate"}] = {.status = 1};
    CHECK(bench.told() == "no check-auto-failed error");
}

TEST_CASE("an item is in force where its facts, its profile and what is deployed say so") {
    Bench bench;
    const auto config = config::load_text("version: 1\nenvironments: {staging: {profile: staging}}\n", "fairlead.yml",
                                          {.folder = ".", .tool = "preflight"});
    REQUIRE(config.ok());
    auto& item = bench.item(ItemKind::manual);
    const auto why = [&](const When& when) {
        item.when = when;
        const auto outcome = bench.judge();
        return outcome.state == ItemState::not_applicable ? outcome.why : "in force";
    };
    CHECK(why({}) == "in force");
    CHECK(why({.has = {"docker"}}) == "there is no Dockerfile");
    bench.project.dockerfiles.emplace_back();
    CHECK(why({.has = {"docker"}}) == "in force");
    CHECK(why({.has = {"docker", "nginx"}}) == "there is no nginx configuration");
    CHECK(why({.any = {"docker", "nginx"}}) == "in force");
    CHECK(why({.any = {"migrate", "nginx"}}) == "fairlead.yml has no migrate:, there is no nginx configuration");
    CHECK(why({.has = {"database"}}).starts_with("no database is named"));
    bench.project.values.push_back({});
    bench.project.values[0].all.push_back({.name = "STORE", .value = "postgresql+asyncpg://db/app"});
    CHECK(why({.has = {"database"}}) == "in force");
    CHECK(why({.has = {"redis"}}) == "no Redis is named");
    bench.project.values[0].all.push_back({.name = "CACHE", .value = "redis://cache:6379/0"});
    CHECK(why({.has = {"redis"}}) == "in force");
    CHECK(why({.has = {"cdn"}}) == "no variable names a CDN");
    bench.project.values[0].all.push_back({.name = "VITE_CDN_URL", .value = "https://cdn.example.org"});
    CHECK(why({.has = {"cdn"}}) == "in force");
    CHECK(why({.has = {"staging"}}) == "fairlead.yml has no environment staging");
    bench.config = config.value();
    CHECK(why({.has = {"staging"}}) == "in force");
    CHECK(why({.profiles = {config::Profile::staging}}) == "it is not for production");
    CHECK(why({.deployed = true}) == "in force");
    bench.deployed = false;
    CHECK(why({.deployed = true}) == "nothing is deployed yet");
    CHECK(why({.deployed = false}) == "in force");
}
