#include "tag/version/commit_types.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;

namespace {

CommitTypes table(const std::vector<WrittenType>& rows) {
    auto types = CommitTypes::of_rows(rows);
    REQUIRE(types.ok());
    return std::move(types).value();
}

Level level(const CommitTypes& types, std::string_view message) { return types.of(parse_message(message)).level; }
std::string section(const CommitTypes& types, std::string_view message) {
    return types.of(parse_message(message)).section;
}

std::string refused(const std::vector<WrittenType>& rows) {
    const auto types = CommitTypes::of_rows(rows);
    return types.ok() ? "" : types.error().message;
}

}

TEST_CASE("without rows the types mean what they always did") {
    const CommitTypes types;
    CHECK(level(types, "feat: a") == Level::minor);
    CHECK(level(types, "FIX(api): a") == Level::patch);
    CHECK(level(types, "perf: a") == Level::patch);
    CHECK(level(types, "revert: a") == Level::patch);
    CHECK(level(types, "chore: a") == Level::none);
    CHECK(level(types, "Tidy up") == Level::none);
    CHECK(level(types, "Revert \"x\"\n\nThis reverts commit 0123456789.\n") == Level::patch);
    CHECK(level(types, "chore: a squash\n\nThis reverts commit 0123456789.\n") == Level::none);
    CHECK(level(types, "chore: Revert \"feat: a\"\n\nThis reverts commit 0123456789.\n") == Level::patch);
    CHECK(section(types, "feat: a") == "Features");
    CHECK(section(types, "Tidy up") == "Other changes");
    CHECK(section(types, "Revert \"x\"\n\nThis reverts commit 0123456789.\n") == "Reverts");
}

TEST_CASE("a given row counts before the defaults, the row for the rest behind them") {
    const auto types = table({{"*", "", Level::patch, {}, {}}, {"build", "", Level::minor, "Build", {}}});
    CHECK(level(types, "build: a") == Level::minor);
    CHECK(level(types, "feat: a") == Level::minor);
    CHECK(level(types, "Tidy up") == Level::patch);
    CHECK(level(types, "docs: a") == Level::patch);
    CHECK(types.rows().front().section == "Build");
    CHECK(types.rows().back().type == "*");
}

TEST_CASE("a scope is a glob, and a row without one is for every scope") {
    const auto types = table({{"fix", "deps*", Level::none, {}, {}},
                              {"*", "internal", Level::none, {}, {}},
                              {"Fix", "", Level::minor, {}, {}}});
    CHECK(level(types, "fix(deps-dev): a") == Level::none);
    CHECK(level(types, "fix(DEPS): a") == Level::none);
    CHECK(level(types, "fix(internal): a") == Level::none);
    CHECK(level(types, "fix(api): a") == Level::minor);
    CHECK(level(types, "feat(internal): a") == Level::none);
    CHECK(level(types, "feat: a") == Level::minor);
}

TEST_CASE("what a row leaves out is as the rows behind it have it") {
    const auto types = table({{"fix", "deps", Level::none, {}, {}},
                              {"feat", "", {}, "New", {}},
                              {"fix", "", {}, "Repairs", {}},
                              {"docs", "", Level::patch, "", {}}});
    CHECK(section(types, "fix(deps): a") == "Repairs");
    CHECK(level(types, "fix: a") == Level::patch);
    CHECK(level(types, "feat: a") == Level::minor);
    CHECK(section(types, "feat: a") == "New");
    CHECK(section(types, "docs: a").empty());
    CHECK(section(types, "ci: a") == "Other changes");
}

TEST_CASE("rows that come twice or never count are refused") {
    CHECK(refused({{"fix", "", {}, {}, {}}, {"FIX", "*", {}, {}, {}}}) ==
          "type 'fix' comes twice; keep one of the rows");
    CHECK(refused({{"fix", "", {}, {}, {}}, {"fix", "deps", {}, {}, {}}}) ==
          "type 'fix(deps)' never counts, since 'fix' stands before it; move it up");
    CHECK(refused({{"*", "deps", {}, {}, {}}, {"fix", "deps", {}, {}, {}}}) ==
          "type 'fix(deps)' never counts, since '*(deps)' stands before it; move it up");
    CHECK(refused({{"*", "", {}, "x", {}}, {"*", "*", {}, "x", {}}}) == "type '*' comes twice; keep one of the rows");
    CHECK(refused({{"*", "", {}, "x", {}}, {"fix", "", {}, {}, {}}}).empty());
    CHECK_FALSE(refused({{"", "", {}, {}, {}}}).empty());
    CHECK_FALSE(parse_level("huge").ok());
}

TEST_CASE("a row that no commit fits, or that changes nothing, is refused") {
    CHECK(refused({{"b*", "", Level::patch, {}, {}}}).starts_with("type 'b*' is not a word"));
    CHECK(refused({{"bu ild", "", Level::patch, {}, {}}}).starts_with("type 'bu ild' is not a word"));
    CHECK(refused({{"build!", "", Level::patch, {}, {}}}).starts_with("type 'build!' is not a word"));
    CHECK(refused({{"build-2_x", "", Level::patch, {}, {}}}).empty());
    CHECK(refused({{"build", "[", Level::patch, {}, {}}}).starts_with("glob '[' has a '[' that is not closed"));
    CHECK(refused({{"build", "", {}, "  ", {}}}).starts_with("the section of type 'build' is blank"));
    CHECK(refused({{"build", "", {}, "", {}}}).empty());
    CHECK(refused({{"*", "", {}, {}, {}}})
              .starts_with("a row for type '*' changes nothing unless it sets level, breaking or section"));
    CHECK(refused({{"*", "api", {}, {}, {}}}).empty());
    CHECK(refused({{"*", "", {}, "", {}}}).empty());
}

TEST_CASE("a row takes over from the defaults of its type, not from the rest that stands behind it in the file") {
    const auto types = CommitTypes::of_rows({{"feat", "", {}, "New", {}}, {"*", "", Level::patch, {}, {}}});
    REQUIRE(types.ok());
    CHECK(types->of(parse_message("feat: a")).level == Level::minor);
    CHECK(types->of(parse_message("feat: a")).section == "New");
    CHECK(types->of(parse_message("docs: a")).level == Level::patch);
}

TEST_CASE("what only says that there is a release") {
    for (const auto* release :
         {"Release 1.2.3", "v5.0.12", "Bump version to 12.1.0", "Version Packages", "[Release] v1.7.0",
          "Add v3.0.3 changelog", "release version 3.1.2 🚀", "Update changelog", "start version 3.2.0", "api@2.0.0"})
        CHECK(names_release(release));
    for (const auto* other : {"Bump fmt to 9.1.0", "Add a version flag", "", "fix", "bump", "Update README.md",
                              "Support Python 3.13", "drop the release of 1.2 from CI"})
        CHECK_FALSE(names_release(other));
}
