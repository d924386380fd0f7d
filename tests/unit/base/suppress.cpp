#include "base/suppress.h"
#include "base/text.h"
#include "support/catch.h"

using namespace fairlead;

namespace {

bool covers(std::string_view text, int line, std::string_view rule = "jwt", std::string_view today = "2026-03-31") {
    return covering(find_suppressions(text), rule, line, line, today) != nullptr;
}

}

TEST_CASE("a comment with a reason covers its own line for the rules that it names") {
    const std::string text = "a\nx = 1 # fairlead: ignore[jwt, github-pat] a test vector\nb\n";
    CHECK(covers(text, 2));
    CHECK(covers(text, 2, "github-pat"));
    CHECK_FALSE(covers(text, 2, "npm-access-token"));
    CHECK_FALSE(covers(text, 1));
}

TEST_CASE("a comment covers the next line only when it stands alone") {
    CHECK(covers("  // fairlead: ignore[jwt] a test vector\nx = 1\n", 2));
    CHECK_FALSE(covers("x = 1 // fairlead: ignore[jwt] a test vector\nx = 1\n", 2));
    CHECK_FALSE(covers("# fairlead: ignore[jwt] a test vector\n\nx = 1\n", 3));
}

TEST_CASE("ignore-file covers every line, wherever it stands") {
    CHECK(covers("x = 1\n\n<!-- fairlead: ignore-file[jwt] test vectors -->\n", 1));
    CHECK_FALSE(covers("x = 1\n/* fairlead: ignore-file[jwt] test vectors */\n", 1, "github-pat"));
}

TEST_CASE("the last day of a suppression counts, the next one does not") {
    const std::string text = "# fairlead: ignore[jwt] rotated soon until 2026-03-31\nx = 1\n";
    CHECK(covers(text, 2));
    CHECK_FALSE(covers(text, 2, "jwt", "2026-04-01"));
}

TEST_CASE("a comment without a reason or without rules covers nothing") {
    for (const char* text : {"# fairlead: ignore[jwt]\nx", "# fairlead: ignore[] why\nx", "# fairlead: ignore why\nx",
                             "# fairlead: ignore[jwt\nx", "/* fairlead: ignore[jwt] */\nx",
                             "# fairlead: ignore[jwt] until 2026-03-31\nx"}) {
        INFO(text);
        CHECK_FALSE(covers(text, 2));
    }
}

TEST_CASE("a day that the calendar does not know is refused, and never a part of the reason") {
    for (const char* day : {"9999-99-99", "2026-02-30", "2026-13-01", "2027-1-1", "2027/01/31", "20270131"}) {
        const std::string text = std::string("x # fairlead: ignore[jwt] soon until ") + day + "\n";
        INFO(text);
        CHECK_FALSE(covers(text, 1));
        REQUIRE(find_suppressions(text).size() == 1);
        CHECK(find_suppressions(text)[0].wrong.find(day) != std::string::npos);
    }
    CHECK(covers("x # fairlead: ignore[jwt] soon until 9999-12-31\n", 1));
    for (const auto* day : {"until tomorrow", "until 20-01-01", "UNTIL 2020-01-31x", "until 31.01.2020",
                            "until the release", "until", "until: soon", "until 2030-01-01 or so"})
        CHECK_FALSE(covers(std::string("x # fairlead: ignore[jwt] a sample ") + day + "\n", 1));
    CHECK(covers("x # fairlead: ignore[jwt] soon UNTIL 9999-12-31\n", 1));
    CHECK(covers("x # fairlead: ignore[jwt] an untilled field\n", 1));
}

TEST_CASE("what follows gitleaks:allow is its reason") {
    CHECK(find_suppressions("x = 1 # gitleaks:allow a sample of the docs\n")[0].reason == "a sample of the docs");
    CHECK(find_suppressions("x = 1 /* gitleaks:allow */\n")[0].reason.empty());
}

TEST_CASE("gitleaks:allow covers its own line for any rule") {
    CHECK(covers("x = 1 # gitleaks:allow\n", 1));
    CHECK_FALSE(covers("# gitleaks:allow\nx = 1\n", 2));
}

TEST_CASE("a rule may be named with the prefix of the tool") {
    CHECK(covers("x # fairlead: ignore[scan/jwt] why\n", 1));
}

TEST_CASE("a comment stood there with the line that it covers, or not at all") {
    const Stood stood("a\n# fairlead: ignore[jwt] a sample\nb\nx # fairlead: ignore[jwt] a sample\n");
    const auto counts = [&](const std::vector<std::string>& now) {
        const auto found = find_suppressions(join(now, "\n"));
        REQUIRE(found.size() == 1);
        return stood.has(now, found[0]);
    };
    CHECK(counts({"new", "# fairlead: ignore[jwt] a sample", "b"}));
    CHECK_FALSE(counts({"a", "# fairlead: ignore[jwt] a sample", "c"}));
    CHECK_FALSE(counts({"# fairlead: ignore[jwt] a sample"})); // nothing follows
    CHECK(counts({"x # fairlead: ignore[jwt] a sample", "another one"}));
    CHECK_FALSE(counts({"y # fairlead: ignore[jwt] a sample"}));
    CHECK_FALSE(Stood("").has({"a"}, 1, 1));
    CHECK_FALSE(stood.has({"a"}, 0, 1));
}

TEST_CASE("a comment that is none for its spelling or for want of a rule is a slip, for who asks for slips") {
    for (const char* text :
         {"x # Fairlead: ignore[jwt] why", "x # fairlead:ignore[jwt] why", "x # FAIRLEAD: IGNORE[jwt] why",
          "x # fairlead: ignore why", "x # fairlead: ignore", "x # fairlead: ignore[] why",
          "x # fairlead: ignore[jwt why", "x fairlead-scan # Fairlead: ignore[jwt] why",
          "x # fairlead : ignore-file[jwt] why", "x # fairlead: ignor[jwt] why", "x # fairlead ignore[jwt] why",
          "x # fairlead: ignore-fil[jwt] why"}) {
        INFO(text);
        CHECK(find_suppressions(text).empty());
        const auto slips = find_suppressions(text, Slips::told);
        REQUIRE(slips.size() == 1);
        CHECK_FALSE(slips[0].wrong.empty());
        CHECK(covering(slips, "jwt", 1, 1, "2026-03-31") == nullptr);
        CHECK(wrong_one(slips, "jwt", 1, 1, "2026-03-31") != nullptr);
    }
    for (const char* text : {"fairlead: ignored files are listed", "fairlead ignores it",
                             "fairlead: scan, ignore[jwt] x", "fairlead-scan[jwt] x", "fairlead: rules[jwt] x"})
        CHECK(find_suppressions(text, Slips::told).empty());
    CHECK(find_suppressions("x # fairlead: ignore[jwt] why", Slips::told).size() == 1);
}

TEST_CASE("a comment whose last day is over would cover, and says why it doesn't") {
    const auto found = find_suppressions("x # fairlead: ignore[jwt] soon until 2026-03-31\n");
    CHECK(wrong_one(found, "jwt", 1, 1, "2026-03-31") == nullptr);
    const auto* over = wrong_one(found, "jwt", 1, 1, "2026-04-01");
    REQUIRE(over != nullptr);
    CHECK(why_not(*over, "2026-04-01") == "its last day was 2026-03-31");
}

TEST_CASE("a day behind a word that was meant for until makes the comment wrong, as a wrong day does") {
    for (const char* slip : {"untill 2020-01-01", "til 2020-01-01", "expires 2020-01-01", "(bis: 01.01.2020)",
                             "unitl 2020-01-01.", "valid 2020/01/01"}) {
        INFO(slip);
        const auto found = find_suppressions("x # fairlead: ignore[jwt] we know, " + std::string(slip) + "\n");
        REQUIRE(found.size() == 1);
        CHECK(found[0].wrong.find("is not after the word until") != std::string::npos);
        CHECK(covering(found, "jwt", 1, 1, "2019-01-01") == nullptr);
    }
    for (const char* reason : {"mended upstream on 2020-01-01", "a sample of 2020-01-01", "valid 1.2", "2020-01-01"})
        CHECK(covers("x # fairlead: ignore[jwt] " + std::string(reason) + "\n", 1));
}

TEST_CASE("no comment silences every rule by a star") {
    const auto found = find_suppressions("x # fairlead: ignore[*] all of it\n");
    REQUIRE(found.size() == 1);
    CHECK(found[0].wrong == "'*' is not a rule; name each rule");
}
