#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string llvm_counts(const std::string& lines, const std::string& branches = R"("count": 0, "covered": 0)") {
    return "{\"lines\": {" + lines + "}, \"branches\": {" + branches + "}, \"regions\": {\"count\": 1}}";
}

Evidence llvm_export(const std::string& files, const std::string& totals = "", const SourceTree& tree = tree_of({})) {
    return read("{\"version\": \"2.0.1\", \"type\": \"llvm.coverage.json.export\", \"data\": [{\"files\": [\n" + files +
                    "]" + (totals.empty() ? "" : ", \"totals\": " + totals) + ", \"functions\": [{\"count\": 1}]}]}",
                tree);
}

Evidence llvm_segments(const std::string& segments) {
    return llvm_export("{\"segments\": [" + segments + "], \"filename\": \"a.c\"}");
}

}

TEST_CASE("the counts of llvm-cov are those that it prints, by file and in all") {
    const auto file =
        R"({"filename": "/ci/src/a.c", "segments": [[1, 1, 1, true, true, false], [2, 1, 0, false, false, false]], "summary": )" +
        llvm_counts(R"("count": 4, "covered": 3)", R"("count": 2, "covered": 1)") + "}";
    auto evidence = llvm_export(file, llvm_counts(R"("count": 4, "covered": 3)", R"("count": 2, "covered": 1)"),
                                tree_of({"src/a.c"}));
    CHECK(evidence.format == "llvm-cov");
    CHECK(evidence.coverage->lines() == Count{3, 4});
    CHECK(evidence.coverage->branches() == Count{1, 2});
    CHECK(evidence.coverage->file("src/a.c").lines() == Count{3, 4});
    CHECK(llvm_export(file, llvm_counts(R"("count": 9, "covered": 5)")).coverage->lines() == Count{5, 9});
    CHECK(llvm_export("", llvm_counts(R"("count": 9, "covered": 5)")).coverage->lines() == Count{5, 9});
    CHECK(llvm_export(file).coverage->lines() == Count{3, 4});
    CHECK(llvm_export("{\"filename\": \"a.c\", \"summary\": {\"lines\": {\"count\": 2, \"covered\": 1}}}")
              .coverage->lines() == Count{1, 2});
}

TEST_CASE("two exports merge by the lines of their segments") {
    const auto leg = [](const std::string& hits, const std::string& covered) {
        return llvm_export("{\"filename\": \"a.c\", \"segments\": [[1, 1, 1, true, true], [2, 1, " + hits +
                           ", true, true], [3, 2, 0, false, false]], \"summary\": " +
                           llvm_counts("\"count\": 5, \"covered\": " + covered) + "}");
    };
    auto one = leg("0", "1");
    CHECK(one.coverage->lines() == Count{1, 5});
    one.coverage->merge(*leg("4", "3").coverage);
    CHECK(one.coverage->lines() == Count{3, 3});
}

TEST_CASE("lines follow from segments as in llvm") {
    // A function of lines 1 to 5 that ran, with a block from the end of line 2 to line 4 that didn't.
    CHECK(llvm_segments("[1, 10, 3, true, true, false], [2, 8, 0, true, true, false], [4, 4, 3, true, false, false], "
                        "[5, 2, 0, false, false, false]")
              .coverage->lines() == Count{3, 5});
    // A region that has no count, such as what the preprocessor left out, hides the lines that begin in it.
    CHECK(llvm_segments("[1, 1, 1, true, true, false], [3, 1, 0, false, true, false], [5, 1, 1, true, false, false], "
                        "[6, 2, 0, false, false, false]")
              .coverage->lines() == Count{3, 3});
    // A gap's count is none of its line, but of those after it.
    CHECK(llvm_segments("[1, 1, 5, true, true, false], [1, 20, 0, true, true, true], [3, 1, 2, true, true, false], "
                        "[4, 2, 0, false, false, false]")
              .coverage->lines() == Count{3, 4});
    CHECK(llvm_segments("[1, 1, 0, true, true, false], [1, 9, 5, true, true, true], [1, 20, 0, false, false, false]")
              .coverage->lines() == Count{0, 1});
    CHECK(llvm_segments("[7, 1, 1, 1, 1], [9, 2, 0, 0, 0]").coverage->lines() == Count{3, 3}); // before LLVM 11
    CHECK(llvm_segments("").coverage->lines() == Count{0, 0});
}

TEST_CASE("what of llvm-cov can't be read makes the report malformed, with its line") {
    for (const auto* segments :
         {"7", "[1, 1, 1]", "[0, 1, 1, true, true]", "[-1, 1, 1, true, true]", "[1, 1, -1, true, true]",
          "[1, 1, \"x\", true, true]", "[1, 1, 1, 2, true]", "[1, 1, 1, true, true, null]",
          "[2, 1, 1, true, true], [1, 1, 1, true, true]", "[1, 1, 1, true, true], [4294967295, 1, 1, true, true]"}) {
        const auto evidence = llvm_segments(segments);
        INFO(segments);
        CHECK(evidence.problem == Problem::malformed);
        CHECK(evidence.place.line == 2);
    }
    for (
        const auto* file :
        {"7", "{}", R"({"filename": "a.c"})", R"({"filename": 3, "segments": []})",
         R"({"filename": "a", "segments": 3})", R"({"filename": "a.c", "summary": {}})",
         R"({"filename": "a.c", "summary": {"lines": {"count": 1}}})",
         R"({"filename": "a.c", "summary": {"lines": {"count": 1, "covered": 2}}})",
         R"({"filename": "a", "summary": {"lines": {"count": 1, "covered": 1}, "branches": {"count": -1, "covered": 0}}})"}) {
        const auto evidence = llvm_export(file);
        INFO(file);
        CHECK(evidence.problem == Problem::malformed);
        CHECK(evidence.place.line == 2);
    }
    CHECK(llvm_export("", "{}").reason == "the lines of the totals can't be read");
    CHECK(read(R"({"type": "llvm.coverage.json.export"})").reason == "it holds no data");
}
