#include "migrate/drivers/rows.h"
#include "unit/migrate/drivers/seen.h"

using namespace fairlead;
using namespace fairlead::migrate::drivers;
using fairlead::test::seen;
using fairlead::test::states;
using fairlead::test::words;

namespace {

constexpr const char* info = R"({
  "timestamp" : "2026-11-22T11:44:25.897849193",
  "operation" : "info",
  "exception" : null,
  "licenseFailed" : false,
  "schemaVersion" : "2",
  "schemaName" : "",
  "migrations" : [ {
    "category" : "Versioned", "version" : "1", "rawVersion" : "1", "description" : "f1", "type" : "SQL",
    "installedOnUTC" : "2026-11-22T11:38:13.378515Z", "state" : "Success", "undoable" : "No",
    "filepath" : "/srv/sql/V1__f1.sql", "undoFilepath" : "", "installedBy" : "postgres",
    "shouldExecuteExpression" : null, "executionTime" : 29
  }, {
    "category" : "Versioned", "version" : "3", "rawVersion" : "3", "description" : "bad", "type" : "SQL",
    "installedOnUTC" : "", "state" : "Pending", "undoable" : "No", "filepath" : "/srv/sql/V3__bad.sql",
    "undoFilepath" : "", "installedBy" : "", "shouldExecuteExpression" : null, "executionTime" : 0
  }, {
    "category" : "Repeatable", "version" : "", "rawVersion" : "", "description" : "rep", "type" : "SQL",
    "installedOnUTC" : "", "state" : "Pending", "undoable" : "", "filepath" : "/srv/sql/R__rep.sql",
    "undoFilepath" : "", "installedBy" : "", "shouldExecuteExpression" : null, "executionTime" : 0
  } ],
  "flywayVersion" : "11.8.0",
  "database" : "rec_flyway",
  "allSchemasEmpty" : false
}
)";

}

TEST_CASE("Flyway's info is read") {
    const auto found = flyway().hear(seen(std::string("WARNING: a newer one is there\n") + info, {"1"}));
    REQUIRE(found.ok());
    CHECK(states(found.value()) == "1:applied 3:pending R__rep.sql:pending");
    CHECK(found.value().all[0].when == "2026-11-22T11:38:13.378515Z");
    CHECK(found.value().all[1].file == "/srv/sql/V3__bad.sql");
    CHECK_FALSE(found.value().trouble);
    CHECK_FALSE(flyway().hear(seen(info, {})).ok()); // another database
}

TEST_CASE("what Flyway calls failed and missing is a no") {
    const auto state = [](const std::string& word) {
        return flyway().hear(seen(
            R"({"migrations":[{"version":"7","description":"x","state":")" + word + R"(","filepath":""}]})", {"7"}));
    };
    CHECK(state("Failed").value().trouble->message.starts_with("version 7 failed halfway, "));
    CHECK(state("Missing").value().trouble->message.starts_with("version 7 is applied, and no file has it; "));
    CHECK_FALSE(state("Baseline").value().trouble);
    for (const std::string word : {"Success", "Baseline", "Out of Order", "Superseded", "Outdated", "Above Baseline"})
        CHECK(states(state(word).value()) == "7:applied");
    CHECK(states(state("Ignored").value()).empty());
}

TEST_CASE("what is not Flyway's is said") {
    auto broken = seen("", {});
    broken.status = 1;
    broken.err = "ERROR: Unable to obtain connection\n";
    CHECK(flyway().hear(broken).error().message ==
          "flyway info ended with status 1: ERROR: Unable to obtain connection");
    CHECK(
        flyway().hear(seen(R"({"error":{"errorCode":"FAULT","message":"Unable to connect\n"}})", {})).error().message ==
        "flyway info: Unable to connect");
    CHECK_FALSE(flyway().hear(seen("{}", {})).ok());
    CHECK_FALSE(flyway().hear(seen("{", {})).ok());
}

TEST_CASE("Flyway's commands") {
    const auto read = flyway().hear(seen(info, {"1"}));
    REQUIRE(read.ok());
    const auto& found = read.value();
    CHECK(words(flyway().up(found, {})) == "migrate");
    CHECK(words(flyway().up(found, {1, ""})) == "migrate -target=3");
    CHECK(words(flyway().up(found, {0, "3"})) == "migrate -target=3");
    CHECK(words(flyway().up(found, {0, "1"})) == "--to 1: it is applied already; run: fairlead-migrate status");
    CHECK(words(flyway().down(found, {1, ""}))
              .starts_with("Flyway takes migrations back only in its paid editions (undo); "));
    CHECK(words(flyway().adopt(found, {}, found.all[1])) == "baseline -baselineVersion=3");
    Records some;
    some.rows.push_back({"1"});
    CHECK(words(flyway().adopt(found, some, found.all[1])) == "migrate -skipExecutingMigrations=true -target=3");
    CHECK(flyway()
              .explain("Migration checksum mismatch for migration version 1")
              .starts_with("an applied file was changed"));
}
