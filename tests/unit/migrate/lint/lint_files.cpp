#include "migrate/lint/lint.h"
#include "migrate/lint/script.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include <algorithm>

using namespace fairlead;
using namespace fairlead::migrate;
using lint::Options;
using sql::Dialect;

TEST_CASE("a file of both ways is judged by its part up, with the lines of the file") {
    Options options;
    options.only = {"mig-drop-table", "mig-no-down"};
    const auto findings =
        lint::judge({{"1_a.sql", "-- fairlead: up\ndrop table t;\n-- fairlead: down\ndrop table u;\n"}}, options);
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].line == 2);
}

TEST_CASE("Flyway's U files take back, and are not judged as a way up") {
    Options options;
    options.layout = files::Layout::flyway;
    options.only = {"mig-no-down", "mig-drop-table", "mig-down-not-inverse"};
    CHECK(lint::judge({{"d/V1_2__a.sql", "create table t (a int);"}, {"d/U1.2__other.sql", "drop table t;"}}, options)
              .empty());
    const auto alone = lint::judge({{"V3__a.sql", "create table t (a int);"}}, options);
    REQUIRE(alone.size() == 1);
    CHECK(alone[0].message.find("write U3__a.sql") != std::string::npos);
    CHECK(lint::twin_of("d/V1_2__a.sql", files::Layout::flyway) == "d/U1_2__a.sql");
    CHECK(lint::twin_of("d/V1_2__a.sql", files::Layout::plain).empty());
}

TEST_CASE("what up refuses for its marks is a finding, and so is a silenced rule that there is none of") {
    const auto line = [](std::string_view text) {
        Options options;
        options.only = {"mig-char"};
        const auto findings = lint::judge({{"1_a.up.sql", std::string(text)}}, options);
        return findings.size() == 1 && findings[0].rule == "migrate/unread" ? findings[0].line : 0;
    };
    CHECK(line("select 1;\n-- fairlead: no-transacton\n") == 2);
    CHECK(line("-- Fairlead: phase contract\nselect 1;") == 1);
    CHECK(line("select 1;\n-- fairlead: ignore[mig-nope] it is empty\n") == 2);
    CHECK(line("-- fairlead: ignore[mig-drop-tabel] it is empty\nselect 1;") == 1);
    CHECK(line("-- fairlead: ignore[scan/aws-key] an example\nselect 1;") == 0);
}

TEST_CASE("a file that can't be split is a finding with its line") {
    const auto findings = lint::judge({{"1_a.up.sql", "select 1;\n\\i other.sql\n"}}, {});
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == "migrate/unread");
    CHECK(findings[0].line == 2);
}

TEST_CASE("a file that is no text is a finding with its line, whatever the engine") {
    for (const auto dialect : {Dialect::postgres, Dialect::sqlite, Dialect::mysql})
        for (const auto& text : {std::string("select 1;\n-- \xe4\n"), std::string("select 1;\n\0", 11),
                                 std::string("-\0-\0\n\0s\0;\0", 10)}) {
            Options options;
            options.dialect = dialect;
            const auto findings = lint::judge({{"1_a.up.sql", text, true}, {"2_b.up.sql", "select 1;", true}}, options);
            const auto unread = std::count_if(findings.begin(), findings.end(), [](const report::Finding& one) {
                return one.rule == "migrate/unread" && one.file == "1_a.up.sql" && report::decides(one);
            });
            CHECK(unread == 1);
            CHECK_FALSE(lint::statements({"1_a.up.sql", text, true}, options).ok());
        }
}

TEST_CASE("an id that is no rule's is refused with the nearest one") {
    const auto checked = lint::check_rules({"mig-drop-tabel"}, "--only");
    REQUIRE_FALSE(checked.ok());
    CHECK(checked.error().message == "--only: rule 'mig-drop-tabel' is unknown; did you mean mig-drop-table?");
}

TEST_CASE("triggers of SQLite and routines of MySQL keep their bodies") {
    const auto count = [](Dialect dialect, std::string text) {
        Options options;
        options.dialect = dialect;
        const auto told = lint::statements({"a.sql", std::move(text)}, options);
        return told.ok() ? static_cast<int>(told.value().size()) : -1;
    };
    CHECK(count(Dialect::sqlite,
                "create trigger g after insert on t begin update t set a = case when 1 then 2 end; delete "
                "from u; end; select `;`, [;];") == 2);
    CHECK(count(Dialect::sqlite, "begin; select 1; end;") == 3);
    CHECK(count(Dialect::mysql,
                "create procedure p() begin if a then select 1; end if; while b do select 2; end while; end; "
                "select 'a\\';' # ;\n;") == 2);
    CHECK(count(Dialect::mysql, "delimiter //") == -1);
}

TEST_CASE("a long row of like statements is told as one") {
    const auto lines_of = [](int inserts) {
        std::string text = "create table t (id int);\n";
        for (int i = 0; i < inserts; ++i) text += "insert into t values (1);\n";
        const auto told = lint::statements({"a.sql", text + "insert into t values (2); drop table t;\n"}, Options());
        REQUIRE(told.ok());
        CHECK(lint::count_of(told.value()) == static_cast<std::size_t>(inserts) + 3);
        return told.value();
    };
    CHECK(lines_of(99).size() == 102);
    const auto rows = lines_of(150);
    REQUIRE(rows.size() == 3);
    CHECK(lint::described(rows[1]) == "insert, 151 to line 152; lock: ROW EXCLUSIVE");
    CHECK(lint::as_json(rows[1]).at("last_line") == 152);
    CHECK(lint::described(rows[2]) == "drop table; lock: ACCESS EXCLUSIVE");
    CHECK_FALSE(lint::as_json(rows[2]).contains("count"));
}
