#include "init/recognise/recogniser.h"
#include "support/catch.h"
#include "unit/init/found.h"

using namespace fairlead::init;

TEST_CASE("words are split as a shell does without its expansions") {
    CHECK(words_of("a 'b c' \"d e\" f\\ g ''") == std::vector<std::string>{"a", "b c", "d e", "f g", ""});
    CHECK(words_of(" \t\n").empty());
    CHECK(words_of("'open").size() == 1);
    CHECK(is_plain_command("node server.js"));
    CHECK_FALSE(is_plain_command("a && b"));
}

TEST_CASE("a name is small letters, digits and hyphens, and begins with a letter") {
    CHECK(plain_name("My App") == "my-app");
    CHECK(plain_name("3d") == "app-3d");
    CHECK(plain_name("--") == "app");
    CHECK(plain_name("a${{ x }}b") == "a-x-b");
    CHECK(plain_name(std::string(1000, 'a')).size() == 40);
}

TEST_CASE("examples, fixtures, documents and others' trees are not the project's own") {
    for (const auto* folder :
         {"examples/a", "x/node_modules/y", "third_party", "tests", "docs", ".github/x", "_examples", "web/Fixtures"})
        CHECK_FALSE(is_own(folder));
    for (const auto* folder : {"", "backend", "packages/test-utils", "src/app"}) CHECK(is_own(folder));
}

TEST_CASE("whole words are found, parts are not") {
    CHECK(mentions("tsc && vite build", "vite"));
    CHECK_FALSE(mentions("vitest run", "vite"));
    CHECK_FALSE(mentions("a-vite", "vite"));
}
