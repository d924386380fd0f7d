#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

Evidence simplecov(const std::string& file, const SourceTree& tree = tree_of({})) {
    return read("{\"meta\": {\"simplecov_version\": \"0.22.0\"},\n\"coverage\": {\"/ci/lib/a.rb\":\n" + file +
                    "}, \"groups\": {\"coverage\": {\"lines\": {\"covered\": 1}}}, \"errors\": {}}",
                tree);
}

}

TEST_CASE("SimpleCov's JSON has a count for each line of code, and branches as a list") {
    auto evidence = simplecov(R"({"lines": [null, 1, 0, "ignored", 3.0], "source": ["a", "b"], "branches": [)"
                              R"({"type": "then", "start_line": 2, "coverage": 1},)"
                              R"({"type": "then", "start_line": 2, "coverage": 0},)"
                              R"({"type": "else", "start_line": 9, "coverage": "ignored"}]})",
                              tree_of({"lib/a.rb"}));
    CHECK(evidence.format == "simplecov");
    CHECK(evidence.coverage->lines() == Count{2, 3});
    CHECK(evidence.coverage->branches() == Count{1, 2});
    CHECK(evidence.coverage->file("lib/a.rb").lines().total == 3);
}

TEST_CASE("the counts of the commands of a result set add up") {
    const auto evidence = read(R"({"RSpec": {"coverage": {"a.rb": {"lines": [1, 0, null], "branches": {)"
                               R"("[:if, 0, 3, 6, 3, 9]": {"[:then, 1, 3]": 1, "[:else, 2, 3]": 0}}}},)"
                               R"("timestamp": 1}, "Cucumber/1": {"coverage": {"a.rb": {"lines": [0, 2, null],)"
                               R"("branches": {"[:if, 0, 3, 6, 3, 9]": {"[:then, 1, 3]": 0, "[:else, 2, 3]": 1},)"
                               R"("[:if, 3, 8]": {"[:then, 1, 3]": 0}}}}, "timestamp": 2}})");
    CHECK(evidence.format == "simplecov");
    CHECK(evidence.coverage->lines() == Count{2, 2});
    CHECK(evidence.coverage->branches() == Count{2, 3});
}

TEST_CASE("of a result set, lines and branches between two :nocov: don't count") {
    const std::string source = "a\n# :nocov:\nb\n  #:nocov:\nc\n# :nocov:\nd\n";
    const SourceTree tree(
        "/repo", {""}, [](const std::string& path) { return path == "lib/a.rb"; },
        [&](const std::string& path) { return path == "lib/a.rb" ? source : ""; });
    const std::string file = R"({"lines": [1, null, 0, null, 0, null, 0], "branches": {"[:if, 0, 1, 0, 3, 3]": {)"
                             R"("[:then, 1, 1, 2, 1, 9]": 1, "[:else, 2, 3, 2, 3, 9]": 0}}})";
    const auto evidence = read(R"({"RSpec": {"coverage": {"/repo/lib/a.rb": )" + file + R"(}, "timestamp": 1}})", tree);
    CHECK(evidence.coverage->lines() == Count{1, 2}); // lines 1 and 5
    CHECK(evidence.coverage->branches() == Count{1, 1});
    CHECK(simplecov(file, tree).coverage->lines() == Count{1, 4}); // coverage.json says itself what it ignores
}

TEST_CASE("before 0.18 a file of SimpleCov was the list of its lines") {
    CHECK(read(R"({"RSpec": {"coverage": {"a.rb": [null, 1, 0]}, "timestamp": 1}})").coverage->lines() == Count{1, 2});
    CHECK(simplecov("[null, 1, 0]").coverage->lines() == Count{1, 2});
}

TEST_CASE("what of SimpleCov can't be read makes the report malformed, with its line") {
    for (const auto* file :
         {"null", "{}", R"({"lines": null})", R"({"lines": [-1]})", R"({"lines": ["1"]})", R"({"lines": [true]})",
          R"({"lines": [[1]]})", R"({"lines": [1], "branches": [1]})", R"({"lines": [1], "branches": [{}]})",
          R"({"lines": [1], "branches": [{"coverage": -1}]})", R"({"lines": [1], "branches": {"c": 1}})",
          R"({"lines": [1], "branches": {"c": {"a": "1"}}})"}) {
        const auto evidence = simplecov(file);
        INFO(file);
        CHECK(evidence.problem == Problem::malformed);
        CHECK(evidence.place.line == 3);
    }
    CHECK(simplecov(R"({"lines": [1, "x"]})").reason == "line 2 of a file has \"x\" for its count");
    CHECK(simplecov("{}").reason == "file '/ci/lib/a.rb' lists no lines");
    CHECK(read(R"({"RSpec": {"coverage": [1], "timestamp": 1}})").problem != Problem::none);
    CHECK(read(R"({"coverage": {"a.rb": {"lines": [1)").problem == Problem::malformed);
}
