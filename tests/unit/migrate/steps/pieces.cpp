#include "migrate/steps/pieces.h"
#include "migrate/steps/apply/apply.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::migrate;

namespace {

files::Script script(std::string sql, bool no_transaction = false) {
    files::Script one;
    one.path = "1_a.up.sql";
    one.file = std::move(sql);
    one.sql = one.file.view();
    one.line = 3;
    one.marks.no_transaction = no_transaction;
    return one;
}

bool is_atomic(std::string_view text, sql::Dialect dialect = sql::Dialect::postgres) {
    const auto one = script(std::string(text));
    const auto pieces = pieces_of(one, dialect);
    REQUIRE(pieces.ok());
    return pieces.value().front().is_atomic(sql::understand({pieces.value().front().text, 1, false}), 15);
}

}

TEST_CASE("pieces have their place in the file, and COPY its data") {
    const auto one = script("SELECT 1;\nCOPY a FROM stdin;\n1\n2\n\\.\nBEGIN; COMMIT; ROLLBACK TO x; END");
    const auto pieces = pieces_of(one, sql::Dialect::postgres);
    REQUIRE(pieces.ok());
    REQUIRE(pieces.value().size() == 6);
    CHECK(pieces.value()[1].line == 4);
    CHECK(pieces.value()[1].data == "1\n2\n");
    CHECK(pieces.value()[2].is_begin);
    CHECK(pieces.value()[3].is_commit);
    CHECK_FALSE(pieces.value()[4].is_rollback);
    CHECK(pieces.value()[5].is_commit);
    CHECK(pieces.value()[1].begin == 10);
    const auto wrong = pieces_of(script("SELECT 'a"), sql::Dialect::postgres);
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().place.line == 3);
}

TEST_CASE("rows of one table are one piece, and each statement of it is found again") {
    const auto rows = [](int first, int last, const char* table) {
        std::string text;
        for (int i = first; i <= last; ++i)
            text += "INSERT INTO " + std::string(table) + " VALUES (" + std::to_string(i) + ", 'x');\n";
        return text;
    };
    const auto one = script("CREATE TABLE a (i int);\n" + rows(1, 5, "a") + rows(6, 7, "b") + "SELECT 1;");
    const auto apart = pieces_of(one, sql::Dialect::postgres).value();
    const auto together = pieces_of(one, sql::Dialect::postgres, Together::same_rows).value();
    REQUIRE(apart.size() == 9);
    REQUIRE(together.size() == 4);
    CHECK(together[1].statements == 5);
    CHECK(together[1].text.starts_with("INSERT INTO a VALUES (1, 'x');\nINSERT"));
    CHECK(together[1].text.ends_with("(5, 'x')"));
    CHECK(together[2].line == apart[6].line);
    CHECK(statements_of(together) == 9);
    for (const auto& pieces : {apart, together})
        for (std::size_t at = 0; at < apart.size(); ++at) {
            const auto by_place = last_for_which(pieces, sql::Dialect::postgres, [&](std::size_t begin, std::int64_t) {
                return begin <= apart[at].begin + 3;
            });
            const auto by_number =
                last_for_which(pieces, sql::Dialect::postgres, [&](std::size_t, std::int64_t number) {
                    return number <= static_cast<std::int64_t>(at) + 1;
                });
            for (const auto& spot : {by_place, by_number}) {
                REQUIRE(spot);
                CHECK(spot->text == apart[at].text);
                CHECK(spot->line == apart[at].line);
                CHECK(spot->number == static_cast<std::int64_t>(at) + 1);
            }
        }
    CHECK_FALSE(last_for_which(together, sql::Dialect::postgres, [](std::size_t, std::int64_t) { return false; }));
    const auto many = script(rows(1, 60'000, "a"));
    const auto parts = pieces_of(many, sql::Dialect::sqlite, Together::same_rows).value();
    CHECK(parts.size() == 2); // of about 1 MiB
    CHECK(statements_of(parts) == 60'000);
}

TEST_CASE("WORK and TRANSACTION behind ROLLBACK say nothing") {
    for (const auto dialect : {sql::Dialect::postgres, sql::Dialect::sqlite})
        for (const auto* sql : {"SAVEPOINT x; ROLLBACK WORK TO SAVEPOINT x", "SAVEPOINT x; rollback transaction to x"})
            CHECK(check_script(script(sql), dialect).ok());
    for (const auto* sql : {"ROLLBACK WORK", "ROLLBACK TRANSACTION AND CHAIN"})
        CHECK_FALSE(check_script(script(sql), sql::Dialect::postgres).ok());
}

TEST_CASE("a way without a statement is refused, also as `new` writes it") {
    const auto made = files::new_files("db", files::Layout::plain, "7", "x", sql::Dialect::postgres).value();
    for (const auto& text : {made[0].text, made[1].text, std::string(), std::string("-- to do\n;")}) {
        const auto checked = check_script(script(text), sql::Dialect::postgres);
        REQUIRE_FALSE(checked.ok());
        CHECK(checked.error().kind == Kind::usage);
    }
    CHECK(check_script(script("SET lock_timeout = '5s'; SELECT 1;"), sql::Dialect::postgres).ok());
}

TEST_CASE("a script that runs as one transaction does not end it") {
    for (const auto* sql : {"SELECT 1; COMMIT", "BEGIN; SELECT 1", "/* so */ rollback", "START TRANSACTION", "abort"})
        CHECK_FALSE(check_script(script(sql), sql::Dialect::postgres).ok());
    CHECK(check_script(script("COMMIT", true), sql::Dialect::postgres).ok());
    CHECK(check_script(script("SAVEPOINT a; ROLLBACK TO a; ROLLBACK TO SAVEPOINT a"), sql::Dialect::postgres).ok());
    CHECK(check_script(script("CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; END"),
                       sql::Dialect::postgres)
              .ok());
    CHECK(check_script(script("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END"), sql::Dialect::sqlite).ok());
}

TEST_CASE("only what cannot commit by itself is put into a transaction of ours") {
    CHECK(is_atomic("UPDATE a SET b = 1"));
    CHECK(is_atomic("ALTER TABLE a ADD COLUMN b int"));
    for (const auto* text : {"CREATE INDEX CONCURRENTLY i ON a (b)", "VACUUM a", "CALL p()",
                             "DO $$ BEGIN COMMIT; END $$", "SET lock_timeout = '1s'", "BEGIN"})
        CHECK_FALSE(is_atomic(text));
    CHECK(is_atomic("INSERT INTO a VALUES (1)", sql::Dialect::sqlite));
    CHECK_FALSE(is_atomic("VACUUM", sql::Dialect::sqlite));
    CHECK_FALSE(is_atomic("PRAGMA foreign_keys = off", sql::Dialect::sqlite));
}
