#include "base/path.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("a path has a folder and a name, and begins in one") {
    CHECK(file_name("a/b.c") == "b.c");
    CHECK(file_name("b.c") == "b.c");
    CHECK(folder_of("a/b/c") == "a/b");
    CHECK(folder_of("c").empty());
    CHECK(path_in("a", "../b/./c") == "b/c");
    CHECK(path_in("", "./c") == "c");
    CHECK(path_in("a", "..").empty());
}

TEST_CASE("the extension is that of the name, not of a folder") {
    CHECK(extension_of("a/b.c") == ".c");
    CHECK(extension_of("a.d/b") == "");
    CHECK(extension_of("a/b.test.js") == ".js");
    CHECK(extension_of(".rc") == ".rc");
}
