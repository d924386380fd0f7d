#include "migrate/drivers/database.h"
#include "support/catch.h"
#include "sys/files/files.h"

using namespace fairlead;
using namespace fairlead::migrate;
using drivers::Migration;

namespace {

// A file of SQLite with what `sql` puts into it.
struct Kept {
    sys::TemporaryFolder folder = std::move(sys::TemporaryFolder::make("fairlead records")).value();
    std::optional<server::Connection> connection;

    explicit Kept(const std::string& sql) {
        const auto path = (folder.path() / "app.db").string();
        server::Wanted wanted;
        wanted.create = true;
        auto opened = server::connect({server::Engine::sqlite, "", path, "DATABASE_URL", "sqlite:" + path}, wanted);
        REQUIRE(opened.ok());
        connection.emplace(std::move(opened).value());
        const auto made = connection->session->run(sql);
        REQUIRE(made.ok());
        REQUIRE_FALSE(made->refusal);
    }
    drivers::Records records(const char* driver) {
        const auto* const by = drivers::driver_named(driver);
        REQUIRE(by != nullptr);
        auto found = drivers::read_records(*connection, *by, std::string(by->table));
        REQUIRE(found.ok());
        return std::move(found).value();
    }
};

}

TEST_CASE("a row that says of itself that it failed is not applied") {
    Kept kept("CREATE TABLE flyway_schema_history (installed_rank INTEGER, version TEXT, script TEXT, type TEXT, "
              "checksum INTEGER, installed_on TEXT, success BOOLEAN); "
              "INSERT INTO flyway_schema_history VALUES (0, NULL, 'public', 'SCHEMA', NULL, '2026-01-01', 1), "
              "(1, '1', 'V1__a.sql', 'SQL', 7, '2026-01-01', 1), (2, '2', 'V2__b.sql', 'SQL', 8, '2026-01-02', 0)");
    const auto found = kept.records("flyway");
    CHECK(found.is_there);
    REQUIRE(found.rows.size() == 2);
    CHECK(found.rows[0].version == "1");
    CHECK(found.rows[0].state == Migration::State::applied);
    CHECK(found.rows[1].state == Migration::State::failed);
}

TEST_CASE("Django's rows come as they were applied") {
    Kept kept("CREATE TABLE django_migrations (id INTEGER, app TEXT, name TEXT, applied TEXT); "
              "INSERT INTO django_migrations VALUES (2, 'auth', '0001_initial', '2026-01-02'), "
              "(1, 'shop', '0002_b', '2026-01-01')");
    const auto found = kept.records("django");
    REQUIRE(found.rows.size() == 2);
    CHECK(found.rows[0].version == "shop.0002_b");
    CHECK(found.rows[1].version == "auth.0001_initial");
}

TEST_CASE("where the tool's table isn't there no row is") {
    Kept kept("CREATE TABLE other (id INTEGER)");
    CHECK_FALSE(kept.records("alembic").is_there);
}
