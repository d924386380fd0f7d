#include "tag/version/past_releases.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;
using tag::test::Scratch;

namespace {

PastRelease release(const std::string& before, const std::string& version, const std::vector<std::string>& subjects) {
    PastRelease one{"v" + version, parse_semver(before).value(), parse_semver(version).value(), {}};
    for (const auto& subject : subjects) one.commits.push_back(parse_message(subject));
    return one;
}

std::string rows_of(const TypesFound& found) {
    std::string text;
    for (const auto& row : found.rows)
        text += row.type + (row.scope.empty() ? "" : "(" + row.scope + ")") +
                (row.level ? " " + std::string(name_of(*row.level)) : "") +
                (row.breaking ? " breaking " + std::string(name_of(*row.breaking)) : "") + "; ";
    return text;
}

}

TEST_CASE("rows explain releases by hand: those of house work, features as patches, breaking in 0.x") {
    auto found = types_that_explain({release("1.1.1", "1.1.2", {"docs: a"}), release("1.1.0", "1.1.1", {"chore: b"}),
                                     release("1.0.0", "1.1.0", {"feat: c", "chore: d"})});
    CHECK(rows_of(found) == "* patch; ");
    CHECK(found.releases == 3);
    CHECK(found.by_default == 1);
    CHECK(found.by_rows == 3);
    found = types_that_explain({release("1.0.1", "1.0.2", {"feat: a"}), release("1.0.0", "1.0.1", {"feat: b"}),
                                release("0.9.9", "1.0.0", {"feat!: c"})});
    CHECK(rows_of(found) == "feat patch; ");
    found = types_that_explain({release("0.2.0", "0.3.0", {"feat!: a"}), release("0.1.1", "0.2.0", {"fix!: b"}),
                                release("0.1.0", "0.1.1", {"feat: c"})});
    CHECK(found.hold_major);
    CHECK(found.rows.empty());
    found = types_that_explain({release("2.1.0", "2.2.0", {"feat!: a"}), release("2.0.1", "2.1.0", {"fix!: b"}),
                                release("2.0.0", "2.0.1", {"fix: c"})});
    CHECK(rows_of(found) == "* breaking minor; ");
    found = types_that_explain({release("2.0.3", "3.0.0", {"breaking: a"}), release("2.0.2", "2.0.3", {"fix: b"}),
                                release("1.4.0", "2.0.0", {"breaking: c", "fix: d"})});
    CHECK(rows_of(found) == "breaking major; ");
    found = types_that_explain({release("1.4.0", "2.0.0", {"docs: d", "ci(travis): e"}),
                                release("0.4.0", "1.0.0", {"docs: f", "ci(travis): g"})});
    CHECK(found.rows.empty()); // majors by hand
}

TEST_CASE("one release is no reason for a row, and what the defaults explain wants none") {
    auto found = types_that_explain({release("1.0.1", "1.0.2", {"docs: a"}), release("1.0.0", "1.0.1", {"fix: b"})});
    CHECK(found.rows.empty());
    CHECK(found.by_rows == 1);
    found = types_that_explain({release("1.0.0", "3.0.0", {"fix: b"}), release("0.9.0", "1.0.0", {"fix: b"})});
    CHECK(found.rows.empty());
    CHECK(types_that_explain({}).rows.empty());
}

TEST_CASE("past releases are read from the history, the newest first, without what a footer asked for") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v1.0.0"});
    for (const auto* version : {"v1.0.1", "v1.0.2"}) {
        scratch.commit("docs: b");
        scratch.commit("docs: c");
        scratch.git({"tag", version});
    }
    scratch.git({"tag", "v1.1.0-rc.1"});
    scratch.commit("fix: d\n\nRelease-As: 4.0.0");
    scratch.git({"tag", "v4.0.0"});
    Checkout checkout(scratch.path());
    const auto read = past_releases(checkout, 50);
    REQUIRE(read.ok());
    REQUIRE(read->size() == 2);
    CHECK(read->front().tag == "v1.0.2");
    CHECK(read->front().before.text() == "1.0.1");
    CHECK(read->front().commits.size() == 1); // of one kind
    const auto past = past_versions(scratch.path());
    CHECK(past.section == "\ntag: # read from the last 2 releases: 2 come out so, 0 by the defaults\n  types:\n"
                          "    - {type: \"*\", level: patch}\n");
    CHECK(past.told.find("2 releases") != past.told.npos);
    CHECK(past_versions("/").section.empty());
}

TEST_CASE("what a breaking change asks for may stand in a row") {
    const auto types =
        CommitTypes::of_rows({{"feat", "", {}, {}, {}, Level::none}, {"*", "", {}, {}, {}, Level::minor}});
    REQUIRE(types.ok());
    CHECK(types->level_of(parse_message("feat!: a")) == Level::minor); // as without the mark
    CHECK(types->level_of(parse_message("fix!: a")) == Level::minor);
    CHECK(types->level_of(parse_message("chore!: a")) == Level::minor);
    CHECK(types->level_of(parse_message("fix: a")) == Level::patch);
    CHECK(CommitTypes().level_of(parse_message("chore!: a")) == Level::major);
}
