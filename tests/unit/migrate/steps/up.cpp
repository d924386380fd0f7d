// up, down and redo over a session that is watched: in which order they speak, what they ask before the first change,
// and what is left when one statement goes wrong.
#include "migrate/steps/commands.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "unit/migrate/steps/watched.h"
#include <algorithm>
#include <filesystem>
#include <map>

using namespace fairlead;
using namespace fairlead::migrate;
using Fails = Watched::Fails;

namespace {

constexpr const char* config_text = "version: 1\nenvironments: {dev: {}, live: {profile: production}}\n"
                                    "migrate: {engine: sqlite, backup_first: 'no', rules: {mig-no-down: off}}\n";

struct UpProject {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("changes ").value();
    config::Config config;
    config::Value section;
    sys::Environment variables{
        std::map<std::string, std::string>{{"DATABASE_URL", "sqlite:" + (folder.path() / "a.db").string()}}};
    Watched::Notes notes;
    std::vector<std::string> confirmed;
    std::size_t said_when_confirmed = 0;

    UpProject() {
        write("fairlead.yml", config_text);
        std::filesystem::create_directory(folder.path() / "migrations");
        write("migrations/1_a.sql", "-- fairlead: up\nCREATE TABLE a (i int);\n-- fairlead: down\nDROP TABLE a;\n");
        write("migrations/2_b.sql", "-- fairlead: up\nCREATE TABLE b (i int);\nINSERT INTO b VALUES (1);\n"
                                    "-- fairlead: down\nDROP TABLE b;\n");
        load();
    }
    void load() {
        config = config::load({.path = (folder.path() / "fairlead.yml").string(), .environment = &variables}).value();
        section = config.section("migrate");
    }
    void write(const std::string& name, const std::string& text) {
        REQUIRE(sys::write_file(folder.path() / name, text).ok());
    }
    migrate::Place place(const std::string& environment) {
        migrate::Place place{config, section, variables, environment, config.profile(environment)};
        place.connect = [this](const server::Address& address, const server::Wanted& wanted) {
            auto connection = server::connect(address, wanted);
            if (connection.ok()) connection->session = std::make_unique<Watched>(std::move(connection->session), notes);
            return connection;
        };
        return place;
    }
    migrate::Request request(std::string count = "") {
        migrate::Request request;
        request.count = std::move(count);
        request.confirm = [this](std::string_view act) {
            confirmed.emplace_back(act);
            said_when_confirmed = notes.said.size();
            return Result<void>();
        };
        return request;
    }
    // Where in what was said the words stand first; npos where nowhere.
    std::size_t said(const std::string& words) const {
        for (std::size_t at = 0; at < notes.said.size(); ++at)
            if (notes.said[at].find(words) != std::string::npos) return at;
        return std::string::npos;
    }
    void fails(const std::string& at, Fails how) {
        notes = {};
        notes.fails_at = at;
        notes.how = how;
    }
    void well() { notes = {}; }
    // "1 2; a b": versions that are applied, and tables.
    std::string stands() {
        auto session = sys::open_sqlite({(folder.path() / "a.db").string(), false, false, Milliseconds{100}}).value();
        const auto answer = session->run(
            "SELECT (SELECT group_concat(version, ' ') FROM (SELECT version FROM fairlead_migrations WHERE kind = "
            "'sql' AND state = 'applied' ORDER BY version)), (SELECT group_concat(name, ' ') FROM (SELECT name FROM "
            "sqlite_master WHERE type = 'table' AND length(name) = 1 ORDER BY name))");
        REQUIRE(answer.ok());
        return answer->rows[0][0].value_or("") + "; " + answer->rows[0][1].value_or("");
    }
};

constexpr auto never = std::string::npos;

}

TEST_CASE("up speaks in order: what is known, then each migration with its record in one transaction") {
    UpProject project;
    const auto place = project.place("dev");
    REQUIRE(up(place, project.request()).ok());
    CHECK(project.stands() == "1 2; a b");
    const auto table = project.said("CREATE TABLE main.\"fairlead_migrations\""),
               first = project.said("CREATE TABLE a"), second = project.said("CREATE TABLE b");
    REQUIRE(second != never);
    CHECK(table < first);
    CHECK(first < second);
    for (const auto at : {first, second}) {
        const auto& sql = project.notes.said[at];
        CHECK(sql.starts_with("BEGIN IMMEDIATE;"));
        CHECK(sql.find("INSERT INTO main.\"fairlead_migrations\"") > sql.find("CREATE TABLE"));
        CHECK(sql.ends_with("COMMIT"));
    }
    CHECK(project.confirmed.empty()); // in development nobody is asked
}

TEST_CASE("in production up and down ask before the first change, and a no leaves all as it was") {
    UpProject project;
    REQUIRE(up(project.place("dev"), project.request("1")).ok());
    project.well();
    const auto live = project.place("live");
    REQUIRE(up(live, project.request()).ok());
    REQUIRE(project.confirmed == std::vector<std::string>{"applies 1 migration: 2 b"});
    CHECK(project.said_when_confirmed <= project.said("CREATE TABLE b"));

    project.well();
    auto refusing = project.request("1");
    refusing.confirm = [](std::string_view) { return usage("no"); };
    CHECK_FALSE(down(live, refusing).ok());
    CHECK(project.said("DROP TABLE") == never);
    CHECK(project.stands() == "1 2; a b");

    project.well();
    CHECK_FALSE(down(live, project.request("1")).ok()); // it drops a table
    CHECK(project.stands() == "1 2; a b");

    project.well();
    project.confirmed.clear();
    auto destroying = project.request("1");
    destroying.confirm_destructive = {"2"};
    REQUIRE(down(live, destroying).ok());
    CHECK(project.confirmed == std::vector<std::string>{"takes back 2 b"});
    CHECK(project.said_when_confirmed <= project.said("DROP TABLE b"));
    CHECK(project.stands() == "1; a");

    project.well();
    const auto again = redo(live, project.request());
    REQUIRE_FALSE(again.ok());
    CHECK(again.error().kind == Kind::usage);
    CHECK(project.notes.said.empty()); // not even connected
}

TEST_CASE("where nobody named the environment what takes back is confirmed by its versions") {
    UpProject project;
    project.write("fairlead.yml", "version: 1\nmigrate: {engine: sqlite, backup_first: 'no', rules: {mig-no-down: "
                                  "off}}\n");
    project.load();
    const auto place = project.place("");
    REQUIRE(up(place, project.request()).ok());
    project.well();
    CHECK_FALSE(down(place, project.request("2")).ok());
    CHECK_FALSE(redo(place, project.request()).ok());
    CHECK(project.said("DROP TABLE") == never);
    auto one = project.request("2");
    one.confirm_destructive = {"2"};
    const auto half = down(place, one);
    REQUIRE_FALSE(half.ok());
    CHECK(half.error().message.find("--confirm-destructive 1") != never);
    one.confirm_destructive = {"2", "1"};
    REQUIRE(down(place, one).ok());
    CHECK(project.stands() == "; ");
}

TEST_CASE("up: whichever statement goes wrong, all of a migration is there or nothing, and the next up ends it") {
    for (const auto* at : {"CREATE TABLE main.\"fairlead_migrations\"", "CREATE TABLE a", "CREATE TABLE b", "__schema"})
        for (const auto how : {Fails::refused, Fails::lost_before, Fails::lost_after}) {
            CAPTURE(at, static_cast<int>(how));
            UpProject project;
            const auto place = project.place("dev");
            project.fails(at, how);
            const auto first = up(place, project.request());
            const bool was_told = !first.ok() || first->verdict == report::Verdict::fail;
            CHECK(was_told);
            if (!first.ok()) CHECK(first.error().kind == Kind::could_not);
            project.well();
            const auto next = up(place, project.request());
            REQUIRE(next.ok());
            CHECK(next->verdict != report::Verdict::fail);
            CHECK(project.stands() == "1 2; a b");
        }
}

TEST_CASE("up: behind a refused migration nothing runs") {
    UpProject project;
    project.fails("CREATE TABLE a", Fails::refused);
    const auto report = up(project.place("dev"), project.request());
    REQUIRE(report.ok());
    CHECK(report->verdict == report::Verdict::fail);
    REQUIRE(report->findings.size() == 1);
    CHECK(report->findings[0].rule == "migrate/failed");
    CHECK(report->findings[0].message.find("not today") != never);
    CHECK(project.said("CREATE TABLE b") == never);
    CHECK(project.notes.said[project.said("CREATE TABLE a") + 1] == "ROLLBACK");
    CHECK(project.stands() == "; ");
}

TEST_CASE("down takes back the latest first; whichever goes wrong, the next down ends it") {
    for (const auto* at : {"DROP TABLE b", "DROP TABLE a", "__schema"})
        for (const auto how : {Fails::refused, Fails::lost_before, Fails::lost_after}) {
            CAPTURE(at, static_cast<int>(how));
            UpProject project;
            const auto place = project.place("dev");
            REQUIRE(up(place, project.request()).ok());
            project.fails(at, how);
            auto all = project.request();
            all.to = "0";
            const auto first = down(place, all);
            const bool was_told = !first.ok() || first->verdict == report::Verdict::fail;
            CHECK(was_told);
            if (project.said("DROP TABLE a") != never)
                CHECK(project.said("DROP TABLE b") < project.said("DROP TABLE a"));
            project.well();
            REQUIRE(down(place, all).ok());
            CHECK(project.stands() == "; ");
        }
}

TEST_CASE("down: behind a refused way back nothing runs, though the next one would") {
    UpProject project;
    const auto place = project.place("dev");
    REQUIRE(up(place, project.request()).ok());
    project.fails("DROP TABLE b", Fails::refused);
    auto all = project.request();
    all.to = "0";
    const auto report = down(place, all);
    REQUIRE(report.ok());
    CHECK(report->verdict == report::Verdict::fail);
    CHECK(project.said("DROP TABLE a") == never);
    CHECK(project.notes.said[project.said("DROP TABLE b") + 1] == "ROLLBACK");
    CHECK(project.stands() == "1 2; a b");
}

TEST_CASE("on_failure: behind a refused way back nothing is taken back, though the next one could be") {
    UpProject project;
    project.write("fairlead.yml",
                  "version: 1\nenvironments: {dev: {}}\nmigrate: {engine: sqlite, backup_first: 'no', rules: "
                  "{mig-no-down: off}, on_failure: rollback, verify: [{sql: SELECT 0, expect: '1'}]}\n");
    project.load();
    project.fails("DROP TABLE b", Fails::refused);
    const auto report = up(project.place("dev"), project.request());
    REQUIRE(report.ok());
    CHECK(report->verdict == report::Verdict::fail);
    CHECK(project.said("DROP TABLE b") != never);
    CHECK(project.said("DROP TABLE a") == never);
    CHECK(project.stands() == "1 2; a b");
}

TEST_CASE("up without foreign keys: one row that refers to nothing is enough, and what was refused is rolled back") {
    struct Way {
        const char *sql, *why;
    };
    constexpr Way ways[] = {
        {"INSERT INTO a VALUES (7);\nINSERT INTO c VALUES (8);\n", "1 row refers to a row that is not there"},
        {"INSERT INTO a VALUES (7);\nINSERT INTO c VALUES (8), (9);\n", "2 rows refer to rows that"},
        {"INSERT INTO a VALUES (7);\nINSERT INTO absent VALUES (1);\n", "no such table"}};
    for (const auto& way : ways) {
        UpProject project;
        project.write("migrations/2_b.sql",
                      "-- fairlead: up\nCREATE TABLE b (i integer PRIMARY KEY);\nCREATE TABLE c (i "
                      "REFERENCES b);\n-- fairlead: down\nDROP TABLE c;\nDROP TABLE b;\n");
        REQUIRE(up(project.place("dev"), project.request()).ok());
        project.write("migrations/3_c.sql", std::string("-- fairlead: up\n-- fairlead: foreign-keys=off\n") + way.sql +
                                                "-- fairlead: down\nDELETE FROM a;\n");
        project.write("migrations/4_d.sql",
                      "-- fairlead: up\nCREATE TABLE d (i int);\n-- fairlead: down\nDROP TABLE d;\n");
        project.well();
        const auto report = up(project.place("dev"), project.request());
        REQUIRE(report.ok());
        CHECK(report->verdict == report::Verdict::fail);
        REQUIRE_FALSE(report->findings.empty());
        CAPTURE(report->findings.back().message);
        CHECK(report->findings.back().message.find(way.why) != never);
        CHECK(project.said("CREATE TABLE d") == never);
        const auto inserted = project.said("INSERT INTO a VALUES (7)");
        REQUIRE(inserted != never);
        CHECK(std::find(project.notes.said.begin() + static_cast<std::ptrdiff_t>(inserted), project.notes.said.end(),
                        "ROLLBACK") != project.notes.said.end());
        CHECK(project.stands() == "1 2; a b c");
    }
}

TEST_CASE("redo goes back, then there; killed between both, the next redo goes there only") {
    UpProject project;
    const auto place = project.place("dev");
    REQUIRE(up(place, project.request()).ok());
    project.well();
    REQUIRE(redo(place, project.request()).ok());
    CHECK(project.said("DROP TABLE b") < project.said("CREATE TABLE b"));
    CHECK(project.said("DROP TABLE a") == never);
    CHECK(project.stands() == "1 2; a b");

    for (const auto how : {Fails::refused, Fails::lost_before}) {
        project.fails("CREATE TABLE b", how);
        const auto first = redo(place, project.request());
        const bool was_told = !first.ok() || first->verdict == report::Verdict::fail;
        CHECK(was_told);
        CHECK(project.stands() == "1; a");
        project.well();
        REQUIRE(redo(place, project.request()).ok());
        CHECK(project.said("DROP TABLE b") == never);
        CHECK(project.stands() == "1 2; a b");
    }

    project.fails("DROP TABLE b", Fails::refused);
    const auto refused = redo(place, project.request());
    REQUIRE(refused.ok());
    CHECK(refused->verdict == report::Verdict::fail);
    CHECK(project.said("CREATE TABLE b") == never); // not there again where it did not go back
    CHECK(project.stands() == "1 2; a b");
}

TEST_CASE("redo stops where another applied file was changed") {
    UpProject project;
    const auto place = project.place("dev");
    REQUIRE(up(place, project.request()).ok());
    project.write("migrations/1_a.sql", "-- fairlead: up\nCREATE TABLE a (j int);\n-- fairlead: down\nDROP TABLE a;\n");
    project.well();
    const auto refused = redo(place, project.request());
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message.find("was changed after it was applied") != std::string::npos);
    CHECK(project.said("DROP TABLE") == never);
    CHECK(project.stands() == "1 2; a b");
}
