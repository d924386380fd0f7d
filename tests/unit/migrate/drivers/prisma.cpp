#include "sys/files/files.h"
#include "unit/migrate/drivers/seen.h"

using namespace fairlead;
using namespace fairlead::migrate::drivers;
using fairlead::test::states;
using fairlead::test::words;

namespace {

const Driver& prisma_driver() { return *driver_named("prisma"); }

struct PrismaProject {
    sys::TemporaryFolder folder = std::move(sys::TemporaryFolder::make("fairlead prisma")).value();
    Seen seen;

    PrismaProject() {
        for (const auto* name : {"20260102_price", "20260101_init"}) {
            const auto place = folder.path() / "prisma/migrations" / name;
            REQUIRE(sys::make_folders(place).ok());
            REQUIRE(sys::write_file(place / "migration.sql", "select 1;\n").ok());
        }
        REQUIRE(sys::write_file(folder.path() / "prisma/migrations/migration_lock.toml", "").ok());
        seen.folder = folder.path();
        seen.records.is_there = true;
    }
};

}

TEST_CASE("Prisma's folders and its table") {
    PrismaProject project;
    project.seen.records.rows = {{"20260101_init", Migration::State::applied, "2026-01-01T10:00:00Z"}};
    const auto found = prisma_driver().read(project.seen);
    REQUIRE(found.ok());
    CHECK(states(found.value()) == "20260101_init:applied 20260102_price:pending");
    CHECK(found.value().all[1].file.ends_with("prisma/migrations/20260102_price/migration.sql"));
    CHECK_FALSE(found.value().trouble);
}

TEST_CASE("P3009 is explained") {
    PrismaProject project;
    project.seen.records.rows = {{"20260101_init", Migration::State::failed, "", "ERROR: no such table\nCONTEXT"}};
    const auto found = prisma_driver().read(project.seen);
    REQUIRE(found.ok());
    REQUIRE(found.value().trouble);
    CHECK(found.value().trouble->message ==
          "20260101_init failed (P3009): ERROR: no such table; put right what it left behind, then run: npx prisma "
          "migrate resolve --rolled-back 20260101_init, to run it again, or --applied, if all of it is there");
}

TEST_CASE("Prisma's engine is never started") {
    CHECK(prisma_driver().program.empty());
    CHECK(words(prisma_driver().up({}, {}))
              .starts_with("up: Prisma's own engine does that and is not started from here; "));
    CHECK(words(prisma_driver().down({}, {})).starts_with("down: "));
    CHECK(words(prisma_driver().adopt({}, {}, {.version = "20260101_init"}))
              .ends_with("run: npx prisma migrate resolve --applied 20260101_init"));
}
