#include "sys/database/sqlite.h"
#include "support/catch.h"
#include "sys/clock.h"
#include "sys/database/sqlite_syntax.h"
#include "sys/files/files.h"
#include "sys/signals.h"
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

using namespace fairlead;
using namespace fairlead::sys;

namespace {

struct SqliteSandbox {
    TemporaryFolder folder = TemporaryFolder::make("sqlite").value();
    std::string path = (folder.path() / "app.db").string();
    std::unique_ptr<Session> open(Milliseconds busy = Milliseconds{5000}) const {
        return open_sqlite({.path = path, .create = true, .busy_timeout = busy}).value();
    }
};

}

TEST_CASE("SQLite: statements one after another, parameters, rows and counts") {
    const SqliteSandbox sandbox;
    const auto session = sandbox.open();
    const auto made = session->run("-- first\nCREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT);\n"
                                   "INSERT INTO t (b) VALUES ('x'), (NULL); SELECT b, a FROM t; -- last");
    REQUIRE(made.ok());
    CHECK(made->columns == std::vector<std::string>{"b", "a"});
    CHECK(made->rows == std::vector<std::vector<Field>>{{"x", "1"}, {std::nullopt, "2"}});
    CHECK(made->changed == 0); // a SELECT
    CHECK(session->run("UPDATE t SET b = 'y'")->changed == 2);
    CHECK(session->run("CREATE TABLE u (a)")->changed == 0);
    CHECK(session->ask("SELECT $2, $1", {"it's", std::nullopt})->rows ==
          std::vector<std::vector<Field>>{{std::nullopt, "it's"}});
    CHECK_FALSE(session->run(std::string("SELECT 1\0; DROP TABLE t", 22)).ok());
}

TEST_CASE("SQLite: a refusal is a value with its place, and what stands behind does not run") {
    const SqliteSandbox sandbox;
    const auto session = sandbox.open();
    const auto refused = session->run("CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES (1), (1); DROP TABLE t");
    REQUIRE(refused.ok());
    REQUIRE(refused->refusal);
    CHECK(refused->refusal->code == "SQLITE_CONSTRAINT_UNIQUE");
    CHECK(refused->done == 1);
    CHECK(session->run("SELECT * FROM t").ok());
    const auto wrong = session->run("SELECT 1; SELECT nosuch FROM t");
    REQUIRE(wrong->refusal);
    CHECK(wrong->refusal->code == "SQLITE_ERROR");
    CHECK(wrong->refusal->position == 18);
}

TEST_CASE("SQLite: foreign keys are checked") {
    const SqliteSandbox sandbox;
    const auto session = sandbox.open();
    const auto answer = session->run("CREATE TABLE a (id INTEGER PRIMARY KEY); CREATE TABLE b (a REFERENCES a); "
                                     "INSERT INTO b VALUES (1)");
    REQUIRE(answer->refusal);
    CHECK(answer->refusal->code == "SQLITE_CONSTRAINT_FOREIGNKEY");
}

TEST_CASE("SQLite: what is no database, isn't there, or is only called so is an error") {
    const SqliteSandbox sandbox;
    std::ofstream(sandbox.path) << "this is a text and no database at all, which it would have to be";
    const auto text = open_sqlite({.path = sandbox.path});
    REQUIRE_FALSE(text.ok());
    CHECK(text.error().message.find("app.db' can't be used: file is not a database") != std::string::npos);
    CHECK_FALSE(open_sqlite({.path = sandbox.path + ".absent"}).ok());
    CHECK_FALSE(std::filesystem::exists(sandbox.path + ".absent"));
    CHECK_FALSE(open_sqlite({.path = "file:" + sandbox.path + "x?mode=rwc"}).ok()); // a name, not a URI
    CHECK_FALSE(open_sqlite({.path = ":memory:"}).ok());
    CHECK_FALSE(open_sqlite({.path = ""}).ok());
}

TEST_CASE("SQLite: the guard is asked for rows that go by a trigger, in a twin without rows as well") {
    const SqliteSandbox sandbox;
    const auto session = sandbox.open();
    REQUIRE(
        session
            ->run("CREATE TABLE p (i INTEGER PRIMARY KEY); CREATE TABLE c (i REFERENCES p ON DELETE CASCADE); CREATE "
                  "TABLE k (a); CREATE TRIGGER z AFTER INSERT ON k BEGIN DELETE FROM p; END; INSERT INTO p VALUES (1)")
            .ok());
    const auto twin = sqlite_twin(*session).value();
    std::set<std::string> erased, written;
    twin->guard = [&](const SqlAct& act) {
        if (act.kind == SqlAct::Kind::erase) erased.insert(act.name.value_or("?"));
        if (act.kind == SqlAct::Kind::write) written.insert(act.name.value_or("?"));
        return std::string();
    };
    REQUIRE(twin->run("INSERT INTO k VALUES (1)").ok());
    CHECK(erased == std::set<std::string>{"p"}); // not for cascades
    CHECK(written == std::set<std::string>{"k"});
    CHECK(session->run("SELECT count(*) FROM p").value().rows[0][0] == "1");
}

TEST_CASE("SQLite: who only reads is told how what a killed program left is rolled back") {
    const SqliteSandbox sandbox;
    const auto session = sandbox.open();
    const auto file = sandbox.path, copy = (sandbox.folder.path() / "b.db").string();
    REQUIRE(session
                ->run("PRAGMA cache_size = 1; CREATE TABLE t (a); BEGIN; WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL "
                      "SELECT i + 1 FROM c WHERE i < 20000) INSERT INTO t SELECT i FROM c")
                .ok());
    std::filesystem::copy_file(file + "-journal", copy + "-journal"); // as a kill leaves both
    std::filesystem::copy_file(file, copy);
    const auto read = open_sqlite({.path = copy, .writable = false});
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().kind == Kind::could_not);
    CHECK(read.error().message.find("to roll back, run fairlead-migrate up") != std::string::npos);
    CHECK(open_sqlite({.path = copy}).value()->run("SELECT count(*) FROM t")->rows[0][0] == "0");
    CHECK(open_sqlite({.path = copy, .writable = false}).ok());
}

TEST_CASE("SQLite: what its parser can't read is told without running anything") {
    CHECK(sqlite_syntax_error("CREATE TABL c (x)") == "near \"TABL\": syntax error");
    CHECK(sqlite_syntax_error("INSERT INTO t VALUES (1") == "incomplete input");
    CHECK(sqlite_syntax_error("SELECT # FROM t") == "unrecognized token: \"#\"");
    for (const auto* good : {"DELETE FROM absent", "DROP TABLE absent", "VACUUM", "PRAGMA foreign_keys = off",
                             "ATTACH 'x.db' AS x", "CREATE VIRTUAL TABLE v USING absent(a)", "-- nothing"})
        CHECK(sqlite_syntax_error(good).empty());
}

TEST_CASE("SQLite: WAL stays, a writer is waited for, and then given up") {
    const SqliteSandbox sandbox;
    const auto session = sandbox.open(), other = sandbox.open(Milliseconds{200});
    REQUIRE(session->run("PRAGMA journal_mode = WAL; CREATE TABLE t (a); BEGIN IMMEDIATE").ok());
    const auto begin = real_clock().steady();
    const auto busy = other->run("BEGIN IMMEDIATE");
    REQUIRE(busy->refusal);
    CHECK(busy->refusal->code == "SQLITE_BUSY");
    CHECK(real_clock().steady() - begin >= Milliseconds{200});
    std::thread commit([&] {
        real_clock().rest(Milliseconds{50});
        session->run("COMMIT").value();
    });
    CHECK_FALSE(other->run("BEGIN IMMEDIATE; COMMIT")->refusal);
    commit.join();
    CHECK(other->run("PRAGMA journal_mode")->rows[0][0] == "wal");
}

TEST_CASE("SQLite: a stop request ends a statement that runs, and the way back runs still") {
    catch_signals();
    const SqliteSandbox sandbox;
    const auto session = sandbox.open();
    REQUIRE(session->run("CREATE TABLE t (a); BEGIN; INSERT INTO t VALUES (1)").ok());
    std::thread stopping([] {
        real_clock().rest(Milliseconds{100});
        ::raise(SIGTERM);
    });
    const auto answer =
        session->run("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n");
    stopping.join();
    REQUIRE_FALSE(answer.ok());
    CHECK(session->is_interrupted());
    CHECK(session->run("ROLLBACK").ok());
    CHECK(session->run("SELECT count(*) FROM t")->rows[0][0] == "0");
    reset_stop_request();
}
