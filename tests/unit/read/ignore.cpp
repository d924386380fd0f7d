#include "read/ignore.h"
#include "support/catch.h"

using namespace fairlead::read;

TEST_CASE("a pattern takes what it names and all below it") {
    struct Case {
        const char *pattern, *path;
        bool sent;
    };
    for (const auto& [pattern, path, sent] : {Case{".env", ".env", false},
                                              {".env", ".env.production", true},
                                              {".env*", ".env.production", false},
                                              {".env", "api/.env", true},
                                              {"**/.env", "api/.env", false},
                                              {"**/.env", ".env", false},
                                              {"node_modules", "node_modules/a/b.js", false},
                                              {"/node_modules/", "node_modules/a", false},
                                              {"./a/../b//c", "b/c", false},
                                              {"*.pem", "certs/x.pem", true},
                                              {"**/*.pem", "certs/x.pem", false},
                                              {"**.pem", "certs/x.pem", false},
                                              {"*", "any/thing", false},
                                              {"*/*", "top", true},
                                              {"a/**", "a/b/c", false},
                                              {"a/**/z", "a/z", false},
                                              {"a/**/z", "a/b/c/z", false},
                                              {"?.txt", "a.txt", false},
                                              {"?.txt", "\xc3\xa4.txt", false},
                                              {"[a-c]x", "bx", false},
                                              {"[^a-c]x", "bx", true},
                                              {"a\\*b", "a*b", false},
                                              {"a\\*b", "axb", true},
                                              {"**", "a/b", false},
                                              {"# .env", ".env", true}}) {
        INFO(pattern << " " << path);
        CHECK(read_ignore(pattern).sent(path) == sent);
    }
}

TEST_CASE("the last pattern that matches decides") {
    const IgnoreFile file = read_ignore("\xEF\xBB\xBF*\n!src\r\n  src/secret  \n! README.md\n");
    CHECK(file.problems.empty());
    CHECK(file.sent("src/a.py"));
    CHECK_FALSE(file.sent("src/secret"));
    CHECK(file.sent("README.md"));
    CHECK_FALSE(file.sent("Makefile"));
    CHECK_FALSE(read_ignore("!a\na\n").sent("a"));
}

TEST_CASE("a malformed pattern is a problem with its line") {
    const IgnoreFile file = read_ignore("a\n[x\nb\\\n!\n[]\n[z-\n");
    REQUIRE(file.problems.size() == 5);
    CHECK(file.problems[0].line == 2);
    CHECK(file.patterns.size() == 1);
}
