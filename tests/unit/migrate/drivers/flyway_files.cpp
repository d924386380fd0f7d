#include "migrate/drivers/flyway_files.h"
#include "unit/migrate/drivers/seen.h"

using namespace fairlead;
using namespace fairlead::migrate::drivers;
using fairlead::test::Folder;
using fairlead::test::states;
using fairlead::test::unread;

namespace {

const char* const flyway_project[][2] = {{"flyway.conf", "# x\nflyway.locations=filesystem:sql\n"},
                                         {"sql/V2__b_c.sql", "select 2;\n"},
                                         {"sql/below/V10__d.sql", "select 10;\n"},
                                         {"sql/V1_1__a.sql", "select 1;\n"},
                                         {"sql/R__views.sql", "select 3;\r\nselect 4;"},
                                         {"sql/U2__b_c.sql", "select 0;\n"},
                                         {"sql/notes.txt", ""}};

Records records(std::vector<Record> rows) { return {true, std::move(rows)}; }

std::string sql_of(std::string_view text) { return "SQL " + std::to_string(flyway_checksum(text)); }

Standing standing_of_flyway(const Folder& folder, std::vector<Record> rows = {}) {
    auto read = read_flyway(folder.project(), records(std::move(rows)));
    REQUIRE(read.ok());
    return std::move(read).value();
}

}

TEST_CASE("Flyway's files and its table") {
    const Folder folder(flyway_project);
    const auto found =
        standing_of_flyway(folder, {{"1.1", Migration::State::applied, "2026-01-01T00:00:00Z", sql_of("select 1;")}});
    CHECK(states(found) == "1.1:applied 2:pending 10:pending R__views.sql:pending");
    CHECK(found.all[1].name == "b c");
    CHECK(found.all[0].when == "2026-01-01T00:00:00Z");
    CHECK(unread(found).empty());
    CHECK_FALSE(found.trouble);
}

TEST_CASE("Flyway's checksum is that of the lines without their ends") {
    CHECK(flyway_checksum("123456789") == static_cast<std::int32_t>(0xCBF43926U));
    CHECK(flyway_checksum("\xEF\xBB\xBF"
                          "12345\r\n6789\n") == static_cast<std::int32_t>(0xCBF43926U));
    CHECK(flyway_checksum("") == 0);
}

TEST_CASE(
    "a file of Flyway that was changed after it was applied stops it, a checksum that Flyway didn't keep doesn't") {
    const Folder folder(flyway_project);
    const auto found = standing_of_flyway(folder, {{"1.1", Migration::State::applied, "", "SQL 5"}});
    CHECK(found.all[0].is_changed);
    REQUIRE(found.trouble);
    CHECK(found.trouble->message == found.all[0].wrong);
    CHECK(found.all[0].wrong.starts_with("version 1.1 was changed after it was applied (checksum then 5, now "));
    CHECK_FALSE(standing_of_flyway(folder, {{"1.1", Migration::State::applied, "", "SQL 0"}}).trouble);
    CHECK_FALSE(standing_of_flyway(folder, {{"1.1", Migration::State::applied, "", "JDBC 5"}}).trouble);
}

TEST_CASE("a repeatable migration of Flyway runs again when it changes") {
    const Folder folder(flyway_project);
    const auto same = std::to_string(flyway_checksum("select 3;select 4;"));
    CHECK(states(standing_of_flyway(folder, {{"10", Migration::State::applied, "", "SQL 1"},
                                             {"R__views.sql", Migration::State::applied, "", "SQL " + same}}))
              .ends_with("R__views.sql:applied"));
    CHECK(states(standing_of_flyway(folder, {{"R__views.sql", Migration::State::applied, "", "SQL 7"}}))
              .ends_with("R__views.sql:pending"));
    folder.add("sql/R__views.sql", "select ${x};");
    CHECK(unread(standing_of_flyway(folder, {{"R__views.sql", Migration::State::applied, "", "SQL 7"}})) ==
          "sql/R__views.sql:0: has placeholders that Flyway fills in, so only Flyway knows whether it changed");
}

TEST_CASE("baselines, failures and files that are gone") {
    const Folder folder(flyway_project);
    CHECK(states(standing_of_flyway(folder, {{"2", Migration::State::applied, "", "BASELINE 0"}})) ==
          "2:applied 10:pending R__views.sql:pending");
    const auto failed = standing_of_flyway(folder, {{"1.1", Migration::State::failed, "", "SQL 5"}});
    CHECK(failed.trouble->message.starts_with("version 1.1 failed halfway"));
    const auto gone = standing_of_flyway(folder, {{"1.1", Migration::State::applied, "", sql_of("select 1;")},
                                                  {"1.2", Migration::State::applied, "", "SQL 5"}});
    CHECK(gone.trouble->message.starts_with("version 1.2 is applied, and no file has it"));
    CHECK(unread(standing_of_flyway(folder, {{"2", Migration::State::applied, "", sql_of("select 2;")}})) ==
          "sql/V1_1__a.sql:0: is not applied, and the later version 2 is applied: Flyway skips the file unless "
          "outOfOrder is set");
    for (const char* word : {"true", "TRUE"}) {
        folder.add("flyway.conf", "flyway.locations=filesystem:sql\nflyway.outOfOrder=" + std::string(word) + "\n");
        CHECK(states(standing_of_flyway(folder, {{"2", Migration::State::applied, "", sql_of("select 2;")}}))
                  .starts_with("1.1:pending 2:applied"));
    }
    folder.add("sql/V2.0__twice.sql");
    CHECK(standing_of_flyway(folder).trouble->message.starts_with("version 2"));
}

TEST_CASE("where Flyway's files are its configuration says, and what can't be read is said") {
    struct Row {
        const char *file, *text, *states, *told;
    };
    const Row rows[] = {
        {"flyway.toml", "[flyway]\nlocations = [\"filesystem:more\"]\n", "7:pending", ""},
        {"flyway.conf", "flyway.locations=classpath:db/migration\n", "8:pending", ""},
        {"flyway.conf", "flyway.locations=filesystem:more\nflyway.sqlMigrationPrefix=M\n", "9:pending", ""},
        {"flyway.conf", "flyway.locations=filesystem:more,s3:bucket\n", "7:pending",
         "flyway.conf:1: location 's3:bucket' is not a folder of this tree!"},
        {"flyway.conf", "flyway.locations=filesystem:/etc\n", "",
         "flyway.conf:1: location 'filesystem:/etc' is not a folder of this tree!"},
        {"flyway.conf", "flyway.locations=filesystem:code\n", "", "code/V3__x.java:0: is a migration in code!"},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        const Folder folder(flyway_project);
        folder.add(row.file, row.text);
        folder.add("more/V7__x.sql");
        folder.add("more/M9__x.sql");
        folder.add("code/V3__x.java");
        folder.add("src/main/resources/db/migration/V8__x.sql");
        const auto found = standing_of_flyway(folder);
        CHECK(states(found) == row.states);
        CHECK(unread(found) == row.told);
    }
}
