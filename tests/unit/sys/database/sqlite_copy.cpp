#include "sys/database/sqlite_copy.h"
#include "support/catch.h"
#include "sys/database/sqlite.h"
#include "sys/files/files.h"

using namespace fairlead;
using namespace fairlead::sys;

namespace {

std::string first(const std::string& path, const std::string& sql) {
    const auto session = open_sqlite({.path = path});
    REQUIRE(session.ok());
    const auto answer = session.value()->run(sql);
    REQUIRE(answer.ok());
    REQUIRE_FALSE(answer->refusal);
    return answer->rows.empty() ? "" : answer->rows[0][0].value_or("");
}

}

TEST_CASE("a copy has what the WAL holds, and the original stays as it is") {
    const auto folder = TemporaryFolder::make("sqlite copy ").value();
    const auto from = (folder.path() / "a's.db").string(), into = (folder.path() / "b.db").string();
    const auto writer = open_sqlite({.path = from, .create = true});
    REQUIRE(writer.value()->run("PRAGMA journal_mode = wal; CREATE TABLE t (i); INSERT INTO t VALUES (1), (2)").ok());
    REQUIRE(copy_sqlite(from, into).ok());
    CHECK(first(into, "SELECT count(*) FROM t") == "2");
    CHECK(first(from, "SELECT count(*) FROM t") == "2");
}

TEST_CASE("what is damaged or no database is told, and so is one that is open elsewhere") {
    const auto folder = TemporaryFolder::make("sqlite copy ").value();
    const auto path = (folder.path() / "a.db").string();
    REQUIRE(write_file(path, "this is no database, and long enough to be told apart from an empty one").ok());
    CHECK_FALSE(copy_sqlite(path, (folder.path() / "b.db").string()).ok());
    const auto other = (folder.path() / "c.db").string();
    {
        const auto session = open_sqlite({.path = other, .create = true});
        REQUIRE(session.value()->run("PRAGMA journal_mode = wal; CREATE TABLE t (i)").ok());
        CHECK(is_sqlite_in_use(other).value());
    }
    CHECK_FALSE(is_sqlite_in_use(other).value());
}
