#include "migrate/lint/lint.h"
#include "support/catch.h"
#include <set>

using namespace fairlead;
using namespace fairlead::migrate;
using lint::Options;

namespace {

std::vector<report::Finding> judge(std::string_view text, const std::string& rule, Options options = {}) {
    options.postgres = 15;
    options.today = "2026-01-01";
    options.only = {rule};
    auto findings = lint::judge({{"a.up.sql", std::string(text)}}, options);
    std::erase_if(findings, [&](const report::Finding& each) { return each.rule != rule; });
    return findings;
}

}

TEST_CASE("a partition of a table in use takes that one's lock, whose wait has an end") {
    const auto rules = [](std::string_view text) {
        std::set<std::string> all;
        for (const auto& finding : lint::judge({{"1_a.up.sql", std::string(text)}}, Options()))
            all.insert(finding.rule);
        return all;
    };
    CHECK(rules("create table p partition of t for values in (1);").contains("mig-lock-timeout"));
    CHECK_FALSE(rules("create table t (a int) partition by list (a); create table p partition of t for values in (1);")
                    .contains("mig-lock-timeout"));
    CHECK_FALSE(rules("create table p (a int);").contains("mig-lock-timeout"));
}

TEST_CASE("what a table of this file takes with it is nobody's business") {
    const std::string one = "mig-add-fk";
    CHECK(
        judge("create table t (a int); alter table t rename to v; alter table v add foreign key (a) references u;", one)
            .empty());
    CHECK(judge("create table s.t (a int); alter table t add foreign key (a) references u;", one).empty());
    CHECK(judge("create table s.t (a int); alter table x.t add foreign key (a) references u;", one).size() == 1);
}

TEST_CASE("tables of an earlier file are new where both are run in one go") {
    Options options;
    options.only = {"mig-index-concurrently"};
    const std::vector<lint::File> files = {{"1_a.up.sql", "create table t (a int);"},
                                           {"2_b.up.sql", "create index i on t (a);"}};
    CHECK(lint::judge(files, options).size() == 1);
    options.is_pending = true;
    CHECK(lint::judge(files, options).empty());
}

TEST_CASE("in production what goes belongs into the phase contract") {
    const std::string one = "mig-drop-column";
    const auto severity = [&](std::string_view text, config::Profile profile) {
        Options options;
        options.profile = profile;
        return judge(text, one, options).at(0).severity;
    };
    using config::Profile;
    CHECK(severity("alter table t drop column a;", Profile::production) == report::Severity::error);
    CHECK(severity("alter table t drop column a;", Profile::development) == report::Severity::warning);
    for (const std::string_view mark : {"phase contract", "phase: contract", "phase=contract"})
        CHECK(severity("-- fairlead: " + std::string(mark) + "\nalter table t drop column a;", Profile::production) ==
              report::Severity::warning);
}

TEST_CASE("a comment before a statement silences a rule there, ours with a reason and squawk's by its names") {
    const std::string one = "mig-drop-table";
    const auto states = [&](std::string_view text) {
        std::string all;
        for (const auto& finding : judge(text, one)) all += finding.state == report::State::suppressed ? 's' : 'n';
        return all;
    };
    CHECK(states("-- fairlead: ignore[mig-drop-table] it is empty\ndrop table t;\ndrop table u;") == "sn");
    CHECK(states("-- fairlead: ignore[mig-drop-table] it is empty\n-- and nobody reads it\ndrop table\n  t;") == "s");
    CHECK(states("-- fairlead: ignore[mig-drop-table]\ndrop table t;") == "n");
    CHECK(states("-- fairlead: ignore[mig-drop-column] it is empty\ndrop table t;") == "n");
    CHECK(states("-- fairlead: ignore[mig-drop-table] empty until 2025-12-31\ndrop table t;") == "n");
    CHECK(states("-- fairlead: ignore-file[mig-drop-table] old\ndrop table t;\n\ndrop table u;") == "ss");
    CHECK(states("-- squawk-ignore ban-drop-table\ndrop table t;\ndrop table u;") == "sn");
    CHECK(states("-- squawk-ignore ban-drop-column, ban-drop-table\ndrop table t;") == "s");
    CHECK(states("-- squawk-ignore\ndrop table t;") == "s");
    CHECK(states("-- squawk-ignore ban-drop-column\ndrop table t;") == "n");
    CHECK(states("-- squawk-ignore-file\nselect 1;\ndrop table t;") == "s");
}

TEST_CASE("a comment that the base doesn't have silences nothing") {
    const std::string one = "mig-drop-table";
    Options options;
    const Stood base(
        "-- fairlead: ignore[mig-drop-table] known\ndrop table t;\n-- squawk-ignore ban-drop-table\ndrop table t;");
    options.base = [&](const std::string&) { return &base; };
    const auto state = [&](std::string_view text) { return judge(text, one, options).at(0).state; };
    CHECK(state("-- fairlead: ignore[mig-drop-table] known\ndrop table t;") == report::State::suppressed);
    CHECK(state("-- fairlead: ignore[mig-drop-table] empty\ndrop table t;") == report::State::fresh);
    CHECK(state("-- fairlead: ignore[mig-drop-table] known\ndrop table u;") == report::State::fresh);
    CHECK(state("-- squawk-ignore ban-drop-table\ndrop table t;") == report::State::suppressed);
    CHECK(state("-- squawk-ignore ban-drop-table\ndrop table u;") == report::State::fresh);
}

TEST_CASE("a file that has the phase contract isn't told to have it") {
    const std::string one = "mig-drop-table";
    CHECK(judge("drop table t;", one).at(0).message.find("-- fairlead: phase contract") != std::string::npos);
    CHECK(judge("-- fairlead: phase contract\ndrop table t;", one).at(0).message.find("-- fairlead") ==
          std::string::npos);
}

TEST_CASE("syntax that only a newer server may know is information, what the named server refuses an error") {
    Options options;
    options.only = {"mig-syntax"};
    const auto severity = [&](int postgres) {
        options.postgres = postgres;
        return lint::judge({{"1_a.up.sql", "alter tabel t;"}}, options).at(0).severity;
    };
    CHECK(severity(0) == report::Severity::info);
    CHECK(severity(13) == report::Severity::error);
    CHECK(severity(29) == report::Severity::info);
}

TEST_CASE("fairlead.yml gives a rule another level") {
    Options options;
    options.levels = {{"mig-drop-table", "info"}, {"mig-no-down", "off"}};
    const auto findings = lint::judge({{"1_a.up.sql", "set lock_timeout = 1; drop table t;"}}, options);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].severity == report::Severity::info);
}
