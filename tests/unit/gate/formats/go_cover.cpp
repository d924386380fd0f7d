#include "unit/gate/reading.h"

using namespace fairlead;
using namespace fairlead::gate;

namespace {

SourceTree go_tree(const std::string& module, std::set<std::string> files, const std::string& base = "") {
    const auto path = base.empty() ? std::string("go.mod") : base + "/go.mod";
    files.insert(path);
    return {"/repo",
            {base},
            [files = std::move(files)](const std::string& name) { return files.contains(name); },
            [=](const std::string& name) { return name == path ? module : std::string(); }};
}

}

TEST_CASE("a Go profile counts statements, those of the same block once") {
    auto evidence = read("mode: atomic\nx.org/a/f.go:5.12,8.22 3 1\nx.org/a/f.go:5.12,8.22 3 0\n"
                         "x.org/a/f.go:9.1,9.2 2 0\nx.org/a/g.go:9.1,9.2 4 7\nx.org/a/g.go:20.1,20.2 0 0\n");
    CHECK(evidence.format == "go-cover");
    CHECK(evidence.coverage->lines() == Count{7, 9});
    CHECK(evidence.coverage->branches() == Count{0, 0});
    evidence = read("mode: set\na.go:1.1,2.2 3 0\n");
    evidence.coverage->merge(*read("mode: set\na.go:1.1,2.2 3 1\na.go:3.1,3.9 1 0\n").coverage);
    CHECK(evidence.coverage->lines() == Count{3, 4});
}

TEST_CASE("profiles may follow one another, each with its mode") {
    CHECK(read("mode: set\r\na.go:1.1,2.2 1 0\r\n\r\nmode: count\r\na.go:1.1,2.2 1 18446744073709551615\r\n")
              .coverage->lines() == Count{1, 1});
    CHECK(read("mode: set\n").coverage->lines() == Count{0, 0});
}

TEST_CASE("a name of a Go profile is an import path, which go.mod leads to a file") {
    auto evidence = read("mode: set\nx.org/shop/main.go:1.1,2.2 1 1\nx.org/shop-main.go:1.1,2.2 1 0\n",
                         go_tree("// of the shop\nmodule x.org/shop // v2\n\ngo 1.22\n", {"main.go"}));
    CHECK(evidence.coverage->file("main.go").lines() == Count{1, 1});
    CHECK(evidence.coverage->lines() == Count{1, 2});
    evidence =
        read("mode: set\nx.org/shop/in/a.go:1.1,2.2 1 1\n", go_tree("module \"x.org/shop\"\n", {"api/in/a.go"}, "api"));
    CHECK(evidence.coverage->file("api/in/a.go").lines().total == 1);
    evidence = read("mode: set\nx.org/shop/in/a.go:1.1,2.2 1 1\n_/repo/in/b.go:1.1,2.2 1 1\n",
                    tree_of({"in/a.go", "in/b.go"}));
    CHECK(evidence.coverage->file("in/a.go").lines().total == 1);
    CHECK(evidence.coverage->file("in/b.go").lines().total == 1);
}

TEST_CASE("a name may hold blanks and colons") {
    auto evidence = read("mode: set\nC:\\ci\\my code\\a.go:1.1,2.2 1 1\n", tree_of({"my code/a.go"}));
    CHECK(evidence.coverage->file("my code/a.go").lines().total == 1);
}

TEST_CASE("a line that is no block makes a Go profile malformed, with its number") {
    for (const auto* line :
         {"a.go:1.1,2.2 1", "a.go:1.1,2.2 1 -1", "a.go:1.1,2.2 x 1", "a.go:1.1,2.2 1 NaN", "a.go:1.1 1 1",
          "a.go:3.1,2.2 1 1", "a.go:1,2 1 1", ":1.1,2.2 1 1", "1 1", "<html>", "a.go:1.1,2.2 4294967296 1",
          "a.go:1.1,4294967296.1 1 1", "a.go:1.1,2.2 1 18446744073709551616", "mode: other"}) {
        const auto evidence = read("mode: set\na.go:1.1,2.2 1 1\n" + std::string(line) + "\n");
        INFO(line);
        CHECK(evidence.problem == Problem::malformed);
        CHECK(evidence.place.line == 3);
    }
    CHECK(read("mode: set\n<html>\n").reason == "line '<html>' is not a block of a Go profile");
}

TEST_CASE("a Go profile that is cut short, or spans more lines than there may be, is no evidence") {
    CHECK(read("mode: set\na.go:1.1,2.2 1 1").reason == "its last line has no end: the report was cut short");
    CHECK(read("mode: set\na.go:1.1,4294967295.1 1 1\n").reason.find("its line is above 10000000") !=
          std::string::npos);
    std::string wide = "mode: set\n"; // empty bodies: what they span is counted, too, and costs nothing here
    for (int i = 0; i < 200; ++i) wide += "a.go:1.1,9999999." + std::to_string(i) + " 0 1\n";
    CHECK(read(wide).reason.find("span more lines than any program") != std::string::npos);
}

TEST_CASE("the empty body of a function is no line that a test could miss") {
    auto evidence = read("mode: set\na.go:1.1,2.2 1 1\na.go:9.23,9.24 0 0\n", tree_of({"a.go"}));
    CHECK(evidence.coverage->lines().total == 1);
    CHECK(evidence.coverage->file("a.go").measures(1));
    CHECK_FALSE(evidence.coverage->file("a.go").measures(9));
}
