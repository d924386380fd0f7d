#include "base/glob.h"
#include "base/text.h"
#include "support/catch.h"
#include <chrono>

using namespace fairlead;

namespace {

struct Sample {
    std::string pattern;
    std::vector<std::string> matches;
    std::vector<std::string> others;
};

}

TEST_CASE("globs match as documented") {
    const Sample samples[] = {
        {"a.txt", {"a.txt"}, {"b.txt", "a.txtx", "xa.txt", "d/a.txt", ""}},
        {"*.txt", {"a.txt", ".txt"}, {"d/a.txt", "a.txt2"}},
        {"*", {"a", ""}, {"a/b"}},
        {"?.c", {"a.c", "é.c", "日.c"}, {".c", "ab.c", "/.c"}},
        {"src/**", {"src/a", "src/a/b.c", "src/"}, {"src", "asrc/b", "src2/a"}},
        {"src/*", {"src/a"}, {"src/a/b"}},
        {"**/x", {"x", "a/x", "a/b/x"}, {"ax", "a/bx", "x/a"}},
        {"a/**/b", {"a/b", "a/c/b", "a/c/d/b"}, {"ab", "a/cb", "b"}},
        {"**", {"", "a", "a/b"}, {}},
        {"**/*.{c,{h,H}pp}", {"a.c", "d/a.hpp", "d/e/a.Hpp"}, {"a.cpp", "a.pp", "a.{c"}},
        {"{a,b/**/}c", {"ac", "b/c", "b/x/c"}, {"c", "bc"}},
        {"x{,y}", {"x", "xy"}, {"y", "x,"}},
        {"[abc]", {"a", "c"}, {"d", "", "ab", "/"}},
        {"[a-c0-9]x", {"bx", "7x"}, {"-x", "dx"}},
        {"[!a]", {"b", "é"}, {"a", "/"}},
        {"[^a-z]", {"A"}, {"m"}},
        {"[]]", {"]"}, {"a"}},
        {"[a", {"[a"}, {"a"}},
        {"{a,b", {"{a,b"}, {"a", "b"}},
        {"a}", {"a}"}, {"a"}},
    };
    for (const Sample& sample : samples) {
        for (const std::string& path : sample.matches) {
            INFO(sample.pattern << " on " << path);
            CHECK(glob_match(sample.pattern, path));
        }
        for (const std::string& path : sample.others) {
            INFO(sample.pattern << " on " << path);
            CHECK_FALSE(glob_match(sample.pattern, path));
        }
    }
}

TEST_CASE("a byte that is no UTF-8 matches itself and one question mark") {
    CHECK(glob_match("a\xFF", "a\xFF"));
    CHECK(glob_match("a?", "a\xFF"));
    CHECK_FALSE(glob_match("a\xFE", "a\xFF"));
}

TEST_CASE("no pattern makes matching take long") {
    std::string stars;
    std::string braces;
    for (int i = 0; i < 200; ++i) {
        stars += "*a**a";
        braces += "{a,aa,*}";
    }
    const std::string path(2000, 'a');
    const auto start = std::chrono::steady_clock::now();
    CHECK_FALSE(glob_match(stars + "b", path));
    CHECK_FALSE(glob_match(braces + "b", path));
    CHECK_FALSE(glob_match(std::string(5000, '{') + "a" + std::string(5000, '}'), path));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10)); // exponential work would take years
}

TEST_CASE("a glob from the top of a tree that can match nothing is refused") {
    for (const auto* glob : {"", " ", "/src", "./src/**", "../x", "src/", "a{b", "a[b"}) {
        INFO(glob);
        CHECK_FALSE(check_root_glob(glob).ok());
    }
    for (const auto* glob : {"src/**", "**/*.c", "a b/*.{c,h}", ".github/**"}) CHECK(check_root_glob(glob).ok());
    CHECK(check_root_glob("./src/**").error().message.ends_with("write src/**"));
}
