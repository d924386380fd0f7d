#include "migrate/drivers/rows.h"
#include "sys/digest.h"
#include "sys/files/files.h"
#include "unit/migrate/drivers/seen.h"

using namespace fairlead;
using namespace fairlead::migrate::drivers;
using fairlead::test::states;
using fairlead::test::words;

namespace {

const char* const prisma_files[][2] = {{"prisma/migrations/20260102_price/migration.sql", "select 1;\n"},
                                       {"prisma/migrations/20260101_init/migration.sql", "select 1;\n"},
                                       {"prisma/migrations/empty/readme.txt", ""},
                                       {"prisma/migrations/migration_lock.toml", ""}};

}

TEST_CASE("Prisma's folders and its table") {
    const fairlead::test::Folder folder(prisma_files);
    Records records;
    records.rows = {{"20260101_init", Migration::State::applied, "2026-01-01T10:00:00Z"}};
    const auto found = prisma().read(folder.project(), records);
    REQUIRE(found.ok());
    CHECK(states(found.value()) == "20260101_init:applied 20260102_price:pending");
    CHECK(found.value().all[1].file.ends_with("prisma/migrations/20260102_price/migration.sql"));
    CHECK_FALSE(found.value().trouble);
    REQUIRE(found->unread.size() == 1); // Prisma stops at it
    CHECK(found->unread[0].file == "prisma/migrations/empty/migration.sql");
    CHECK(found->unread[0].decides);
}

TEST_CASE("a file of Prisma that was changed after it was applied is told, other line ends are none") {
    const fairlead::test::Folder folder(prisma_files);
    for (const auto* text : {"select 1;\n", "select 1;\r\n", "select 2;\n", ""}) {
        INFO(text);
        Record row{"20260101_init"};
        row.checksum = *text == '\0' ? "" : sys::sha256(text);
        Records records;
        records.rows = {row};
        const auto found = prisma().read(folder.project(), records);
        REQUIRE(found.ok());
        CHECK(found->all[0].is_changed == (std::string_view(text) == "select 2;\n"));
        CHECK(found->all[0].wrong.empty() != found->all[0].is_changed);
    }
}

TEST_CASE("P3009 is explained") {
    const fairlead::test::Folder folder(prisma_files);
    Records records;
    records.rows = {{"20260101_init", Migration::State::failed, "", "ERROR: no such table\nCONTEXT"}};
    const auto found = prisma().read(folder.project(), records);
    REQUIRE(found.ok());
    REQUIRE(found.value().trouble);
    CHECK(found.value().trouble->message ==
          "20260101_init failed (P3009): ERROR: no such table; clean up what it left and run: npx prisma "
          "migrate resolve --rolled-back 20260101_init, which runs it again; if all of it is there, say --applied "
          "instead");
}

TEST_CASE("Prisma's engine is never started") {
    CHECK(prisma().program.empty());
    CHECK(words(prisma().up({}, {})).starts_with("up: Prisma's own engine does that and is not started from here; "));
    CHECK(words(prisma().down({}, {})).starts_with("down: "));
    CHECK(words(prisma().adopt({}, {}, {.version = "20260101_init"}))
              .ends_with("run: npx prisma migrate resolve --applied 20260101_init"));
}
