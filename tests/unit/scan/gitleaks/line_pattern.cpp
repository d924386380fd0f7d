#include "scan/gitleaks/line_pattern.h"
#include "support/catch.h"
#include "sys/pattern/pattern.h"

using fairlead::scan::gitleaks::line_pattern;
using fairlead::scan::gitleaks::many_newlines;

namespace {

std::string rewritten(std::string_view expression) { return line_pattern(expression, true).expression; }

std::size_t newlines(std::string_view expression) {
    INFO(expression);
    REQUIRE(fairlead::sys::Pattern::compile(expression).ok());
    REQUIRE(fairlead::sys::Pattern::compile(rewritten(expression)).ok());
    return line_pattern(expression, true).most_newlines;
}

}

TEST_CASE("the beginning and the end of a text become those of a line") {
    CHECK(rewritten("^a$") == "(?m:^)a(?m:^)");
    CHECK(line_pattern("^a$", false).expression == "(?m:^)a(?m:$|^)");
    CHECK(rewritten(R"(\Aa\z|\$|\^)") == R"((?m:^)a(?m:^)|\$|\^)");
    for (const std::string_view same :
         {"[^a$]", "[]^$]", "[^]^$]", "[[:^alpha:]^$]", "\\Q^$\\Ea", "a{2,3}?(?i:b)", "a{,3}"})
        CHECK(rewritten(same) == same);
    CHECK(rewritten("\\Q$\\E$") == "\\Q$\\E(?m:^)");
    CHECK(line_pattern("(a|^b)", true).has_begin);
    CHECK_FALSE(line_pattern("(a|^b)", true).has_end);
    CHECK(line_pattern("a(?:;|$)", true).has_end);
    CHECK_FALSE(line_pattern("[$]", true).has_end);
}

TEST_CASE("the newlines of a match are counted, and never too few") {
    for (const std::string_view none : {"abc", "a.*b", "[a-z]+", "\\S+\\w*", "[^\\s]+", "[^\\n]*", "\\x60+",
                                        "(?i)ab(?-s).*", "[[:alpha:]]+", "(?s-s:.*)", "\\[\\]"})
        CHECK(newlines(none) == 0);
    CHECK(newlines("\\s") == 1);
    CHECK(newlines("[\\s'\"]{0,3}=[\\x60\\s]{0,5};") == 8);
    CHECK(newlines("(?:a\\s{2}){3}") == 6);
    CHECK(newlines("a\\s|b\\s\\s|c") == 2);
    CHECK(newlines("\\s?\\n\\x0a\\x{a}\n") == 5);
    CHECK(newlines("(?P<x>[^a])(?s:.)") == 2);
    CHECK(newlines("(?s).") == 1);
    CHECK(newlines("((?s)a).") == 0);
    CHECK(newlines("[\\x00-\\x20]") == 1);
    CHECK(newlines("[^\\x00-\\x20]") == 1); // unsure
    CHECK(newlines("[^\\pL]") == 1);
    for (const std::string_view any : {"\\s*", "\\s+?", "\\s{2,}", "(?:a|\\n)*", "[^a]+", "[\\s\\S]{64,}", "(?s)a.*b",
                                       "\\D+", "(\\s{30}){3}", "[[:space:]]+", "[[:^alpha:]]*", "\\W{100}"})
        CHECK(newlines(any) == many_newlines);
}
