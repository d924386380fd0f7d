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
    {"mig-drop-object", "drop view v;", "drop view v; create view v as select 1;"},
    {"mig-drop-object", "drop function f(int);",
     "create function f(int) returns int language sql as 'select 1'; drop function f(int);"},
    {"mig-drop-object", "drop schema s;", "drop trigger g on t;"},
    {"mig-drop-object", "drop type mood;", "drop index i;"},
    {"mig-drop-cascade", "drop schema s cascade;", "drop schema s;"},
    {"mig-drop-cascade", "drop table t cascade;", "create table t (a int); drop table t cascade;"},
    {"mig-rename-object", "alter view v rename to w;", "alter table t rename to u;"},
    {"mig-rename-object", "alter type mood rename value 'a' to 'b';", "alter type mood add value 'c' after 'b';"},
    {"mig-rename-object", "alter table t set schema s;", "create table t (a int); alter table t set schema s;"},
    {"mig-refresh-concurrently", "refresh materialized view m;", "refresh materialized view concurrently m;"},
    {"mig-refresh-concurrently", "refresh materialized view m;", "refresh materialized view m with no data;"},
    {"mig-guard-off", "alter table t disable trigger all;", "alter table t disable trigger g;"},
    {"mig-guard-off", "alter table t disable row level security;", "alter table t enable row level security;"},
    {"mig-guard-off", "alter table t no force row level security;",
     "create table t (a int); alter table t disable trigger user;"},
    {"mig-guard-off", "drop policy p on t;", "drop policy p on t; create policy p on t using (true);"},
    {"mig-guard-off", "set session_replication_role = replica;", "set session_replication_role = origin;"},
    {"mig-drop-object", "alter type pair drop attribute x;", "alter table t drop constraint x;"},
    {"mig-drop-object", "drop owned by app;", "drop statistics s;"},
    {"mig-drop-object", "drop type mood_old;", "alter type mood rename to mood_old; drop type mood_old;"},
    {"mig-drop-cascade", "alter table t drop column a cascade;", "alter table t drop column a;"},
    {"mig-rename-object", "alter function f(int) rename to g;",
     "alter function f(int) rename to g; create function f(int) returns int language sql as 'select 1';"},
    {"mig-rename-object", "alter type pair rename attribute x to y;", "alter table t rename constraint x to y;"},
    {"mig-breaks-serving", "alter table t no inherit u;", "-- fairlead: phase contract\nalter table t no inherit u;"},
    {"mig-breaks-serving", "alter table t inherit u;", "create table t (a int); alter table t inherit u;"},
    {"mig-breaks-serving", "alter table t force row level security;",
     "alter table t enable row level security; create policy p on t using (true);"},
    {"mig-breaks-serving", "alter table t alter a drop identity;", "alter table t alter a drop default;"},
    {"mig-breaks-serving", "create rule r as on insert to t do instead nothing;",
     "create view v as select 1; create rule r as on insert to v do instead nothing;"},
    {"mig-breaks-serving", "revoke select on t from app;",
     "create function f() returns int language sql as 'select 1'; revoke all on function f() from public;"},
    {"mig-breaks-serving", "alter sequence s restart;",
     "create sequence s; alter sequence s restart; alter sequence q cache 5;"},
    {"mig-beyond", "select dblink_exec('x', 'y');", "select lower('dblink_exec(1)');"},
    {"mig-beyond",
     "create function f() returns void language plpgsql as $$ begin perform dblink_exec('x', 'y'); end $$;",
     "create function f() returns void language plpgsql as $$ begin perform 1; end $$;"},
    {"mig-beyond", "copy t from program 'x';", "copy t (a) to stdout;"},
    {"mig-beyond", "delete from pg_attribute where attname = 'x';", "delete from shop.pg_notes where a;"},
    {"mig-beyond", "alter system set work_mem = '1GB';", "set work_mem = '1GB';"},
    {"mig-dynamic-sql", "do $$ begin delete from t; end $$;",
     "create function f() returns trigger language plpgsql as $$ begin delete from t; end $$;"},
    {"mig-extension", "alter extension postgis update;", "comment on extension postgis is 'x';"},
    {"mig-constraint-not-valid", "alter domain d validate constraint c;", "alter domain d drop constraint c;"},
    {"mig-constraint-not-valid", "alter domain d set not null;", "alter domain d drop not null;"},
    {"mig-update-no-where", "delete from t;", "delete from t where a = 1;"},
    {"mig-update-no-where", "update t set a = 1 where 1 = 1;", "update t set a = 1 where b > 1;"},
    {"mig-update-no-where", "with u as (update t set a = 1 returning 1) select 1;",
     "create rule r as on insert to t do also update u set a = 1;"},
    {"mig-rewrite-table", "alter table all in tablespace a set tablespace b;", "alter tablespace a rename to b;"},
    {"mig-rewrite-table", "vacuum full t;", "vacuum t;", Dialect::postgres, 0},
    {"mig-rewrite-table", "cluster t;", "create table t (a int); cluster t;", Dialect::postgres, 0},
    {"mig-dynamic-sql", "do $$ begin execute 'drop table t'; end $$;", "do $$ begin perform 1; end $$;"},
    {"mig-rewrite-table", "alter table t set logged;", "create table t (a int); alter table t set unlogged;"},
    {"mig-rewrite-table", "alter table t set tablespace fast;", "alter table t set (fillfactor = 70);"},
    {"mig-rewrite-table", "alter table t set access method heap;", "alter table t set without cluster;"},
    {"mig-constraint-not-valid", "alter table t add column a int default 0 check (a >= 0);",
     "alter table t add column a int default 0;"},
    {"mig-add-exclusion", "alter table t add constraint e exclude using gist (a with &&);",
     "create table t (a int4range, exclude using gist (a with &&));"},
    {"mig-json", "create table t (a json);", "create table t (a jsonb);"},
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
    CHECK(lint::all_rules().size() == 66);
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
        {"mig-statement-timeout", "alter table t add constraint k check (a > 0) not valid;", 0},
        {"mig-statement-timeout", "alter table t add constraint k check (a > 0);", 1},
        {"mig-statement-timeout", "alter table t set logged;", 1},
        {"mig-statement-timeout", "alter table t set (fillfactor = 70);", 0},
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
    const Case one{"mig-drop-table", "", ""};
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
