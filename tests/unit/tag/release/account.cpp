#include "tag/release/account.h"
#include "base/text.h"
#include "support/catch.h"
#include "unit/tag/support.h"
#include <algorithm>
#include <fmt/format.h>
#include <random>

using namespace fairlead;
using namespace fairlead::tag;
using fairlead::tag::test::types;

namespace {

const WebLinks links{"https://github.com/acme/shop", Host::github};

// "id parent…" with a message, newest first.
struct GraphRow {
    std::string graph, text;
    bool by_host = false, own = true, undone = false;
    std::string author = "Ada";
};

std::vector<LogCommit> history(const std::vector<GraphRow>& rows) {
    std::vector<LogCommit> commits;
    for (const auto& row : rows) {
        auto ids = split(row.graph, ' ');
        const Person author{row.author, "", lower(row.author), row.author.ends_with("[bot]")};
        commits.push_back({ids[0], {ids.begin() + 1, ids.end()}, row.text, {author}, row.by_host, row.own, row.undone});
    }
    return commits;
}

// "Section: description (#12) [ids]" or "-reason [ids]", newest first.
std::string told(const std::vector<GraphRow>& rows, const CommitTypes& table = types()) {
    const auto commits = history(rows);
    std::string text;
    for (const auto& change : account_for(commits, table, links)) {
        std::vector<std::string> ids;
        for (const auto commit : change.commits) ids.push_back(commits[commit].id);
        const auto pull = change.pull_request ? " #" + change.pull_request->number : "";
        text += change.left_out.empty() ? fmt::format("{}{}: {}{}", change.breaking ? "!" : "", change.section,
                                                      change.message.description, pull)
                                        : "-" + change.left_out;
        text += fmt::format(" [{}]\n", join(ids, " "));
    }
    return text;
}

std::string told(const std::string& message) { return told({GraphRow{"a", message}}); }

}

TEST_CASE("sections from the table, the rest in other changes, the house left out") {
    CHECK(told("feat: a") == "Features: a [a]\n");
    CHECK(told("fix(ui): a (#7)") == "Fixes: a #7 [a]\n");
    CHECK(told("Improve it") == "Other changes: Improve it [a]\n");
    CHECK(told("wip: a") == "Other changes: a [a]\n");
    CHECK(told("chore: a") == "-chore [a]\n");
    CHECK(told("docs(api): a") == "-docs [a]\n");
    CHECK(told("chore!: a") == "!: a [a]\n");
    CHECK(told("chore: a\n\nBREAKING CHANGE: b") == "!: a [a]\n");
    CHECK(told("Bump version to 1.2.3") == "-release [a]\n");
    CHECK(told("chore(release): 1.2.3") == "-release [a]\n");
    CHECK(told("fix: version 2.0") == "Fixes: version 2.0 [a]\n");
    CHECK(told("Revert \"a\" (#9)\n\nThis reverts commit 0123456.") == "Reverts: Revert \"a\" #9 [a]\n");
    CHECK(told("Rework it (#9)\n\n* one\n* This reverts commit 0123456.") == "Other changes: Rework it #9 [a]\n");
    CHECK(told("Revert \"a\" (#9)") == "Reverts: Revert \"a\" #9 [a]\n");
}

TEST_CASE("what a bot does is left out, unless its type has a row") {
    CHECK(told({{"a", "Bump x from 1 to 2 (#7)", false, true, false, "dependabot[bot]"}}) ==
          "-by dependabot[bot] [a]\n");
    CHECK(told({{"a", "fix(deps): x (#7)", false, true, false, "dependabot[bot]"}}) == "Fixes: x #7 [a]\n");
}

TEST_CASE("the project's own table says what is seen") {
    const auto table = CommitTypes::of_rows({{"docs", "", {}, "Documentation", {}}, {"fix", "deps", {}, "", {}}});
    REQUIRE(table.ok());
    CHECK(told({{"a b", "docs: a"}, {"b c", "fix(deps): b"}, {"c", "chore: c"}}, table.value()) ==
          "Documentation: a [a]\n-fix [b]\n-chore [c]\n");
    const auto all = CommitTypes::of_rows({{"*", "", {}, "Everything", {}}});
    REQUIRE(all.ok());
    CHECK(told({{"a", "chore: a"}}, all.value()) == "Everything: a [a]\n");
}

TEST_CASE("a merge's commits are accounted for under their pull request") {
    const std::string merge = "Merge pull request #12 from ada/door\n\n";
    const std::vector<GraphRow> side = {
        {"c d", "main goes on"}, {"b a", "fix: hinge"}, {"a d", "feat: door"}, {"d", "old"}};
    const auto merged = [&](const std::string& title) {
        auto rows = side;
        rows.insert(rows.begin(), {"m c b", title});
        return told(rows);
    };
    const std::string rest = "Other changes: main goes on [c]\nOther changes: old [d]\n";
    CHECK(merged(merge + "A new door") == "Features: A new door #12 [a b m]\n" + rest);
    CHECK(merged(merge + "fix: a door") == "Fixes: a door #12 [a b m]\n" + rest);
    CHECK(merged(merge + "docs: a door") == "Features: a door #12 [a b m]\n" + rest);
    CHECK(merged(merge) == "Features: door #12 [a b m]\n" + rest);
    CHECK(merged("Merge branch 'door'") == "-merge [m]\nOther changes: main goes on [c]\nFixes: hinge [b]\nFeatures: "
                                           "door [a]\nOther changes: old [d]\n");
    CHECK(merged("feat: whole door") == "Features: whole door [m]\nOther changes: main goes on [c]\nFixes: hinge "
                                        "[b]\nFeatures: door [a]\nOther changes: old [d]\n");
    CHECK(
        merged("Merge pull request #12 from acme/develop\n\nRelease it") ==
        "-merge [m]\nOther changes: main goes on [c]\nFixes: hinge [b]\nFeatures: door [a]\nOther changes: old [d]\n");
}

TEST_CASE("a branch into which the main one was merged, and pull requests within pull requests") {
    CHECK(told({{"m c b", "Merge pull request #12 from a/b\n\nfeat: door"},
                {"b a c", "Merge branch 'main' into door"},
                {"c d", "fix: main"},
                {"a d", "wip (#3)"},
                {"d", "old"}}) == "Features: door #12 [a b m]\nFixes: main [c]\nOther changes: old [d]\n");
    CHECK(told({{"m d n", "Merge pull request #12 from a/b\n\nfeat: door"},
                {"n a b", "Merge pull request #13 from a/c\n\nfix: hinge"},
                {"b a", "b"},
                {"a d", "feat: squashed there (#14)", true},
                {"d", "old"}}) ==
          "Features: door #12 [m]\nFixes: hinge #13 [b n]\nFeatures: squashed there #14 [a]\nOther changes: old [d]\n");
}

TEST_CASE("one entry for a pull request, and for what is said twice") {
    CHECK(told({{"a b", "feat: door (#12)"}, {"b c", "feat: door (#12)"}, {"c", "fix: x (#12)"}}) ==
          "Features: door #12 [b a]\nFixes: x #12 [c]\n");
    CHECK(told({{"a b", "Update it"}, {"b c", "Update it"}, {"c", "Update it", false, true, false, "Bob"}}) ==
          "Other changes: Update it [b a]\nOther changes: Update it [c]\n");
}

TEST_CASE("reverted pairs are left out, other components are not counted") {
    CHECK(told({{"a b", "Revert b\n\nThis reverts commit b.", false, true, true},
                {"b c", "feat: b", false, true, true},
                {"c d", "feat: other", false, false},
                {"d", "fix: d"}}) == "-reverted [a]\n-reverted [b]\nFixes: d [d]\n");
}

TEST_CASE("breaking notes of all its commits stand at a pull request") {
    const auto commits = history({{"m b a", "Merge pull request #12 from a/b\n\nA door"},
                                  {"a b", "feat!: one\n\nBREAKING CHANGE: keys moved"},
                                  {"b", "old"}});
    const auto changes = account_for(commits, types(), links);
    REQUIRE(changes.size() == 2);
    CHECK(changes[0].breaking);
    CHECK(changes[0].notes == std::vector<std::string>{"keys moved"});
    CHECK(changes[0].section == "Features");
}

TEST_CASE("who merged is not who made it, and a bot is named only where nobody else is") {
    const auto commits = history({{"m b a", "Merge pull request #12 from a/b\n\nA door", true, true, false, "Boss"},
                                  {"a c", "feat: one", false, true, false, "Eve"},
                                  {"c b", "bump", false, true, false, "renovate[bot]"},
                                  {"b", "old"}});
    const auto changes = account_for(commits, types(), links);
    REQUIRE(changes[0].people.size() == 1);
    CHECK(changes[0].people[0].name == "Eve");
}

TEST_CASE("of random histories each commit is in exactly one change") {
    const std::vector<std::string> texts = {
        "feat: a",       "fix: b (#3)",      "chore: c",
        "text",          "Merge branch 'x'", "Merge pull request #4 from a/b\n\nfeat: d",
        "feat!: e (#5)", "text (#6)",        "Merge pull request #7 from acme/develop\n\nrelease",
        "v1.2.3"};
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        const auto size = 1 + random() % 40;
        std::vector<GraphRow> rows;
        for (std::size_t i = 0; i < size; ++i) {
            GraphRow row{fmt::format("c{}", i), texts[random() % texts.size()], random() % 4 == 0};
            // Its own line first, so that all are behind the newest; merges of anything older.
            for (std::size_t parents = 1 + random() % 3, at = i + 1; parents > 0 && at < size; --parents) {
                row.graph += fmt::format(" c{}", at);
                at += 1 + random() % 5;
            }
            if (random() % 9 == 0) row.own = false;
            if (random() % 9 == 0) row.undone = row.own;
            rows.push_back(row);
        }
        const auto commits = history(rows);
        std::vector<std::size_t> seen;
        for (const auto& change : account_for(commits, types(), links)) {
            CHECK_FALSE(change.commits.empty());
            seen.insert(seen.end(), change.commits.begin(), change.commits.end());
        }
        std::sort(seen.begin(), seen.end());
        std::vector<std::size_t> own;
        for (std::size_t i = 0; i < size; ++i)
            if (commits[i].own) own.push_back(i);
        CHECK(seen == own);
    }
}
