#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

Evidence coverage_py(const std::string& files, const SourceTree& tree = tree_of({})) {
    return read(R"({"meta": {"format": 3, "version": "7.6.1"}, "totals": {"covered_lines": 99},)"
                "\n\"files\": {\n" +
                    files + "}}",
                tree);
}

std::string coverage_py_file(const std::string& members) { return "\"app/m.py\": {" + members + "}"; }

}

TEST_CASE("the lines of coverage.py are those that ran and those that are missing") {
    auto evidence = coverage_py(
        coverage_py_file(
            R"("executed_lines": [1, 2, 4], "missing_lines": [5], "excluded_lines": [],)"
            R"("summary": {"covered_lines": 3, "num_statements": 4, "num_branches": 4, "covered_branches": 1},)"
            R"("functions": {"f": {"executed_lines": [90], "missing_lines": [91]}},)"
            R"("classes": {"": {"executed_lines": [92], "missing_lines": []}})"),
        tree_of({"app/m.py"}));
    CHECK(evidence.format == "coverage-py");
    CHECK(evidence.coverage->lines() == Count{3, 4});
    CHECK(evidence.coverage->branches() == Count{1, 4});
    CHECK(evidence.coverage->file("app/m.py").lines().total == 4);
}

TEST_CASE("lines that ran are no statements where they are excluded, line 0 or a docstring") {
    CHECK(
        coverage_py(coverage_py_file(R"("executed_lines": [0, 2, 3], "missing_lines": [4], "excluded_lines": [3, 9])"))
            .coverage->lines() == Count{1, 2});
    CHECK(coverage_py(coverage_py_file(R"("executed_lines": [1, 2, 3], "missing_lines": [4], "excluded_lines": [3],)"
                                       R"("summary": {"covered_lines": 1, "num_statements": 2})"))
              .coverage->lines() == Count{1, 2});
    // A summary that isn't of these lines says nothing: they may have been cut down by hand.
    CHECK(coverage_py(coverage_py_file(R"("executed_lines": [1], "missing_lines": [4],)"
                                       R"("summary": {"covered_lines": 1, "num_statements": 20})"))
              .coverage->lines() == Count{1, 2});
}

TEST_CASE("two reports of coverage.py merge by line, whatever their summaries count") {
    auto one = coverage_py(coverage_py_file(R"("executed_lines": [1, 2], "missing_lines": [3],)"
                                            R"("summary": {"covered_lines": 1, "num_statements": 2})"));
    CHECK(one.coverage->lines() == Count{1, 2});
    one.coverage->merge(*coverage_py(coverage_py_file(R"("executed_lines": [3], "missing_lines": [2])")).coverage);
    CHECK(one.coverage->lines() == Count{3, 3});
}

TEST_CASE("a file of coverage.py that can't be read makes the report malformed, with its line") {
    for (const auto* members :
         {R"("executed_lines": [1])", R"("missing_lines": [1])", R"("executed_lines": 3, "missing_lines": [])",
          R"("executed_lines": [-1], "missing_lines": [])", R"("executed_lines": ["1"], "missing_lines": [])",
          R"("executed_lines": [1.5], "missing_lines": [])", R"("executed_lines": [null], "missing_lines": [])",
          R"("executed_lines": [99999999999], "missing_lines": [])", R"("executed_lines": [[1]], "missing_lines": [])",
          R"("executed_lines": [], "missing_lines": [], "excluded_lines": [true])",
          R"("executed_lines": [], "missing_lines": [], "summary": 3)",
          R"("executed_lines": [], "missing_lines": [], "summary": {"covered_lines": 2, "num_statements": 1})",
          R"("executed_lines": [], "missing_lines": [],)"
          R"("summary": {"covered_lines": 0, "num_statements": 0, "num_branches": -1})"}) {
        const auto evidence = coverage_py(coverage_py_file(members));
        INFO(members);
        CHECK(evidence.problem == Problem::malformed);
        CHECK(evidence.place.line == 3);
    }
    CHECK(coverage_py(coverage_py_file(R"("executed_lines": ["x"], "missing_lines": [])")).reason ==
          "'\"x\"' is not the number of a line");
    CHECK(coverage_py("\"m.py\": []").reason == "file 'm.py' is not an object");
    CHECK(read(R"({"meta": {}, "files": {}, "totals": {})").problem == Problem::malformed);
}
