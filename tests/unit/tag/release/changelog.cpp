#include "tag/release/changelog.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;
using fairlead::tag::test::types;

namespace {

const WebLinks shop{"https://github.com/acme/shop", Host::github};

Log log_of(const std::vector<std::string>& texts, const std::string& previous = "v1.0.0") {
    Log log;
    log.previous = previous;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const auto id = [](std::size_t number) { return std::string(39, 'a') + static_cast<char>('0' + number); };
        log.commits.push_back({id(i), {id(i + 1)}, texts[i], {{"Ada_L", "", "ada@example.org", false}}});
    }
    log.changes = account_for(log.commits, types(), shop);
    return log;
}

std::string written(const Log& log, Style style = Style::markdown, const WebLinks& links = shop) {
    return changelog({"v2.0.0", "v2.0.0", links, "2024-02-29"}, log, types(), style);
}

}

TEST_CASE("a changelog begins with what breaks, groups the rest by type and says what it leaves out") {
    const auto log =
        log_of({"feat(ui): <b>new</b> door (#12)", "fix!: lock", "docs: x", "fix: y\n\nBREAKING CHANGE: keys",
                "whatever", "perf: - [x] @all", "perf: 1. one", "chore: z", "chore: w"});
    CHECK(
        written(log) ==
        "## [v2.0.0](https://github.com/acme/shop/compare/v1.0.0...v2.0.0) - 2024-02-29\n\n"
        "### Breaking changes\n\n"
        "- lock ([aaaaaaa](https://github.com/acme/shop/commit/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1)) by Ada\\_L\n"
        "- keys ([aaaaaaa](https://github.com/acme/shop/commit/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa3)) by Ada\\_L\n"
        "\n### Features\n\n"
        "- **ui:** &lt;b&gt;new&lt;/b&gt; door ([#12](https://github.com/acme/shop/issues/12)) by Ada\\_L\n"
        "\n### Fixes\n\n"
        "- y ([aaaaaaa](https://github.com/acme/shop/commit/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa3)) by Ada\\_L\n"
        "\n### Performance\n\n"
        "- \\- \\[x\\] @&#8203;all "
        "([aaaaaaa](https://github.com/acme/shop/commit/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa5)) by Ada\\_L\n"
        "- 1\\. one ([aaaaaaa](https://github.com/acme/shop/commit/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa6)) by "
        "Ada\\_L\n"
        "\n### Other changes\n\n"
        "- whatever ([aaaaaaa](https://github.com/acme/shop/commit/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa4)) by "
        "Ada\\_L\n"
        "\nLeft out: 3 commits (2 chore, 1 docs)\n");
}

TEST_CASE("a changelog as plain text has neither links nor escapes") {
    auto log = log_of({"feat(ui): `new` <door> (#12)", "chore: z"});
    log.changes[0].people = {{"Ada L", "ada", "a@b", false}, {"bot[bot]", "bot[bot]", "c@d", true}};
    log.newcomers = {{log.changes[0].people[0], 0}};
    CHECK(written(log, Style::plain) ==
          "v2.0.0 - 2024-02-29\n\nFeatures:\n- ui: `new` <door> (#12) by @ada and bot[bot]\n\n"
          "New contributors:\n- @ada in #12\n\nLeft out: 1 commit (1 chore)\n");
}

TEST_CASE("only GitHub's people are mentioned, on GitHub") {
    auto log = log_of({"feat: a"});
    log.changes[0].people = {{"Ada", "ada", "a@b", false}};
    CHECK(written(log).find(") by @ada\n") != std::string::npos);
    CHECK(written(log, Style::markdown, {"https://gitlab.com/a/b", Host::gitlab}).find(") by Ada\n") !=
          std::string::npos);
    CHECK(written(log, Style::markdown, {}).find("- a (aaaaaaa) by Ada\n") != std::string::npos);
    log.changes[0].people = {{"A", "", "a"}, {"B", "", "b"}, {"C", "", "c"}, {"D", "", "d"}, {"E", "", "e"}};
    CHECK(written(log).find(") by A, B, C and 2 others\n") != std::string::npos);
}

TEST_CASE("an empty range says so, and a range of housekeeping too") {
    const auto links = WebLinks{};
    CHECK(written(log_of({}), Style::plain, links) == "v2.0.0 - 2024-02-29\n\nNo changes.\n");
    CHECK(written(log_of({"ci: a"}), Style::plain, links) ==
          "v2.0.0 - 2024-02-29\n\nNo notable changes.\n\nLeft out: 1 commit (1 ci)\n");
}

TEST_CASE("what there is nothing beside is not called other, and nobody is named where no name is known") {
    auto log = log_of({"whatever"});
    log.changes[0].people = {{"", "", "a@b", false}};
    CHECK(written(log, Style::plain) == "v2.0.0 - 2024-02-29\n\nChanges:\n- whatever (aaaaaaa)\n");
}

TEST_CASE("a title is no markup either") {
    ChangelogWanted wanted{"v2](x)<i>", "v2](x)<i>", shop, "2024-02-29"};
    CHECK(changelog(wanted, log_of({}), types(), Style::markdown) ==
          "## [v2\\](x)&lt;i&gt;](https://github.com/acme/shop/compare/v1.0.0...v2%5D%28x%29%3Ci%3E) - 2024-02-29\n\n"
          "No changes.\n");
}

TEST_CASE("the account as data adds up and holds no address") {
    const auto json = account_json(log_of({"feat: a (#12)", "chore: b", "text", "docs: c"}), shop);
    CHECK(json["commits"] == 4);
    CHECK(json["accounted"] == sys::Json{{"listed", 2}, {"left_out", 2}});
    CHECK(json["entries"].size() == 2);
    CHECK(json["entries"][0]["pull_request"] == "12");
    CHECK(json["entries"][0]["url"] == "https://github.com/acme/shop/issues/12");
    CHECK(json["left_out"]["chore"].size() == 1);
    CHECK(json.dump().find("example.org") == std::string::npos);
    auto log = log_of({"feat: a"});
    log.newcomers_known = false;
    CHECK_FALSE(account_json(log, shop).contains("new_contributors"));
}
