#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

std::string istanbul_counts(const std::string& name, const std::string& lines, const std::string& branches) {
    return "\"" + name + "\": {\"lines\": {" + lines + ", \"pct\": \"Unknown\"}, \"statements\": {\"total\": 99}, " +
           "\"branches\": {" + branches + "}}";
}

}

TEST_CASE("a summary of Istanbul has how many lines of each file are covered") {
    auto evidence =
        read("{" + istanbul_counts("total", R"("total": 5, "covered": 3)", R"("total": 2, "covered": 1)") + ",\n" +
                 istanbul_counts("/repo/a.js", R"("total": 4, "covered": 3)", R"("total": 2, "covered": 1)") + "," +
                 istanbul_counts("/repo/b.js", R"("total": 1, "covered": 0)", R"("total": 0, "covered": 0)") + "}",
             tree_of({"a.js"}));
    CHECK(evidence.format == "istanbul-summary");
    CHECK(evidence.coverage->lines() == Count{3, 5});
    CHECK(evidence.coverage->branches() == Count{1, 2});
    CHECK(evidence.coverage->file("a.js").lines() == Count{3, 4});
}

TEST_CASE("the total counts where the files don't come to it, or where there is none") {
    const auto total = istanbul_counts("total", R"("total": 5, "covered": 3)", R"("total": 2, "covered": 1)");
    CHECK(read("{" + total + "}").coverage->lines() == Count{3, 5});
    const auto cut = read("{" + total + "," +
                          istanbul_counts("a.js", R"("total": 1, "covered": 1)", R"("total": 0, "covered": 0)") + "}");
    CHECK(cut.coverage->lines() == Count{3, 5});
    CHECK(cut.coverage->branches() == Count{1, 2});
}

TEST_CASE("of two summaries the better counts of each file are kept: nobody knows more") {
    const auto leg = [](const std::string& covered) {
        return read(
            "{" + istanbul_counts("total", "\"total\": 4, \"covered\": " + covered, R"("total": 0, "covered": 0)") +
            "," + istanbul_counts("a.js", "\"total\": 4, \"covered\": " + covered, R"("total": 0, "covered": 0)") +
            "}");
    };
    auto one = leg("1");
    one.coverage->merge(*leg("3").coverage);
    one.coverage->merge(*leg("2").coverage);
    CHECK(one.coverage->lines() == Count{3, 4});
}

TEST_CASE("what of a summary can't be read makes the report malformed, with its line") {
    for (const auto* lines :
         {R"("total": 5)", R"("total": "5", "covered": 3)", R"("total": -5, "covered": 3)",
          R"("total": 5, "covered": 6)", R"("total": 5, "covered": null)", R"("total": 99999999999, "covered": 3)"}) {
        INFO(lines);
        const std::string good = R"("total": 0, "covered": 0)";
        auto evidence =
            read("{" + istanbul_counts("total", good, good) + ",\n" + istanbul_counts("a.js", lines, good) + "}");
        CHECK(evidence.problem == Problem::malformed);
        CHECK(evidence.place.line == 2);
        CHECK(evidence.reason == "the lines of 'a.js' can't be read");
        evidence =
            read("{" + istanbul_counts("total", good, good) + ",\n" + istanbul_counts("a.js", good, lines) + "}");
        CHECK(evidence.reason == "the branches of 'a.js' can't be read");
    }
    CHECK(read(R"({"total": {"lines": {}}})").problem == Problem::malformed);
    CHECK(read(R"({"total": {"lines": {"total": 1, "covered": 1}}, "a.js": 7})").reason == "'a.js' is not an object");
}
