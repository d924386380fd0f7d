#include "migrate/files/folder.h"
#include "support/catch.h"
#include "support/support.h"
#include "sys/digest.h"
#include "sys/files/files.h"
#include <algorithm>
#include <utility>

using namespace fairlead;
using namespace fairlead::migrate;
using fairlead::test::has;
using files::Layout;

namespace {

struct Scratch {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("migrations ").value();
    Scratch(std::initializer_list<std::pair<std::string, std::string>> all) {
        for (const auto& [name, text] : all) {
            REQUIRE(sys::make_folders((folder.path() / name).parent_path()).ok());
            REQUIRE(sys::write_file(folder.path() / name, text).ok());
        }
    }
    Result<files::Folder> read(Layout layout = Layout::plain) const {
        return files::read_folder(folder.path().string(), layout, sql::Dialect::postgres);
    }
    std::string refusal(Layout layout = Layout::plain) const {
        const auto all = read(layout);
        return all.ok() ? "" : all.error().message;
    }
};

std::string versions(const files::Folder& folder) {
    std::string all;
    for (const auto& one : folder.all) all += one.label() + (one.down ? " back;" : ";");
    return all;
}

}

TEST_CASE("migrations come in the order of their numbers, with their ways back") {
    const Scratch scratch({{"10_c.up.sql", "select 1;"},
                           {"9_b.up.sql", "select 1;"},
                           {"9_b.down.sql", "select 2;"},
                           {"000001_a.sql", "-- fairlead: up\nselect 1;\n-- fairlead:down\nselect 2;"},
                           {"schema.sql", ""},
                           {"README.md", ""}});
    const auto all = scratch.read();
    REQUIRE(all.ok());
    CHECK(versions(all.value()) == "1 a back;9 b back;10 c;");
    CHECK(all.value().strays.size() == 1);
    const auto& one = all.value().all.front();
    CHECK(one.up.sql == "-- fairlead: up\nselect 1;\n");
    CHECK(one.down->sql == "-- fairlead:down\nselect 2;");
    CHECK(one.down->line == 3);
}

TEST_CASE("what stands in COPY's data neither hides a mark nor is one") {
    const auto folder = Scratch({{"1_a.sql", "-- fairlead: up\nCOPY a FROM stdin;\nO'Brien\n-- fairlead: down\n\\.\n"
                                             "-- fairlead: down\nDROP TABLE a;\n"}})
                            .read()
                            .value();
    REQUIRE(folder.all.size() == 1);
    const auto& one = folder.all.front();
    CHECK(one.up.sql.ends_with("O'Brien\n-- fairlead: down\n\\.\n"));
    REQUIRE(one.down);
    CHECK(one.down->sql == "-- fairlead: down\nDROP TABLE a;\n");
    CHECK(one.down->line == 6);
}

TEST_CASE("Flyway's layout is read as Flyway orders it") {
    const Scratch scratch({{"V1_10__b.sql", ""}, {"V1_9__a.sql", ""}, {"U1_9__a.sql", ""}});
    const auto all = scratch.read(Layout::flyway);
    REQUIRE(all.ok());
    CHECK(versions(all.value()) == "1.9 a back;1.10 b;");
    const Scratch repeated({{"V1__a.sql", ""}, {"R__view.sql", ""}});
    CHECK(has(repeated.refusal(Layout::flyway), "Flyway repeats "));
}

TEST_CASE("what nobody could run is refused, with its file") {
    CHECK(has(Scratch({{"1_a.up.sql", ""}, {"01_b.up.sql", ""}}).refusal(), "version 1 is in two files"));
    const auto only_back = Scratch({{"1_a.down.sql", ""}}).read(); // the database knows whether a file is missing
    CHECK(has(only_back.value().only_back.at(0).error.message, "bring its way up back"));
    CHECK(has(Scratch({{"1_a.sql", "-- fairlead: up\n-- fairlead: down\n"}, {"1_a.down.sql", ""}}).refusal(),
              "version 1 is in two files"));
    CHECK(has(Scratch({{"1_a.up.sql", "-- fairlead: no-transactoin\n"}}).refusal(), "did you mean 'no-transaction'?"));
    CHECK(has(Scratch({{"1_a.up.sql", "-- fairlead: phase expnd\n"}}).refusal(), "expected expand or contract"));
    CHECK(has(Scratch({{"1_a.sql", "-- fairlead: down\n"}}).refusal(), "there is nothing after '-- fairlead: up'"));
    CHECK(has(Scratch({{"1_a.sql", "-- fairlead: up\n-- fairlead: up\n"}}).refusal(), "a second time"));
    CHECK(has(Scratch({{"1_a.up.sql", "-- fairlead: up\n"}}).refusal(), "goes only one way"));
    const auto wrong = Scratch({{"1_a.up.sql", "select 1;\n-- \xe4\n"}}).read();
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().kind == Kind::no);
    CHECK(wrong.error().place.line == 2);
    const auto utf16 = Scratch({{"1_a.up.sql", std::string("s\0e\0l\0", 6)}}).read(); // without its mark
    REQUIRE_FALSE(utf16.ok());
    CHECK(has(utf16.error().message, "it has a NUL byte"));
    CHECK(utf16.error().place.file.ends_with("1_a.up.sql"));
    CHECK(has(Scratch({{"1_a.up.sql/x.sql", ""}}).refusal(), "1_a.up.sql is a folder with the name of a migration"));
    CHECK(files::read_folder("/nowhere/migrations", Layout::plain, sql::Dialect::postgres).error().kind == Kind::usage);
}

TEST_CASE("a mark that is mistyped is refused with its line, and prose is none") {
    const auto refusal = [](const std::string& comment) {
        const auto all = Scratch({{"1_a.up.sql", "select 1;\n" + comment + "\n"}}).read();
        return all.ok() ? "" : std::to_string(all.error().place.line) + " " + all.error().message;
    };
    for (const auto* comment :
         {"-- Fairlead: No-Transaction", "/* fairlead: no-transaction */", "/*\n * fairlead: phase contract\n */",
          "-- fairlead no-transaction", "-- fairlaed: no-transaction", "-- FAIRLEAD: phase contract",
          "--fairled phase contract", "-- fairlead-: up"})
        CHECK(has(refusal(comment), "2 this looks like a mark but is not"));
    CHECK(has(refusal("-- fairlead: foreign-keys=on"), "2 foreign-keys 'on' is unknown"));
    CHECK(has(refusal("-- fairlead: irreversible"), "2 irreversible has no reason"));
    CHECK(has(refusal("-- fairlead: up there"), "2 nothing may follow the mark 'up'"));
    CHECK(has(refusal("-- fairlead: no-transaction\n-- fairlead: foreign-keys=off"),
              "no-transaction means that there is none"));
    for (const auto* comment : {"-- fairlead: no-transaction since CONCURRENTLY", "-- Fair prices lead",
                                "/* fairlead: ignore[mig-char] of old */", "-- fairlead-migrate new wrote it", "--",
                                "/**/", "-- ---- totals ----", "-- the mark is -- fairlead: no-transaction"})
        CHECK(refusal(comment).empty());
}

TEST_CASE("marks of other tools, marks that mean nothing and those that contradict each other are refused") {
    const auto refusal = [](const std::string& text) { return Scratch({{"1_a.sql", text}}).refusal(); };
    CHECK(has(refusal("-- +goose Up\nselect 1;\n-- +goose Down\nselect 2;"), "this is a mark of goose,"));
    CHECK(has(refusal("-- migrate:up\nselect 1;\n-- migrate:down\nselect 2;"), "this is a mark of dbmate,"));
    CHECK(has(refusal("-- +migrate Up\nselect 1;"), "sql-migrate"));
    CHECK(has(refusal("-- fairlead-migrate: no-transaction\nselect 1;"), "looks like a mark"));
    CHECK(has(refusal("-- fairlead: ignore mig-drop-table x\nselect 1;"), "ignore names no rule"));
    CHECK(has(refusal("-- fairlead: ignore[] x\nselect 1;"), "names no rule"));
    CHECK(has(refusal("-- fairlead: ignore-file[*] x\nselect 1;"), "ignore-file names no rule"));
    CHECK(has(refusal("-- fairlead: phase: contract\nselect 1;"), "has to be a blank"));
    CHECK(has(refusal("-- fairlead: phase contract\n-- fairlead: phase expand\nselect 1;"), "names both"));
    CHECK(has(refusal("-- fairlead: foreign-keys=off\nselect 1;"), "is for SQLite"));
    CHECK(refusal("-- fairlead: ignore[mig-char, mig-drop-table] of old\n-- upstream moved\nselect 1;").empty());
}

TEST_CASE("SQL that nobody runs is told, whatever its letters and its folder") {
    const Scratch scratch({{"1_a.sql", "select 1;"},
                           {"6_x.up.SQL", ""},
                           {"6-x.up.sql", ""},
                           {"1a.up.sql", ""},
                           {"V1__a.sql", ""},
                           {"README.md", ""},
                           {".git/x.sql", ""},
                           {"docs/x.txt", ""},
                           {"7_b.Down.sql", ""},
                           {".8_x.up.sql", ""},
                           {"x.up.sql/README.md", ""},
                           {"sub/deep/7_x.up.sql", ""}});
    std::string names;
    const auto all = scratch.read();
    REQUIRE(all.ok());
    for (const auto& one : all.value().strays) names += one.path.substr(scratch.folder.path().string().size()) + " ";
    CHECK(names == "/1a.up.sql /6-x.up.sql /6_x.up.SQL /7_b.Down.sql /V1__a.sql /sub /x.up.sql ");
}

TEST_CASE("a checksum is that of the text, whoever saved it") {
    CHECK(files::checksum("a;\r\nb;\r\n\r\n  ") == sys::sha256("a;\nb;"));
    CHECK(files::checksum("\xef\xbb\xbf"
                          "a;") == sys::sha256("a;"));
    CHECK(files::checksum("a; -- why") != files::checksum("a;"));
    CHECK(files::checksum(" \n") == sys::sha256(""));
}

TEST_CASE("a BOM is not sent, and marks of the head count for both ways") {
    const Scratch scratch({{"1_a.sql", "\xef\xbb\xbf-- fairlead: no-transaction\n-- fairlead: up\nselect 1;\n"
                                       "-- fairlead: down\nselect 2;\n"},
                           {"2_b.up.sql", "-- fairlead: phase contract\n-- fairlead: irreversible gone\n"}});
    const auto all = scratch.read();
    REQUIRE(all.ok());
    const auto& one = all.value().all[0];
    CHECK(one.up.sql.starts_with("-- fairlead: no"));
    CHECK(one.up.marks.no_transaction);
    CHECK(one.down->marks.no_transaction);
    CHECK(all.value().all[1].is_contract());
    CHECK(all.value().all[1].up.marks.irreversible == "gone");
}

TEST_CASE("a new migration has both ways and a name that its folder takes") {
    const auto made = files::new_files("db", Layout::plain, "20260101120000", "add totals", sql::Dialect::postgres);
    REQUIRE(made.ok());
    CHECK(made.value()[0].path == "db/20260101120000_add_totals.up.sql");
    CHECK(made.value()[1].path == "db/20260101120000_add_totals.down.sql");
    CHECK(has(made.value()[0].text, "SET lock_timeout"));
    CHECK(files::new_files("db", Layout::flyway, "7", "x", sql::Dialect::sqlite).value()[1].path == "db/U7__x.sql");
    CHECK_FALSE(files::new_files("db", Layout::plain, "7", "a/b", sql::Dialect::sqlite).ok());
    CHECK_FALSE(files::new_files("db", Layout::plain, "7", " ", sql::Dialect::sqlite).ok());
}
