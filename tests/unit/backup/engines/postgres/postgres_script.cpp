#include "backup/engines/postgres/postgres_script.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::backup::postgres;

namespace {

struct Kept : sys::Sink {
    Result<void> write(std::string_view bytes) override {
        text += bytes;
        return {};
    }
    Result<void> close() override { return {}; }
    std::string text;
};

// What flows on, however it is cut; else the error behind a mark.
std::string passed(std::string_view sql, Signed is_signed = Signed::no, std::size_t size = 1) {
    Kept kept;
    Script script("db.sql", is_signed, kept);
    for (std::size_t at = 0; at < sql.size(); at += size)
        if (auto written = script.write(sql.substr(at, size)); !written.ok()) return "! " + written.error().message;
    const auto closed = script.close();
    return closed.ok() ? kept.text : "! " + closed.error().message;
}

bool passes(std::string_view sql) { return passed(sql) == sql && passed(sql, Signed::no, sql.size()) == sql; }

}

TEST_CASE("what pg_dump writes flows on as it is, without its two backslash commands") {
    CHECK(passed("--\n\n\\restrict aB1\n\nSET a = 1;\n\\unrestrict aB1\n") == "--\n\n\nSET a = 1;\n");
    for (const char* sql :
         {"SELECT pg_catalog.set_config('search_path', '', false);\n",
          "SELECT pg_catalog.setval('public.x_id_seq', 1, true);\n",
          "SELECT * FROM pg_catalog.pg_restore_relation_stats('a', 'b');\n",
          "COPY public.a (x, program) FROM stdin;\n1\n\\! no\n\\.\nSET a = 1;",
          "COMMENT ON TABLE a IS '\\! no; DO ''x''\\';SET b = 1;", "CREATE TABLE \"a\\! \"\"b; DO\" ();",
          "CREATE FUNCTION f() AS $_$ \\! $$ ; DO $_$;", "SELECT pg_catalog.lowrite(0, '\\x00');",
          "CREATE FUNCTION f() BEGIN ATOMIC DELETE FROM a; CASE WHEN 1 THEN 2 END; END;SET a = 1;",
          "CREATE RULE r AS ON DELETE TO a DO ALSO (DELETE FROM b; DELETE FROM c);",
          "ALTER TABLE a ADD CHECK (b ~ E'\\'\\\\');SET a = 1;", "/* DO /* \\! */ ; */ -- \\! DO\nSET a = 1;",
          "CREATE USER MAPPING FOR a SERVER b;", "GRANT SELECT(a) ON TABLE b TO c;", ";;\n", "SET a = $1;"}) {
        INFO(sql);
        CHECK(passes(sql));
    }
}

TEST_CASE("backslash commands are refused, whoever signed") {
    for (const char* sql :
         {"\\! id\n", "SELECT 1 \\g |id\n", "\\restrict a\n\\restrict a\n", "\\restrict a\n\\unrestrict b\n",
          "\\restrict a b\n", "COMMENT ON TABLE a IS E'\\'' \\! id\n;", "COPY a FROM stdin;\n\\.\n\\! id\n",
          "COPY a FROM stdin; \\! id\n", "/* */*/ \\! id", "$1$ \\! id $1$", "SET a = 1 \\restrict b\n",
          "\\connect shop\n"}) {
        INFO(sql);
        CHECK(passed(sql, Signed::yes).starts_with("! "));
        CHECK(passed(sql, Signed::yes, 1000).starts_with("! "));
    }
    CHECK(passed("SET a = 1;\n\\! id\n") ==
          "! 'db.sql' holds the backslash command '\\!' at line 2, which pg_dump does not write; nothing of it is "
          "run: take another set, or find out who wrote to the store");
}

TEST_CASE("statements that pg_dump does not write are refused unless a trusted key signed them") {
    for (const char* sql :
         {"COPY a TO PROGRAM 'id';", "copy a from program 'id';",
          "COPY a FROM PROGRAM 'id' WHERE b IS DISTINCT FROM stdin;", "COPY a TO '/f';", "DO $$ BEGIN END $$;",
          "CALL p();", "ALTER SYSTEM SET a = 1;", "CREATE ROLE a;", "CREATE USER a;", "GRANT a TO b;", "LOAD 'x';",
          "SELECT pg_catalog.lo_export(1, 'x');", "SELECT f();", "SELECT pg_catalog.setval('a', 1), f();",
          "SET a = 1; DO", "DROP TABLE a;", "CREATE FOREIGN TABLE a () SERVER b OPTIONS (program 'id');",
          "COMMENT ON TABLE a IS '\\'; DO $$x$$; --';"}) {
        INFO(sql);
        CHECK(passed(sql).starts_with("! "));
        CHECK(passed(sql, Signed::yes) == sql);
    }
    CHECK(passed("COPY a TO PROGRAM 'id';").find("'COPY ... PROGRAM', which runs a program") != std::string::npos);
}

TEST_CASE("psql is restricted from the minor version on that knows how") {
    for (const char* version : {"13.22", "14.19", "15.14", "15.18", "16.10", "17.6", "18.0", "18beta1", "19"})
        CHECK(knows_restrict(version));
    for (const char* version : {"", "12.22", "13.21", "14.18", "15.13", "16.9", "17.5", "17"})
        CHECK(!knows_restrict(version));
    CHECK(restrict_line().size() == std::string_view("\\restrict \n").size() + 64);
    CHECK(restrict_line() != restrict_line());
}
