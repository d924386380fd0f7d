#include "gate/coverage.h"
#include "support/catch.h"

using namespace fairlead::gate;

TEST_CASE("a line counts once and is covered when any record says so") {
    FileCoverage file;
    for (const unsigned line : {1u, 64u, 63u, 1u, 4'000'000'000u}) file.line(line, false);
    file.line(64, true);
    file.line(64, false);
    CHECK(file.lines() == Count{1, 4});
}

TEST_CASE("declared totals count only while nothing is listed") {
    FileCoverage file;
    file.declare_lines({3, 5});
    file.declare_branches({1, 2});
    CHECK(file.lines() == Count{3, 5});
    CHECK(file.branches() == Count{1, 2});
    file.line(1, true);
    file.arm(7, false);
    CHECK(file.lines() == Count{1, 1});
    CHECK(file.branches() == Count{0, 1});
}

TEST_CASE("of two conditions of one line the larger covered and total count") {
    FileCoverage file;
    file.condition(3, {1, 2});
    file.condition(3, {0, 4});
    CHECK(file.branches() == Count{1, 4});
}

TEST_CASE("reports of a matrix merge by file and line") {
    CoverageMap one, two;
    one.file("a.c").line(1, true);
    one.file("a.c").line(2, false);
    two.file("a.c").line(2, true);
    two.file("a.c").line(3, false);
    two.file("b.c").line(1, true);
    two.file("a.c").arm(1, true);
    one.file("a.c").arm(1, false);
    one.merge(two);
    CHECK(one.lines() == Count{3, 4});
    CHECK(one.branches() == Count{1, 1});
    CHECK(one.size() == 2);
}

TEST_CASE("the same branches told by two formats count once") {
    FileCoverage file;
    file.arm(1, true);
    file.arm(2, false);
    file.condition(3, {1, 2});
    CHECK(file.branches() == Count{1, 2});
}

TEST_CASE("hit counts are read as tools write them") {
    bool covered = false;
    for (const auto* text : {"1", "007", "1e+20", "9223372036854775808", "1.0", "0.5", "2E3"}) {
        INFO(text);
        CHECK(parse_hits(text, covered));
        CHECK(covered);
    }
    for (const auto* text : {"0", "-3", "0.0", "0e5", "NaN", "-nan"}) {
        INFO(text);
        CHECK(parse_hits(text, covered));
        CHECK_FALSE(covered);
    }
    for (const auto* text : {"", "-", "x", "1x", "1e", "1.2.3", "=====", "1e+"}) {
        INFO(text);
        CHECK_FALSE(parse_hits(text, covered));
    }
}

TEST_CASE("a percentage is cut, never rounded up to a target that it misses") {
    CHECK(percent({79996, 100000}) == "79.99");
    CHECK(percent({2, 3}) == "66.66");
    CHECK(percent({5, 5}) == "100.00");
    CHECK(percent({1, 1000}) == "0.10");
    CHECK(percent({0, 0}) == "0.00");
}
