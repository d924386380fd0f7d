#include "migrate/lint/lint.h"
#include "migrate/lint/rule.h"
#include "support/catch.h"
#include <algorithm>
#include <set>

using namespace fairlead;
using namespace fairlead::migrate;
using lint::Options;
using sql::Dialect;

namespace {

struct Case {
    std::string_view rule, bad, good;
    Dialect dialect = Dialect::postgres;
    int postgres = 15;
};

// Of a file a.up.sql; "-- down" parts what its a.down.sql holds.
std::vector<report::Finding> judge(std::string_view text, const Case& one, Options options = {}) {
    options.dialect = one.dialect;
    options.postgres = one.postgres;
    options.today = "2026-01-01";
    options.only = {std::string(one.rule)};
    const auto down = text.find("-- down\n");
    std::vector<lint::File> files = {{"a.up.sql", std::string(text.substr(0, down))}};
    if (down != text.npos) files.push_back({"a.down.sql", std::string(text.substr(down))});
    auto findings = lint::judge(files, options);
    std::erase_if(findings, [&](const report::Finding& each) { return each.rule != one.rule; });
    return findings;
}

const std::vector<Case> cases = {
    {"mig-lock-timeout", "alter table t add column a int;",
     "set lock_timeout = '5s'; set statement_timeout = '9s'; alter table t add column a int;"},
    {"mig-statement-timeout", "create index i on t (a);", "set statement_timeout = '5s'; create index i on t (a);"},
    {"mig-many-locks", "drop table a; drop table b; drop table c; drop table d;",
     "drop table a; drop table b; drop table c;"},
    {"mig-lock-table", "lock table t in exclusive mode;", "lock table t in share mode;"},
    {"mig-vacuum-full", "-- fairlead: no-transaction\nvacuum full t;", "-- fairlead: no-transaction\nvacuum t;"},
    {"mig-index-concurrently", "create index i on t (a);", "create table t (a int); create index i on t (a);"},
    {"mig-index-drop-concurrently", "drop index i;", "create table t (a int); create index i on t (a); drop index i;"},
    {"mig-reindex-concurrently", "reindex table t;", "reindex table concurrently t;"},
    {"mig-detach-concurrently", "alter table t detach partition p;", "alter table t detach partition p concurrently;"},
    {"mig-attach-no-check", "alter table t attach partition p for values in (1);",
     "alter table p validate constraint k; alter table t attach partition p for values in (1);"},
    {"mig-add-column-volatile-default", "alter table t add column a uuid default gen_random_uuid();",
     "alter table t add column a int default 1, add column b timestamptz default now();"},
    {"mig-add-required-column", "alter table t add column a int not null;",
     "alter table t add column a int not null default 1;"},
    {"mig-add-required-column",
     "alter table t add column a int default 1 not null; alter table t alter column a drop default;",
     "alter table t add column a int default 1 not null; alter table u alter a drop default;"},
    {"mig-set-not-null", "alter table t alter a set not null;",
     "alter table t validate constraint k; alter table t alter a set not null;"},
    {"mig-change-type", "alter table t alter a type bigint;",
     "create table u (a varchar(10)); alter table u alter a type text; create table t (b varchar(3)); alter table t "
     "alter b "
     "type varchar(9);"},
    {"mig-rename-column", "alter table t rename a to b;", "create table t (a int); alter table t rename a to b;"},
    {"mig-drop-not-null", "alter table t alter a drop not null;", "alter table t alter a drop default;"},
    {"mig-add-fk", "alter table t add column a int references u;",
     "alter table t add constraint k foreign key (a) references u not valid;"},
    {"mig-constraint-not-valid",
     "alter table t add constraint k check (a > 0) not valid; alter table t validate constraint k;",
     "alter table t add constraint k check (a > 0) not valid;"},
    {"mig-add-unique", "alter table t add unique (a);", "alter table t add unique using index i;"},
    {"mig-add-primary-key", "alter table t add primary key (a);", "alter table t add primary key using index i;"},
    {"mig-domain-constraint", "create domain d as int check (value > 0);", "create domain d as int;"},
    {"mig-fk-no-index", "create table t (a int references u);",
     "create table t (a int references u); create index i on t (a);"},
    {"mig-drop-column", "alter table t drop column a;", "alter table t drop constraint a;"},
    {"mig-drop-table", "drop table t;", "create table t (a int); drop table t;"},
    {"mig-drop-database", "drop database d;", "drop schema s;"},
    {"mig-rename-table", "alter table t rename to u;", "create table t (a int); alter table t rename to u;"},
    {"mig-truncate", "truncate t;", "create table t (a int); truncate t;"},
    {"mig-truncate-cascade", "truncate t cascade;", "truncate t;"},
    {"mig-update-no-where", "update t set a = 1;",
     "update t set a = 1 where b; create table u (a int); delete from u;"},
    {"mig-big-backfill", "alter table t add column a int; update t set a = 1 where b;", "update t set a = 1 where b;"},
    {"mig-big-backfill", "create index i on t (a); update t set a = 1 where b;",
     "alter table u add column a int; update t set a = 1 where b;"},
    {"mig-duplicate-assignment", "update t set a = 1, a = 2 where b;", "update t set a[1] = 1, a[2] = 2 where b;"},
    {"mig-own-transaction", "select 1; commit;", "-- fairlead: no-transaction\nbegin; select 1; commit;"},
    {"mig-concurrently-in-transaction", "create index concurrently i on t (a);",
     "-- fairlead: no-transaction\ncreate index concurrently i on t (a);"},
    {"mig-enum-in-transaction", "alter type e add value 'b' after 'a'; insert into t values ('b');",
     "alter type e add value 'b' after 'a'; insert into t values ('a');"},
    {"mig-idempotent", "-- fairlead: no-transaction\nselect 1; create table t (a int);",
     "-- fairlead: no-transaction\nselect 1; create table if not exists t (a int);"},
    {"mig-int-key", "create table t (a serial primary key);", "create table t (a bigint, b int, primary key (a));"},
    {"mig-char", "create table t (a char(3));", "create table t (a varchar(3));"},
    {"mig-varchar", "create table t (a varchar(3));", "create table t (a varchar);"},
    {"mig-timestamp", "create table t (a timestamp);", "create table t (a timestamptz);"},
    {"mig-enum-order", "alter type e add value 'b';", "alter type e add value 'b' before 'a';"},
    {"mig-syntax", "alter tabel t;", "select 1;"},
    {"mig-identifier-long", "create table t (a23456789012345678901234567890123456789012345678901234567890123x int);",
     "create table t (a23456789012345678901234567890123456789012345678901234567890123 int);"},
    {"mig-table-schema", "create table t (a int);", "create table s.t (a int); create temp table u (a int);"},
    {"mig-grant-wide", "grant all on t to app;", "grant select on t to app; revoke all on t from public;"},
    {"mig-password-literal", "create role r password 'x';", "create role r login;"},
    {"mig-security-definer", "create function f() returns int language sql security definer as 'select 1';",
     "create function f() returns int language sql security definer set search_path = s as 'select 1';"},
    {"mig-extension", "create extension pgcrypto;", "select 1;"},
    {"mig-no-down", "create table t (a int);", "-- fairlead: irreversible data is gone\ncreate table t (a int);"},
    {"mig-empty", "-- to do\nset lock_timeout = '5s';", "select 1;"},
    {"mig-down-not-inverse", "create table t (a int); alter table u add column b int;\n-- down\ndrop table t;",
     "create table t (a int); alter table u add column b int; create index i on u (b);\n-- down\ndrop table t; alter "
     "table u "
     "drop column b;"},
    {"mig-sqlite-alter", "alter table t drop column a;", "alter table t add column a int default 1;", Dialect::sqlite},
    {"mig-sqlite-fk", "create table n (a int); drop table t; alter table n rename to t;",
     "-- fairlead: foreign-keys=off\ncreate table n (a int); drop table t; alter table n rename to t;",
     Dialect::sqlite},
    {"mig-sqlite-only", "create table t (a integer primary key autoincrement);", "create table t (a int);",
     Dialect::sqlite},
    {"mig-mysql-algorithm", "alter table t add column a int;", "alter table t add column a int, algorithm=instant;",
     Dialect::mysql},
};

}

TEST_CASE("each rule finds what it is about, and nothing in its sound twin") {
    std::set<std::string_view> tried;
    for (const Case& one : cases) {
        tried.insert(one.rule);
        INFO(one.rule);
        const auto bad = judge(one.bad, one);
        CHECK_FALSE(bad.empty());
        for (const auto& finding : bad) {
            INFO(finding.message);
            CHECK(finding.message.size() <= 200);
            CHECK(std::count(finding.message.begin(), finding.message.end(), ';') >= 2);
            CHECK(finding.line >= 1);
        }
        const auto good = judge(one.good, one);
        INFO((good.empty() ? "" : good.front().message));
        CHECK(good.empty());
    }
    for (const auto& rule : lint::all_rules()) {
        INFO(rule.id);
        CHECK(tried.contains(rule.id) == (rule.check != nullptr));
    }
    CHECK(lint::all_rules().size() == 55);
}

TEST_CASE("each condition of a rule has its twin") {
    struct Twin {
        std::string_view rule, text;
        std::size_t findings;
        int postgres = 15;
    };
    constexpr Twin twins[] = {
        {"mig-detach-concurrently", "alter table t detach partition p;", 0, 13},
        {"mig-detach-concurrently", "alter table t detach partition p;", 1, 14},
        {"mig-reindex-concurrently", "reindex system d;", 0},
        {"mig-reindex-concurrently", "reindex database d;", 1},
        {"mig-lock-table", "lock table t in share row exclusive mode;", 0},
        {"mig-lock-table", "lock table t in access exclusive mode;", 1},
        {"mig-domain-constraint", "create domain d as int not null;", 1},
        {"mig-domain-constraint", "create domain d as int default 1;", 0},
        {"mig-idempotent", "-- fairlead: no-transaction\ndrop index i; create index i on t (a);", 2},
        {"mig-idempotent", "-- fairlead: no-transaction\ndrop index if exists i; create index i on t (a);", 0},
        {"mig-idempotent", "-- fairlead: no-transaction\ncreate index i on t (a);", 0},
        {"mig-idempotent", "-- fairlead: no-transaction\nbegin; drop index i; drop index k; commit;", 0},
        {"mig-idempotent", "-- fairlead: no-transaction\nbegin; select 1; commit; drop index i; drop index k;", 2},
        {"mig-idempotent", "-- fairlead: no-transaction\nbegin; select 1; rollback; drop index i; drop index k;", 2},
    };
    for (const Twin& one : twins) {
        INFO(one.rule << ": " << one.text);
        CHECK(judge(one.text, {one.rule, "", "", Dialect::postgres, one.postgres}).size() == one.findings);
    }
}

TEST_CASE("what a table of this file takes with it is nobody's business") {
    const Case one{"mig-add-fk", "", ""};
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
    const Case one{"mig-drop-column", "", ""};
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
    const Case one{"mig-drop-table", "", ""};
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
    const Case one{"mig-drop-table", "", ""};
    Options options;
    options.counts = [](const std::string&, std::string_view line) { return line.find("known") != line.npos; };
    const auto state = [&](std::string_view text) { return judge(text, one, options).at(0).state; };
    CHECK(state("-- fairlead: ignore[mig-drop-table] known\ndrop table t;") == report::State::suppressed);
    CHECK(state("-- fairlead: ignore[mig-drop-table] empty\ndrop table t;") == report::State::fresh);
    CHECK(state("-- squawk-ignore ban-drop-table\ndrop table t;") == report::State::fresh);
}

TEST_CASE("a file of both ways is judged by its part up, with the lines of the file") {
    Options options;
    options.only = {"mig-drop-table", "mig-no-down"};
    const auto findings =
        lint::judge({{"1_a.sql", "-- fairlead: up\ndrop table t;\n-- fairlead: down\ndrop table u;\n"}}, options);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].line == 2);
}

TEST_CASE("Flyway's U files take back, and are not judged as a way up") {
    Options options;
    options.layout = files::Layout::flyway;
    options.only = {"mig-no-down", "mig-drop-table", "mig-down-not-inverse"};
    CHECK(lint::judge({{"d/V1_2__a.sql", "create table t (a int);"}, {"d/U1.2__other.sql", "drop table t;"}}, options)
              .empty());
    const auto alone = lint::judge({{"V3__a.sql", "create table t (a int);"}}, options);
    REQUIRE(alone.size() == 1);
    CHECK(alone[0].message.find("write U3__a.sql") != std::string::npos);
    CHECK(lint::twin_of("d/V1_2__a.sql", files::Layout::flyway) == "d/U1_2__a.sql");
    CHECK(lint::twin_of("d/V1_2__a.sql", files::Layout::plain).empty());
}

TEST_CASE("what up refuses for its marks is a finding, and so is a silenced rule that there is none of") {
    const auto line = [](std::string_view text) {
        Options options;
        options.only = {"mig-char"};
        const auto findings = lint::judge({{"1_a.up.sql", std::string(text)}}, options);
        return findings.size() == 1 && findings[0].rule == "migrate/unread" ? findings[0].line : 0;
    };
    CHECK(line("select 1;\n-- fairlead: no-transacton\n") == 2);
    CHECK(line("-- Fairlead: phase contract\nselect 1;") == 1);
    CHECK(line("select 1;\n-- fairlead: ignore[mig-nope] it is empty\n") == 2);
    CHECK(line("-- fairlead: ignore[mig-drop-tabel] it is empty\nselect 1;") == 1);
    CHECK(line("-- fairlead: ignore[scan/aws-key] an example\nselect 1;") == 0);
}

TEST_CASE("a file that has the phase contract isn't told to have it") {
    const Case one{"mig-drop-table", "", ""};
    CHECK(judge("drop table t;", one).at(0).message.find("-- fairlead: phase contract") != std::string::npos);
    CHECK(judge("-- fairlead: phase contract\ndrop table t;", one).at(0).message.find("-- fairlead") ==
          std::string::npos);
}

TEST_CASE("a file that can't be split is a finding with its line") {
    const auto findings = lint::judge({{"1_a.up.sql", "select 1;\n\\i other.sql\n"}}, {});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == "migrate/unread");
    CHECK(findings[0].line == 2);
}

TEST_CASE("a file that is no text is a finding with its line, whatever the engine") {
    for (const auto dialect : {Dialect::postgres, Dialect::sqlite, Dialect::mysql})
        for (const auto& text : {std::string("select 1;\n-- \xe4\n"), std::string("select 1;\n\0", 11),
                                 std::string("-\0-\0\n\0s\0;\0", 10)}) {
            Options options;
            options.dialect = dialect;
            const auto findings = lint::judge({{"1_a.up.sql", text, true}, {"2_b.up.sql", "select 1;", true}}, options);
            const auto unread = std::count_if(findings.begin(), findings.end(), [](const report::Finding& one) {
                return one.rule == "migrate/unread" && one.file == "1_a.up.sql" && report::decides(one);
            });
            CHECK(unread == 1);
            CHECK_FALSE(lint::statements({"1_a.up.sql", text, true}, options).ok());
        }
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

TEST_CASE("an id that is no rule's is refused with the nearest one") {
    const auto checked = lint::check_rules({"mig-drop-tabel"}, "--only");
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().message == "--only: rule 'mig-drop-tabel' is unknown; did you mean mig-drop-table?");
}

TEST_CASE("triggers of SQLite and routines of MySQL keep their bodies") {
    const auto count = [](Dialect dialect, std::string text) {
        Options options;
        options.dialect = dialect;
        const auto told = lint::statements({"a.sql", std::move(text)}, options);
        return told.ok() ? static_cast<int>(told.value().size()) : -1;
    };
    CHECK(count(Dialect::sqlite,
                "create trigger g after insert on t begin update t set a = case when 1 then 2 end; delete "
                "from u; end; select `;`, [;];") == 2);
    CHECK(count(Dialect::sqlite, "begin; select 1; end;") == 3);
    CHECK(count(Dialect::mysql,
                "create procedure p() begin if a then select 1; end if; while b do select 2; end while; end; "
                "select 'a\\';' # ;\n;") == 2);
    CHECK(count(Dialect::mysql, "delimiter //") == -1);
}
