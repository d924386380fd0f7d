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

TEST_CASE("of more branches in a line than are kept the share counts") {
    FileCoverage file;
    file.condition(3, {300'000, 400'000});
    CHECK(file.branches() == Count{49'151, 65'535});
    file.condition(4, {65'535, 65'535});
    CHECK(file.branches() == Count{49'151 + 65'535, 2 * 65'535});
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

TEST_CASE("statements count in place of lines, each block once") {
    FileCoverage one, two;
    one.lines(1, 200, true);
    CHECK(one.lines() == Count{200, 200});
    one.statements(1, 3, true);
    one.statements(1, 3, false);
    one.statements(2, 5, false);
    CHECK(one.lines() == Count{3, 8});
    two.statements(2, 5, true);
    one.merge(two);
    CHECK(one.lines() == Count{8, 8});
    CHECK(one.entries() == 6);
}

TEST_CASE("what a tool counts itself counts until another report speaks of the file") {
    FileCoverage tool, other, merged;
    tool.line(1, true);
    tool.count_lines({2, 9});
    CHECK(tool.lines() == Count{2, 9});
    merged.merge(tool);
    CHECK(merged.lines() == Count{2, 9});
    other.line(2, false);
    merged.merge(other);
    CHECK(merged.lines() == Count{1, 2});
}

TEST_CASE("lines that others measure can be taken out") {
    FileCoverage file, others;
    file.lines(1, 130, true);
    others.lines(64, 65, false);
    others.line(9'000, true);
    file.remove_lines(others);
    CHECK(file.lines() == Count{128, 128});
}

TEST_CASE("of declared totals the better ones are kept") {
    FileCoverage file;
    for (const Count count : {Count{1, 4}, Count{3, 4}, Count{2, 4}, Count{3, 3}}) {
        FileCoverage declared;
        declared.declare_lines(count);
        file.merge(declared);
    }
    CHECK(file.lines() == Count{3, 4});
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

TEST_CASE("a stretch of lines is each of them") {
    for (const auto& [first, last] : std::vector<std::pair<std::uint32_t, std::uint32_t>>{
             {1, 1}, {1, 63}, {1, 64}, {63, 64}, {64, 127}, {5, 200}, {200, 5}}) {
        INFO(first << " to " << last);
        FileCoverage at_once, singly;
        at_once.lines(first, last, true);
        for (std::uint32_t number = first; number <= last; ++number) singly.line(number, true);
        CHECK(at_once.lines() == singly.lines());
        CHECK(at_once.last_line() == (first <= last ? last : 0));
        std::vector<std::uint32_t> listed;
        at_once.each_line([&](std::uint32_t number, bool covered) { listed.push_back(covered ? number : 0); });
        CHECK(listed.size() == singly.lines().covered);
        if (!listed.empty()) CHECK((listed.front() == first && listed.back() == last));
    }
    FileCoverage file, others;
    file.lines(1, 70, false);
    others.lines(64, 70, false);
    file.remove_lines(others);
    CHECK(file.last_line() == 63);
}
