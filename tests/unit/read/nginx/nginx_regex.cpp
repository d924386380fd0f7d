#include "read/nginx/nginx_regex.h"
#include "support/catch.h"

using fairlead::read::regex_groups;

namespace {

bool may(std::string_view pattern, std::size_t group, char c) {
    const auto groups = regex_groups(pattern);
    REQUIRE(group < groups.size());
    return groups[group].may[static_cast<unsigned char>(c)];
}

}

TEST_CASE("a group holds what stands in it") {
    CHECK(may("^/(a|b)/", 1, 'a'));
    CHECK_FALSE(may("^/(a|b)/", 1, '/'));
    CHECK_FALSE(may("(.*)", 1, '\n'));
    CHECK(may("(?s)(.*)", 1, '\n'));
    CHECK(may("([^/]+)", 1, '\n'));
    CHECK_FALSE(may("([^/\\n]+)", 1, '\n'));
    CHECK_FALSE(may("([^/\\s]+)", 1, '\n'));
    CHECK_FALSE(may("([a-z0-9-]+)", 1, '.'));
    CHECK(may("([a-z0-9-]+)", 1, '-'));
    CHECK_FALSE(may("([[:alnum:]]+)", 1, '\n'));
    CHECK(may("(\\W*)", 1, '\n'));
    CHECK_FALSE(may("(\\w*)", 1, '\n'));
    CHECK(may("((a)\\x2f)", 1, '/'));
    CHECK_FALSE(may("((a)\\x2f)", 2, '/'));
    CHECK(may("(a{2}\\1)", 1, '\n'));
    CHECK_FALSE(may("(a(?=\\n)b)", 1, '\n'));
    CHECK_FALSE(may("([]a]b)", 1, '\n'));
    CHECK(may("(a{b)", 1, '{'));
}

TEST_CASE("groups have numbers and names") {
    const auto groups = regex_groups("^(?:a)(?<first>b)(?P<second>c)(d)");
    REQUIRE(groups.size() == 4);
    CHECK(groups[1].name == "first");
    CHECK(groups[2].name == "second");
    CHECK(groups[3].name.empty());
}

TEST_CASE("a group begins with a slash when each of its ways does") {
    const auto slash = [](std::string_view pattern) { return regex_groups(pattern)[1].begins_slash; };
    CHECK(slash("(/.*)"));
    CHECK(slash("(/a|/b)"));
    CHECK(slash("((/a)b)"));
    CHECK_FALSE(slash("(.*)"));
    CHECK_FALSE(slash("(/?a)"));
    CHECK_FALSE(slash("(/a|b)"));
    CHECK_FALSE(slash("(/a|)"));
    CHECK_FALSE(slash("((/a)*b)"));
}

TEST_CASE("what is no expression does no harm") {
    for (const std::string text : {"(", ")", "[", "(?", "(?<", "(?<a", "\\", "[a-", "(((", "a{", "(?#", "[[:", "(?P"})
        CHECK_FALSE(regex_groups(text).empty());
    CHECK_FALSE(regex_groups(std::string(100000, '(')).empty());
}
