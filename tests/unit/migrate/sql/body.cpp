#include "migrate/sql/body.h"
#include "migrate/sql/destroys.h"
#include "support/catch.h"

using namespace fairlead::migrate::sql;

TEST_CASE("a body destroys by its words, also those that it puts together") {
    struct Case {
        std::string_view text;
        Destroys destroys;
    };
    for (const auto& [text, expected] : {
             Case{"BEGIN DELETE FROM a; END", Destroys::yes},
             {"begin drop table if exists a; end", Destroys::yes},
             {"begin alter table a drop b; end", Destroys::yes},
             {"begin execute format('truncate %I', t); end", Destroys::yes},
             {"begin execute 'DROP ' || kind; end", Destroys::yes},
             {"merge into a using b on true when matched then delete", Destroys::yes},
             {"CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $f$ DELETE FROM a $f$", Destroys::yes},
             {"begin execute stored; end", Destroys::unknown},
             {"begin update a set deleted_at = now(); end", Destroys::no},
             {"begin -- delete from a\n perform 1; /* drop table a */ end", Destroys::no},
             {"alter table a add foreign key (b) references c on delete cascade", Destroys::no},
             {"create trigger t after delete on a execute function f()", Destroys::no},
             {"if tg_op = 'TRUNCATE' then return null; end if", Destroys::no},
             {"alter table a alter b drop not null; drop index i; drop view v", Destroys::no},
         }) {
        CAPTURE(text);
        CHECK(body_destroys(text) == expected);
    }
}

TEST_CASE("what a text says it writes, and the UPDATEs of a body that can be read") {
    using Names = std::set<std::string>;
    CHECK(changed_in("UPDATE ONLY shop.users SET a = 1", Dialect::postgres) == Names{"users"});
    CHECK(changed_in("UPDATE OR REPLACE \"Users\" SET a = 1", Dialect::sqlite) == Names{"users"});
    CHECK(changed_in("WITH x AS (UPDATE a SET b = 1) INSERT INTO c VALUES (1)", Dialect::postgres) == Names{"a"});
    CHECK(changed_in("INSERT INTO s.c VALUES (1) ON CONFLICT (i) DO UPDATE SET i = 2", Dialect::postgres) ==
          Names{"c", "set"});
    CHECK(
        changed_in("MERGE INTO c USING d ON true WHEN MATCHED THEN UPDATE SET i = 2", Dialect::postgres).contains("c"));
    CHECK(changed_in("UPDATE a", Dialect::postgres) == Names{"a"});
    CHECK(changed_in("SELECT 'update a' -- update b\n, \"update\"", Dialect::postgres).empty());
    const auto updates =
        updates_in("BEGIN UPDATE a SET b = 1; IF x THEN UPDATE c SET d = 2 WHERE e = 3; END IF; EXECUTE "
                   "'UPDATE f SET g = 1'; END");
    REQUIRE(updates.size() == 2);
    CHECK(updates[0].table.name == "a");
    CHECK_FALSE(updates[0].has_where);
    CHECK(updates[1].columns == std::vector<std::string>{"d"});
    CHECK(updates[1].has_where);
}

TEST_CASE("functions of the server that no body tells about are known by their names") {
    REQUIRE(server_function("dblink_exec") != nullptr);
    CHECK(server_function("dblink_exec")->reaches_out);
    for (const char* name : {"lo_unlink", "lo_put", "lowrite"}) {
        CAPTURE(name);
        CHECK(server_function(name)->destroys == Destroys::yes);
    }
    CHECK(server_function("dblink")->destroys == Destroys::unknown);
    CHECK(server_function("lower") == nullptr);
}

TEST_CASE("what a text calls stands before a parenthesis") {
    const auto names = called_in("SELECT shop.purge(1), \"Odd\" (2), lower('f()') -- g()\n FROM a WHERE b IN (c())");
    std::vector<std::string> all;
    for (const auto& name : names) all.push_back(name.full());
    CHECK(all == std::vector<std::string>{"Odd", "c", "in", "lower", "shop.purge"});
    CHECK(called_in(quoted_body("DO $$ BEGIN PERFORM purge(1); END $$")) == std::vector<Name>{{"", "purge"}});
}

TEST_CASE("DO and EXECUTE may destroy; a function is looked into by its name") {
    const auto does = [](const char* text) { return destroys(understand({text, 1, false}), Dialect::postgres); };
    CHECK(does("DO $$ BEGIN EXECUTE stored; END $$"));
    CHECK(does("DO $$ BEGIN TRUNCATE a; END $$"));
    CHECK(does("EXECUTE prepared"));
    CHECK_FALSE(does("DO $$ BEGIN UPDATE a SET deleted_at = now(); END $$"));
    CHECK_FALSE(does("DO $$ BEGIN PERFORM purge(); END $$"));
    CHECK_FALSE(does("CALL purge()"));
}

TEST_CASE("rules that delete, CASCADE, programs and files of the server may destroy") {
    const auto does = [](const char* text) { return destroys(understand({text, 1, false}), Dialect::postgres); };
    CHECK(does("CREATE RULE r AS ON UPDATE TO a DO INSTEAD DELETE FROM a"));
    CHECK_FALSE(does("CREATE RULE r AS ON UPDATE TO a DO INSTEAD INSERT INTO b VALUES (1)"));
    CHECK(does("ALTER TABLE a DROP CONSTRAINT a_pkey CASCADE"));
    CHECK_FALSE(does("ALTER TABLE a DROP CONSTRAINT a_pkey"));
    CHECK(does("COPY (SELECT 1) TO PROGRAM 'sh'"));
    CHECK(does("COPY a FROM PROGRAM 'sh'"));
    CHECK(does("COPY a TO '/etc/passwd'"));
    CHECK_FALSE(does("COPY a FROM '/srv/a.csv'"));
    CHECK_FALSE(does("COPY a FROM STDIN"));
}

TEST_CASE("SQLite's REPLACE takes the rows that are in the way, ATTACH and writable_schema lead elsewhere") {
    const auto does = [](const char* text) {
        auto statement = understand({text, 1, false});
        statement.kind = kind_of(text, Dialect::sqlite);
        return destroys(statement, Dialect::sqlite);
    };
    CHECK(does("REPLACE INTO a VALUES (1, 'z')"));
    CHECK(does("insert or replace into a values (1)"));
    CHECK(does("UPDATE OR REPLACE a SET id = 1"));
    CHECK(does("ATTACH '/srv/other.db' AS other"));
    CHECK(does("PRAGMA writable_schema = 1"));
    CHECK_FALSE(does("INSERT INTO a VALUES ('or replace')"));
    CHECK_FALSE(does("INSERT OR IGNORE INTO a VALUES (1)"));
    CHECK_FALSE(does("UPDATE a SET b = replace(b, 'x', 'y')"));
    CHECK_FALSE(does("PRAGMA user_version = 1"));
}
