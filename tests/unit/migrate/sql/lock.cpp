#include "migrate/sql/lock.h"
#include "support/catch.h"
#include <string>

using namespace fairlead::migrate::sql;

namespace {

Statement read_locking(std::string_view text) { return understand({text, 1, false}); }

std::string lock(std::string_view text, int postgres = 15) {
    const Lock found = lock_of(read_locking(text), postgres);
    return found == Lock::none ? "none" : found == Lock::unknown ? "unknown" : std::string(name_of(found));
}

}

TEST_CASE("each statement has its lock") {
    struct Case {
        std::string_view sql, lock;
    };
    for (const auto& [sql, expected] : {
             Case{"select 1", "ACCESS SHARE"},
             {"select * from t for update", "ROW SHARE"},
             {"insert into t values (1)", "ROW EXCLUSIVE"},
             {"copy t from stdin", "ROW EXCLUSIVE"},
             {"copy t to stdout", "ACCESS SHARE"},
             {"vacuum t", "SHARE UPDATE EXCLUSIVE"},
             {"vacuum (full) t", "ACCESS EXCLUSIVE"},
             {"analyze t", "SHARE UPDATE EXCLUSIVE"},
             {"create index i on t (a)", "SHARE"},
             {"create index concurrently i on t (a)", "SHARE UPDATE EXCLUSIVE"},
             {"drop index i", "ACCESS EXCLUSIVE"},
             {"drop index concurrently i", "SHARE UPDATE EXCLUSIVE"},
             {"reindex table t", "ACCESS EXCLUSIVE"},
             {"reindex table concurrently t", "SHARE UPDATE EXCLUSIVE"},
             {"create table t (a int)", "none"},
             {"create table t (a int references u)", "SHARE ROW EXCLUSIVE"},
             {"create table p partition of t default", "ACCESS EXCLUSIVE"},
             {"create table c () inherits (t)", "SHARE UPDATE EXCLUSIVE"},
             {"create trigger g before insert on t execute function f()", "SHARE ROW EXCLUSIVE"},
             {"refresh materialized view m", "ACCESS EXCLUSIVE"},
             {"refresh materialized view concurrently m", "EXCLUSIVE"},
             {"lock table t in share mode", "SHARE"},
             {"lock t", "ACCESS EXCLUSIVE"},
             {"truncate t", "ACCESS EXCLUSIVE"},
             {"comment on column t.a is 'x'", "SHARE UPDATE EXCLUSIVE"},
             {"create type e as enum ('a')", "none"},
             {"alter type e add value 'b'", "none"},
             {"alter table t add column a int", "ACCESS EXCLUSIVE"},
             {"alter table t add foreign key (a) references u", "SHARE ROW EXCLUSIVE"},
             {"alter table t add check (a > 0) not valid", "ACCESS EXCLUSIVE"},
             {"alter table t validate constraint k", "SHARE UPDATE EXCLUSIVE"},
             {"alter table t alter a set statistics 9", "SHARE UPDATE EXCLUSIVE"},
             {"alter table t set (fillfactor = 70, autovacuum_enabled = off)", "SHARE UPDATE EXCLUSIVE"},
             {"alter table t set (user_catalog_table = true)", "ACCESS EXCLUSIVE"},
             {"alter table t disable trigger all", "SHARE ROW EXCLUSIVE"},
             {"alter table t validate constraint k, alter a set not null", "ACCESS EXCLUSIVE"},
             {"alter table t detach partition p", "ACCESS EXCLUSIVE"},
             {"alter table t detach partition p concurrently", "ACCESS EXCLUSIVE"},
             {"alter table t detach partition p finalize", "ACCESS EXCLUSIVE"},
             {"alter table t attach partition p default", "ACCESS EXCLUSIVE"},
             {"alter table t rename to u", "ACCESS EXCLUSIVE"},
             {"alter index i rename to j", "SHARE UPDATE EXCLUSIVE"},
             {"alter function f() rename to g", "none"},
             {"do $$ begin end $$", "unknown"},
             {"alter tabel t", "unknown"},
         }) {
        INFO(sql);
        CHECK(lock(sql) == expected);
    }
}

TEST_CASE("a grant locks its table from version 18 on") {
    CHECK(lock("grant select on t to a", 17) == "none");
    CHECK(lock("grant select on t to a", 18) == "ACCESS SHARE");
    CHECK(lock("grant usage on schema s to a", 18) == "none");
}

TEST_CASE("what the server refuses within a transaction is known") {
    for (const std::string_view sql :
         {"create index concurrently i on t (a)", "drop index concurrently i", "reindex (concurrently) index i",
          "reindex schema s", "vacuum t", "cluster", "create database d", "drop database d", "alter system set a = 1",
          "create tablespace s location '/x'", "alter table t detach partition p concurrently"}) {
        INFO(sql);
        CHECK_FALSE(is_transactional(read_locking(sql), 15));
    }
    for (const std::string_view sql : {"create index i on t (a)", "reindex table t", "analyze t", "cluster t",
                                       "refresh materialized view concurrently m", "alter type e add value 'x'"}) {
        INFO(sql);
        CHECK(is_transactional(read_locking(sql), 15));
    }
    CHECK_FALSE(is_transactional(read_locking("alter type e add value 'x'"), 11));
}

TEST_CASE("a kind is told by the first words") {
    CHECK(kind_of("CREATE OR REPLACE TEMP VIEW v AS SELECT 1") == "create view");
    CHECK(kind_of("create unique index concurrently i on t (a)") == "create index");
    CHECK(kind_of("/* a */ ALTER materialized VIEW v RENAME TO w") == "alter materialized view");
    CHECK(kind_of("create constraint trigger g after insert on t") == "create trigger");
    CHECK(kind_of("start transaction") == "start transaction");
    CHECK(kind_of("refresh materialized view m") == "refresh materialized view");
    CHECK(kind_of("update t set a = 1") == "update");
    CHECK(kind_of("create") == "create");
    CHECK(kind_of("(select 1)") == "statement");
}
