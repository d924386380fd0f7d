#include "read/ini.h"
#include "support/catch.h"

using namespace fairlead;
using read::read_ini;

namespace {

std::string value(const read::IniFile& file, std::string_view section, std::string_view name) {
    const auto* row = file.find(section, name);
    return row == nullptr ? "-" : row->value;
}

}

TEST_CASE("ConfigParser's files are read") {
    const auto file =
        read_ini("\xEF\xBB\xBF# a\n[DEFAULT]\nroot = %(here)s\n[alembic]\r\nScript_Location: a = b ; no comment\r\n"
                 "version_locations =\n    one\n\n    # none\n  two\n; x = 1\n[other]\nx=1\nx=2\n");
    CHECK(file.problems.empty());
    CHECK(value(file, "alembic", "script_location") == "a = b ; no comment");
    CHECK(value(file, "alembic", "version_locations") == "one\ntwo");
    CHECK(value(file, "alembic", "root") == "%(here)s");
    CHECK(value(file, "alembic", "x") == "-");
    CHECK(value(file, "other", "x") == "2");
    CHECK(file.find("other", "x")->line == 14);
}

TEST_CASE("what ConfigParser refuses is told with its line") {
    const auto file = read_ini("[alembic\na = 1\nnonsense\n");
    REQUIRE(file.problems.size() == 2);
    CHECK(file.problems[0].line == 1);
    CHECK(file.problems[1].line == 3);
    CHECK(read_ini("").settings.empty());
}
