#include "sys/database/sqlite_copy.h"
#include "support/catch.h"
#include "sys/database/sqlite.h"
#include "sys/files/files.h"
#include <sys/stat.h>

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

TEST_CASE("what is damaged or no database is told") {
    const auto folder = TemporaryFolder::make("sqlite copy ").value();
    const auto path = (folder.path() / "a.db").string();
    REQUIRE(write_file(path, "this is no database, and long enough to be told apart from an empty one").ok());
    CHECK_FALSE(copy_sqlite(path, (folder.path() / "b.db").string()).ok());
    const auto kept = (folder.path() / "kept.db").string(), from = (folder.path() / "from.db").string();
    REQUIRE(open_sqlite({.path = from, .create = true}).value()->run("CREATE TABLE t (i)").ok());
    CHECK(replace_sqlite({.from = from, .into = path, .kept = kept}).value() == Replaced::foreign);
    CHECK(inspect(kept).type == FileType::absent);
}

TEST_CASE("nothing waits at a pipe that stands where a database was meant") {
    const auto folder = TemporaryFolder::make("sqlite copy ").value();
    const auto pipe = (folder.path() / "pipe.db").string(), other = (folder.path() / "other.db").string();
    REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
    for (const auto& path : {pipe, folder.path().string()}) {
        const auto opened = open_sqlite({.path = path});
        REQUIRE_FALSE(opened.ok());
        CHECK(opened.error().message.find("is not a file; name the file of SQLite") != std::string::npos);
        CHECK_FALSE(copy_sqlite(path, other).ok());
    }
}

TEST_CASE("a database is replaced while it is open, and what it held is kept") {
    const auto mode = GENERATE("wal", "delete");
    const auto size = GENERATE("4096", "8192"); // a WAL takes no pages of another size
    const auto folder = TemporaryFolder::make("sqlite copy ").value();
    const auto from = (folder.path() / "from.db").string(), into = (folder.path() / "a's.db").string(),
               kept = (folder.path() / "kept.db").string();
    REQUIRE(open_sqlite({.path = from, .create = true})
                .value()
                ->run(std::string("PRAGMA page_size = ") + size + "; CREATE TABLE t (i); INSERT INTO t VALUES (1), (2)")
                .ok());
    const auto reader = open_sqlite({.path = into, .create = true});
    const auto asked = [&](const std::string& sql) { return reader.value()->run(sql).value(); };
    asked(std::string("PRAGMA journal_mode = ") + mode + "; CREATE TABLE t (i); INSERT INTO t VALUES (7)");
    CHECK(replace_sqlite({.from = from, .into = into, .kept = kept, .may_replace = false}).value() ==
          Replaced::refused);
    CHECK(asked("SELECT count(*) FROM t").rows[0][0] == "1");
    CHECK(replace_sqlite({.from = from, .into = into, .kept = kept}).value() == Replaced::content);
    CHECK(asked("SELECT count(*) FROM t").rows[0][0] == "2");
    CHECK(first(kept, "SELECT i FROM t") == "7");
    const auto empty = (folder.path() / "empty.db").string();
    REQUIRE(write_file(empty, "").ok());
    CHECK(replace_sqlite({.from = from, .into = empty, .kept = kept + "2", .may_replace = false}).value() ==
          Replaced::nothing);
    CHECK(first(empty, "SELECT count(*) FROM t") == "2");
}
