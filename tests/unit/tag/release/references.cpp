#include "tag/release/references.h"
#include "support/catch.h"

using namespace fairlead::tag;

namespace {

const WebLinks github{"https://github.com/acme/shop", Host::github};
const WebLinks gitlab{"https://gitlab.com/acme/sub/shop", Host::gitlab};

}

TEST_CASE("what is a reference becomes a link") {
    const std::string here = "https://github.com/acme/shop/issues/12";
    for (const auto* text : {"#12", "GH-12"})
        CHECK(markdown_of(text, github) == "[" + std::string(text) + "](" + here + ")");
    CHECK(markdown_of("fix (#12), see #12: done #12.", github) ==
          "fix ([#12](" + here + ")), see [#12](" + here + "): done [#12](" + here + ").");
    CHECK(markdown_of("as ada/my.door#7 says", github) ==
          "as [ada/my.door#7](https://github.com/ada/my.door/issues/7) says");
    CHECK(markdown_of("see https://github.com/acme/shop/pull/12.", github) ==
          "see [#12](https://github.com/acme/shop/pull/12).");
    CHECK(markdown_of("!12 and a/b/c!7", gitlab) == "[\\!12](https://gitlab.com/acme/sub/shop/-/merge_requests/12) and "
                                                    "[a/b/c\\!7](https://gitlab.com/a/b/c/-/merge_requests/7)");
    CHECK(markdown_of("https://gitlab.com/acme/sub/shop/-/issues/3", gitlab) ==
          "[#3](https://gitlab.com/acme/sub/shop/-/issues/3)");
}

TEST_CASE("nothing that isn't a reference becomes a link") {
    for (const auto* text : {"#09422C",
                             "#333333333",
                             "C#7",
                             "abc#1",
                             "&#123;",
                             "#012",
                             "#0",
                             "##12",
                             "#12a",
                             "#12_",
                             "#1.2",
                             "a#12",
                             "`#12`",
                             "``x ` #12``",
                             "GH-x",
                             "XGH-12",
                             "gh-12",
                             "ABC-123",
                             "https://example.org/a#12",
                             "https://example.org/acme/b#12",
                             "https://github.com/acme/shop/issues/12x",
                             "https://github.com/acme/shop/issues/12#note-3",
                             "/a#1",
                             "a/b/c#1",
                             "a/#1",
                             "!12",
                             "é#12",
                             "\\#12",
                             "#12-rc",
                             "-#12",
                             "https://github.com/acme/shop2/issues/12"})
        CHECK(markdown_of(text, github).find("](") == std::string::npos);
    CHECK(markdown_of("#12", {}) == "\\#12");
    CHECK(markdown_of("a/b#12", {"https://bitbucket.org/a/b", Host::bitbucket}).find("](") == std::string::npos);
}

TEST_CASE("of the rest nothing is markup, and code stays code") {
    CHECK(markdown_of("use `a_b<c>` and *x* @all", github) == "use `a_b<c>` and \\*x\\* @&#8203;all");
    CHECK(markdown_of("a ` b `` c", github) == "a \\` b \\`\\` c");
    CHECK(markdown_of("``a ` b`` c", github) == "``a ` b`` c");
    CHECK(markdown_of("`a\x1b[31m`", github) == "`a\\u001b[31m`");
    CHECK(markdown_of("[x](#12) #12", {}) == "\\[x\\](\\#12) \\#12");
    CHECK(markdown_of("a  b #12 c", github).find("a b [#12](") == 0);
}
