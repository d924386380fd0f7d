#include "gate/judge/covered_sources.h"
#include "support/catch.h"
#include "unit/sys/git_sandbox.h"

using namespace fairlead;
using namespace fairlead::gate;
using fairlead::test::Sandbox;

namespace {

struct Two : Sandbox {
    DiffCoverage diff;
    Two() {
        std::string text;
        for (int line = 1; line <= 30; ++line) text += "line " + std::to_string(line) + "\r\n";
        write("few.py", text);
        write("most.py", "a\nb\nc\n" + std::string(500, 'x') + "\n");
        diff.files = {{.path = "few.py", .lines = {1, 2}, .missed = {{20, 20}}, .covered = {{5, 5}}},
                      {.path = "gone.py", .lines = {0, 9}, .missed = {{1, 9}}},
                      {.path = "most.py", .lines = {0, 2}, .missed = {{1, 1}, {4, 4}}}};
    }
};

}

TEST_CASE("added lines are shown with what is around them, and the files with the most missed lines come first") {
    const Two box;
    const auto sources = covered_sources(box.diff, box.folder);
    REQUIRE(sources.size() == 2);
    CHECK(sources[0].file == "most.py");
    CHECK(sources[0].lines.back().text == std::string(400, 'x'));
    CHECK(sources[1].file == "few.py");
    std::vector<int> numbers;
    for (const auto& line : sources[1].lines) {
        numbers.push_back(line.number);
        CHECK(line.text == "line " + std::to_string(line.number));
        CHECK(line.mark == (line.number == 20 ? "missed" : line.number == 5 ? "covered" : ""));
        CHECK(line.is_complaint == (line.number == 20));
    }
    CHECK(numbers == std::vector<int>{2, 3, 4, 5, 6, 7, 8, 17, 18, 19, 20, 21, 22, 23});
}

TEST_CASE("no more lines are shown than asked for, and none without a folder") {
    const Two box;
    const auto sources = covered_sources(box.diff, box.folder, 6);
    REQUIRE(sources.size() == 2);
    CHECK(sources[0].lines.size() + sources[1].lines.size() == 6);
    CHECK(covered_sources(box.diff, box.folder, 4).size() == 1);
    CHECK(covered_sources(box.diff, box.folder + "/none").empty());
}
