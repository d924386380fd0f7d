#include "sys/files/files.h"
#include "unit/migrate/drivers/seen.h"

using namespace fairlead;
using namespace fairlead::migrate::drivers;

namespace {

struct Traces {
    sys::TemporaryFolder folder = std::move(sys::TemporaryFolder::make("fairlead driver")).value();

    void add(const std::string& path) const {
        REQUIRE(sys::make_folders((folder.path() / path).parent_path()).ok());
        REQUIRE(sys::write_file(folder.path() / path, "").ok());
    }
    Choice choice(std::string_view named = "") const {
        return choose_driver(std::move(Tree::of_work_tree(folder.path())).value(), named);
    }
    std::string chosen() const { return choice().driver == nullptr ? "sql" : std::string(choice().driver->name); }
};

}

TEST_CASE("a tool is found by what it leaves in the project, in this order") {
    const Traces here;
    CHECK(here.chosen() == "sql");
    here.add("manage.py");
    CHECK(here.chosen() == "sql"); // without migrations
    here.add("flyway.toml");
    CHECK(here.chosen() == "flyway");
    here.add("shop/migrations/0001_initial.py");
    CHECK(here.chosen() == "django");
    here.add("alembic.ini");
    CHECK(here.chosen() == "alembic");
    here.add("prisma/migrations/1_init/migration.sql");
    CHECK(here.chosen() == "prisma");
    CHECK(here.choice().also == std::vector<std::string>{"alembic.ini (alembic)", "manage.py (django)",
                                                         "flyway.conf or flyway.toml (flyway)"});
}

TEST_CASE("migrate.driver wins") {
    const Traces here;
    here.add("alembic.ini");
    CHECK(here.choice("django").driver->name == "django");
    CHECK(here.choice("sql").driver == nullptr);
    CHECK(here.choice("golang-migrate").driver == nullptr); // ours, with its table
    CHECK(here.choice("django").also.empty());
}

TEST_CASE("tables are asked in the engine's words") {
    for (const Driver& one : all_drivers()) {
        INFO(one.name);
        CHECK(one.records(migrate::server::Engine::postgres, "\"t\"").find("FROM \"t\"") != std::string::npos);
        CHECK(one.records(migrate::server::Engine::sqlite, "\"t\"").find("to_char") == std::string::npos);
    }
}
