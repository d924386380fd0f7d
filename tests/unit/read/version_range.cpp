#include "read/version_range.h"
#include "support/catch.h"

using namespace fairlead::read;

TEST_CASE("a version is read from what a program says of itself") {
    CHECK(version_in("Python 3.11.2\n") == VersionParts{3, 11, 2});
    CHECK(version_in("v22.1.0") == VersionParts{22, 1, 0});
    CHECK(version_in("go version go1.22 linux/amd64") == VersionParts{1, 22});
    CHECK(version_in("PHP 8.2.7 (cli) (built: Jun  9 2023)") == VersionParts{8, 2, 7});
    CHECK(version_in("3.13.0rc2") == VersionParts{3, 13, 0});
    CHECK_FALSE(version_in("no such program"));
    CHECK_FALSE(version_in(""));
    CHECK_FALSE(version_in("99999999999999999999"));
}

TEST_CASE("a range holds a version as its own tool says") {
    struct Row {
        const char *version, *range;
        RangeKind kind;
        bool inside;
    };
    using enum RangeKind;
    const auto row = GENERATE(values<Row>({
        {"20.11.1", ">=18", npm, true},
        {"20.11.1", ">=18 <21", npm, true},
        {"22.0.0", ">=18 <21", npm, false},
        {"20.11.1", "20", npm, true},
        {"20.11.1", "20.x", npm, true},
        {"20.11.1", "20.10", npm, false},
        {"20.11.1", "=20.11.1", npm, true},
        {"20.11.1", "^20.9.0", npm, true},
        {"21.0.0", "^20.9.0", npm, false},
        {"0.2.9", "^0.2.3", npm, true},
        {"0.3.0", "^0.2.3", npm, false},
        {"20.11.1", "~20.11", npm, true},
        {"20.12.0", "~20.11", npm, false},
        {"20.11.1", "18 || 20", npm, true},
        {"19.0.0", "18 || 20", npm, false},
        {"20.5.0", ">20", npm, false}, // >20 is from 21 on
        {"20.5.0", "<=20", npm, true}, // and <=20 ends with it
        {"1.5.0", "1.2 - 2.3", npm, true},
        {"2.4.0", "1.2 - 2.3", npm, false},
        {"20.0.0", "*", npm, true},
        {"20.0.0", ">= 18", npm, true},
        {"3.11.2", ">=3.9,<4", python, true},
        {"3.8.1", ">=3.9,<4", python, false},
        {"3.11.2", "~=3.10", python, true},
        {"4.0.0", "~=3.10", python, false},
        {"3.10.9", "~=3.10.2", python, true},
        {"3.11.0", "~=3.10.2", python, false},
        {"3.11.2", "==3.11.*", python, true},
        {"3.11.2", "==3.11", python, false},
        {"3.11.2", "3.11", python, true}, // .python-version
        {"3.12.0", "3.11", python, false},
        {"3.11.2", "^3.9", python, true}, // Poetry
        {"3.11.2", ">=3.9,!=3.11.2", python, false},
        {"3.9.1", ">3.9", python, true},
        {"8.2.7", "^7.4|^8.0", composer, true},
        {"8.2.7", "~8.1", composer, true},
        {"8.2.7", "~8.1.0", composer, false},
        {"8.2.7", ">=8.1 <8.3", composer, true},
    }));
    CAPTURE(row.version, row.range);
    CHECK(is_in(*version_in(row.version), row.range, row.kind) == row.inside);
}

TEST_CASE("what is no range is none") {
    for (const auto* range : {"", "latest", "lts/*", ">=", "^", "||", ">>>1", "1 2 x y", "a.b.c"}) {
        CAPTURE(range);
        CHECK_FALSE(is_in({1, 2, 3}, range, RangeKind::npm));
    }
    CHECK_FALSE(is_in({1}, std::string(2000, '1'), RangeKind::npm));
}
