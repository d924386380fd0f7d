#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

Evidence istanbul(const std::string& members, const SourceTree& tree = tree_of({})) {
    return read("{\"/repo/src/a.js\":\n{" + members + "}}", tree);
}

const std::string istanbul_places =
    R"("statementMap": {"0": {"start": {"line": 1, "column": 0}, "end": {"line": null}},)"
    R"("1": {"start": {"line": 1, "column": 9}}, "2": {"start": {"line": 3, "column": 0}}})";

}

TEST_CASE("a line of Istanbul is where statements begin, and the larger count is its own") {
    auto evidence = istanbul(R"("path": "/repo/src/a.js", )" + istanbul_places +
                                 R"(, "s": {"0": 0, "1": 2, "2": 0}, "fnMap": {"0": {"loc": {"start": {"line": 8}}}},)"
                                 R"("branchMap": {"0": {"locations": [{"start": {}}]}}, "f": {"0": 1},)"
                                 R"("b": {"0": [1, 0], "1": [0, 0, 5]}, "bT": {"0": [1, 1]})",
                             tree_of({"src/a.js"}));
    CHECK(evidence.format == "istanbul");
    CHECK(evidence.coverage->lines() == Count{1, 2});
    CHECK(evidence.coverage->branches() == Count{2, 5});
    CHECK(evidence.coverage->file("src/a.js").lines().total == 2);
}

TEST_CASE("counts may stand before the places, and all of it in data") {
    CHECK(istanbul(R"("s": {"0": 0, "1": 2, "2": 1}, )" + istanbul_places).coverage->lines() == Count{2, 2});
    CHECK(read(R"({"a.js": {"data": {"s": {"0": 0, "1": 2, "2": 1}, "b": {"0": [1]}, )" + istanbul_places + "}}}")
              .coverage->lines() == Count{2, 2});
}

TEST_CASE("ids are of their file, and files of one name are one") {
    const auto file = R"({"statementMap": {"0": {"start": {"line": 1}}}, "s": {"0": 1}, "b": {"0": [0]}})";
    CHECK(read("{\"a.js\": " + std::string(file) + ", \"b.js\": " + file + ", \"./a.js\": " + file + "}")
              .coverage->lines() == Count{2, 2});
}

TEST_CASE("what of Istanbul can't be read makes the report malformed, with its line") {
    for (const auto& members :
         {istanbul_places, istanbul_places + R"(, "s": {"0": 1, "1": 1})",
          istanbul_places + R"(, "s": {"0": 1, "1": 1, "2": 1, "3": 1})",
          istanbul_places + R"(, "s": {"0": -1, "1": 1, "2": 1})",
          istanbul_places + R"(, "s": {"0": "1", "1": 1, "2": 1})",
          istanbul_places + R"(, "s": {"0": null, "1": 1, "2": 1})", istanbul_places + R"(, "s": [1, 1, 1])",
          istanbul_places + R"(, "s": {"0": 1, "1": 1, "2": 1}, "b": {"0": 1})",
          istanbul_places + R"(, "s": {"0": 1, "1": 1, "2": 1}, "b": {"0": ["1"]})",
          std::string(R"("statementMap": {"0": {"start": {"line": "1"}}}, "s": {"0": 1})"),
          std::string(R"("statementMap": {"0": {"start": {"line": -1}}}, "s": {"0": 1})"),
          std::string(R"("statementMap": {"0": {}}, "s": {"0": 1})"),
          std::string(R"("statementMap": {"0": {"start": {"line": 99999999999}}}, "s": {"0": 1})")}) {
        const auto evidence = istanbul(members);
        INFO(members);
        CHECK(evidence.problem == Problem::malformed);
        CHECK(evidence.place.line == 2);
    }
    CHECK(istanbul(istanbul_places).reason == "file '/repo/src/a.js' has no s");
    CHECK(istanbul(istanbul_places + R"(, "s": {"0": 1, "1": 1})").reason ==
          "a statement of '/repo/src/a.js' has no count");
    CHECK(read(R"({"a.js": {"statementMap": {}, "s": {}}, "b.js": 3})").reason == "'b.js' is not an object");
    CHECK(read(R"({"a.js": {"statementMap": {}, "s": {)").problem == Problem::malformed);
}
