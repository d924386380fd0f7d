#include "gate/places.h"
#include "unit/gate/reading.h"

using namespace fairlead::gate;

TEST_CASE("a path is told from the root of the repository") {
    const auto tree = tree_of({"src/a.c", "web/src/b.ts"}, {"web", ""});
    CHECK(tree.tidy("/repo/src/a.c") == "src/a.c");
    CHECK(tree.tidy(".\\src\\a.c") == "src/a.c");
    CHECK(tree.tidy("file:///repo/src/a.c") == "src/a.c");
    CHECK(tree.tidy("/repository/a.c") == "/repository/a.c");
    CHECK(tree.find("src/b.ts") == "web/src/b.ts");
    CHECK(tree.find("src/a.c") == "src/a.c");
    CHECK(tree.find("src/absent.c").empty());
}

TEST_CASE("a path that leads nowhere stays as it is, but tidied") {
    const auto tree = tree_of({"web/a.c"}, {"web", ""});
    CHECK(tree.find_or_tidy("a.c") == "web/a.c");
    CHECK(tree.find_or_tidy("./b\\c.c") == "b/c.c");
}

TEST_CASE("files of one name are read in each folder where paths start") {
    const SourceTree tree(
        "/repo", {"web", "api", ""}, [](const std::string& path) { return path != "api/go.mod"; },
        [](const std::string& path) { return "of " + path; });
    const auto held = tree.read_in_bases("go.mod");
    REQUIRE(held.size() == 2);
    CHECK(held[0].base == "web");
    CHECK(held[0].text == "of web/go.mod");
    CHECK(held[1].base.empty());
    CHECK(held[1].text == "of go.mod");
    CHECK(tree_of({"go.mod"}).read_in_bases("go.mod").empty()); // a tree that can't be read
}

TEST_CASE("a path of a container or of another machine is found without its first folders") {
    const auto tree = tree_of({"src/a.c", "web/src/b.ts", "c.c"}, {"web", ""});
    CHECK(tree.find("/app/src/a.c") == "src/a.c");
    CHECK(tree.find("C:\\build\\agent\\src\\a.c") == "src/a.c");
    CHECK(tree.find("/home/runner/shop/web/src/b.ts") == "web/src/b.ts");
    CHECK(tree.find("/usr/include/c.c").empty()); // one name alone proves nothing
    CHECK(tree.find("/app/node_modules/x/src/a.c").empty());
    CHECK(tree.find_exact("/app/src/a.c").empty());
}

TEST_CASE("nothing leads out of the repository") {
    const auto tree = tree_of({"../etc/passwd", "/etc/passwd", "etc/passwd", "node_modules/x/a.js"});
    CHECK(tree.find("../etc/passwd").empty());
    CHECK(tree.find("/etc/passwd").empty());
    CHECK(tree.find("node_modules/x/a.js").empty());
    CHECK(tree.find(std::string("etc/passwd\0", 11)).empty());
    CHECK(tree.find(std::string(10'000, 'a')).empty());
}

TEST_CASE("a class leads to its file, also from within it") {
    const auto tree = tree_of({"tests/test_app.py", "src/test/java/com/example/ShopTest.java", "spec/a.rb"});
    CHECK(tree.find_class("tests.test_app.TestNotes") == "tests/test_app.py");
    CHECK(tree.find_class("com.example.ShopTest$Inner") == "src/test/java/com/example/ShopTest.java");
    CHECK(tree.find_class("com.example.ShopTest(retry 1)") == "src/test/java/com/example/ShopTest.java");
    CHECK(tree.find_class("spec/a.rb") == "spec/a.rb");
    CHECK(tree.find_class("no.such.Class").empty());
    CHECK(tree.find_class("").empty());
}

TEST_CASE("the first frame of ours is found in traces of many tools") {
    const auto tree = tree_of({"tests/test_app.py", "src/a.js", "com/Shop.java"});
    const auto frame = [&](std::string_view trace, std::string_view file = "") {
        const auto found = tree.first_frame(trace, file);
        return found.file + ":" + std::to_string(found.line);
    };
    CHECK(frame("E assert\n/usr/lib/x.py:9: in y\ntests/test_app.py:12: AssertionError") == "tests/test_app.py:12");
    CHECK(frame("File \"/repo/tests/test_app.py\", line 7, in test") == "tests/test_app.py:7");
    CHECK(frame("at Object.<anonymous> (/repo/src/a.js:3:14)") == "src/a.js:3");
    CHECK(frame("at com.Shop.buy(Shop.java:58)", "com/Shop.java") == "com/Shop.java:58");
    CHECK(frame("12:34:56 http://x:80 a:1 :2") == ":0");
    CHECK(frame("") == ":0");
    CHECK(frame("\", line 3") == ":0");
    CHECK(frame("tests/test_app.py:99999999999999999999") == "tests/test_app.py:999999999");
}
