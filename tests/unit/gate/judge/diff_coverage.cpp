#include "gate/judge/diff_coverage.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

// Lines 1 and 2 are covered, 3 and 4 are not; 5 isn't measured.
CoverageMap measuring(const std::vector<std::string>& paths) {
    CoverageMap map;
    for (const auto& path : paths)
        for (std::uint32_t line = 1; line <= 4; ++line) map.file(path).line(line, line <= 2);
    return map;
}

DiffCoverage of(std::map<std::string, std::vector<LineRange>> files, const CoverageMap& map,
                const Policy& policy = {}) {
    ChangedLines changed{"main", {}};
    for (const auto& [path, ranges] : files) changed.files[path] = {ranges, ranges, ranges};
    return cover(changed, map, policy);
}

}

TEST_CASE("of the added lines those count that a report measures") {
    const auto map = measuring({"app/a.py"});
    const auto diff = of({{"app/a.py", {{2, 9}}}}, map);
    CHECK(diff.since == "main");
    CHECK(diff.lines == Count{1, 3});
    REQUIRE(diff.files.size() == 1);
    CHECK(diff.files[0].missed == std::vector<LineRange>{{3, 4}});
    CHECK(diff.files[0].measured);
    CHECK(of({{"app/a.py", {{5, 70}, {200, 201}}}}, map).files.empty());
    const auto parts = of({{"app/a.py", {{3, 3}, {4, 4}}}}, map);
    CHECK(parts.files[0].missed == std::vector<LineRange>{{3, 3}, {4, 4}});
}

TEST_CASE("a line that no report measures ends no stretch of missed ones") {
    CoverageMap map;
    for (const std::uint32_t line : {1u, 3u, 70u}) map.file("a.c").line(line, false);
    map.file("a.c").line(5, true);
    const auto diff = of({{"a.c", {{1, 80}}}}, map);
    CHECK(diff.lines == Count{1, 4});
    CHECK(diff.files[0].missed == std::vector<LineRange>{{1, 3}, {70, 70}});
}

TEST_CASE("a file that no report measures counts where files of its kind are measured") {
    const auto map = measuring({"app/a.py", "web/src/b.js", "tests/test_a.py"});
    for (const auto* path : {"app/new.py", "app/deep/new.py", "web/src/c.js"}) {
        const auto diff = of({{path, {{1, 2}, {4, 4}}}}, map);
        INFO(path);
        CHECK(diff.lines == Count{0, 3});
        REQUIRE(diff.files.size() == 1);
        CHECK_FALSE(diff.files[0].measured);
        CHECK(diff.files[0].missed.size() == 2);
        CHECK(of({{path, {{1, 2}}}}, map, {.unmeasured = "ignore"}).files.empty());
        CHECK(of({{path, {{1, 2}}}}, map, {.exclude = {"**/*.*"}}).files.empty());
    }
    for (const auto* path :
         {"new.py", "web/new.js", "app/new.js", "app/Makefile", "other/new.py", "app/tests/new.py", "app/test_new.py",
          "web/src/b.test.js", "tests/new.py", "web/src/vite.config.js", "app/new.pyi"}) {
        INFO(path);
        CHECK(of({{path, {{1, 2}}}}, map).files.empty());
    }
}

TEST_CASE("a file of which a report only gives numbers can't be judged by line") {
    auto map = measuring({"app/a.py"});
    map.file("app/b.py").declare_lines({5, 9});
    map.file("app/empty.py");
    CHECK_FALSE(of({{"app/b.py", {{1, 2}}}}, map).files.at(0).measured);
    CHECK(of({{"app/empty.py", {{1, 2}}}}, map).files.empty()); // nothing in it can be run
}

TEST_CASE("lines of comments and brackets count as code of no file that is not measured, nor of a Go block") {
    CoverageMap map;
    map.file("a.go").lines(1, 9, false);
    map.file("a.c").lines(1, 9, false);
    ChangedLines changed{"main", {}};
    for (const auto* path : {"a.go", "a.c", "b.c"}) changed.files[path] = {{{1, 9}}, {{1, 8}}, {{2, 3}}};
    const auto diff = cover(changed, map, {});
    REQUIRE(diff.files.size() == 3);
    CHECK(diff.files[0].lines == Count{0, 8}); // a.c
    CHECK(diff.files[1].lines == Count{0, 2}); // a.go
    CHECK(diff.files[2].lines == Count{0, 2}); // b.c
}

TEST_CASE("measured lines beyond the last that git counts are all new") {
    const auto map = measuring({"app/a.py"});
    const auto diff_with = [&](int count) {
        ChangedLines changed{"main",
                             {{"app/a.py", {.all = {{1, 1}}, .lines = {{1, 1}}, .code = {{1, 1}}, .count = count}}}};
        return cover(changed, map, {}).lines;
    };
    CHECK(diff_with(0) == Count{1, 1}); // nobody knows
    CHECK(diff_with(4) == Count{1, 1});
    CHECK(diff_with(3) == Count{1, 2});
    CHECK(diff_with(1) == Count{2, 4});
}
