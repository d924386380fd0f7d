#include "tag/release/log.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;
using fairlead::tag::test::types;
using tag::test::Scratch;

namespace {

Log log_from(const Scratch& scratch, const std::string& from = {}, const Component& component = {},
             const std::string& folder = {}) {
    Checkout checkout(folder.empty() ? scratch.path() : folder);
    const LogWanted wanted{scratch.git({"rev-parse", "HEAD"}), from, {}, component, types(), {}};
    auto log = read_log(wanted, checkout);
    INFO((log.ok() ? "" : log.error().message));
    REQUIRE(log.ok());
    return std::move(log).value();
}

void commit_as(const Scratch& scratch, const std::string& author, const std::string& message) {
    scratch.git({"commit", "--quiet", "--allow-empty", "--author", author, "-m", message});
}

std::string new_in(const Log& log) {
    std::string names;
    for (const auto& newcomer : log.newcomers) names += newcomer.person.name + ";";
    return names;
}

}

TEST_CASE("who has no commit behind the base is new, whatever address was used") {
    const Scratch scratch;
    commit_as(scratch, "Ada L <ada@example.org>", "feat: a");
    commit_as(scratch, "Bob <bob@old.example>", "feat: b\n\nCo-authored-by: Eve <eve@example.org>");
    REQUIRE(sys::write_file(scratch.path() + "/.mailmap", "Bob <bob@example.org> <bob@old.example>\n").ok());
    scratch.git({"add", "."});
    scratch.git({"commit", "--quiet", "-m", "chore: people"});
    scratch.git({"tag", "v1.0.0"});
    commit_as(scratch, "Ada L <1+ada@users.noreply.github.com>", "fix: by name");
    commit_as(scratch, "Robert <BOB@example.org>", "fix: by address");
    commit_as(scratch, "Eve <eve@example.org>", "fix: was a co-author");
    CHECK(new_in(log_from(scratch)).empty());
    commit_as(scratch, "Zoe <zoe@example.org>", "docs: a word\n\nCo-authored-by: Yan <yan@example.org>");
    commit_as(scratch, "dependabot[bot] <d@example.org>", "Bump x");
    commit_as(scratch, "Tim <tim@example.org>", "fix: t");
    commit_as(scratch, "Zoe <zoe@example.org>", "fix: z");
    const auto log = log_from(scratch);
    CHECK(new_in(log) == "Zoe;Tim;");
    CHECK(log.changes[log.newcomers[0].change].message.description == "a word");
    CHECK(new_in(log_from(scratch, "HEAD~1")).empty());
    scratch.git({"tag", "-d", "v1.0.0"});
    CHECK(new_in(log_from(scratch)).empty()); // of a first release everybody would be
}

TEST_CASE("whoever's only change was taken back is not greeted") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v1.0.0"});
    commit_as(scratch, "Zoe <zoe@example.org>", "fix: z");
    const auto id = scratch.git({"rev-parse", "HEAD"});
    scratch.commit("Revert \"fix: z\"\n\nThis reverts commit " + id + ".");
    const auto log = log_from(scratch);
    CHECK(new_in(log).empty());
    CHECK(log.own() == 2);
    CHECK(log.changes[0].left_out == "reverted");
    CHECK(log.changes[1].left_out == "reverted");
}

TEST_CASE("a component's log counts its commits only") {
    const Scratch scratch;
    scratch.commit("feat: a", "api/a");
    scratch.git({"tag", "api/v1.0.0"});
    scratch.commit("feat: b", "web/b");
    scratch.commit("fix: c", "api/c");
    const auto log = log_from(scratch, {}, {"api/v", {"api/**"}, {}, {}, {}});
    CHECK(log.previous == "api/v1.0.0");
    CHECK(log.commits.size() == 2);
    CHECK(log.own() == 1);
    REQUIRE(log.changes.size() == 1);
    CHECK(log.changes[0].message.description == "c");
}

TEST_CASE("where the history behind the base is cut, who is new is not known") {
    const Scratch scratch;
    for (const auto* text : {"feat: a", "feat: b", "feat: c"}) scratch.commit(text);
    auto folder = sys::TemporaryFolder::make("fairlead clone");
    REQUIRE(folder.ok());
    const auto clone = (folder.value().path() / "c").string();
    scratch.git({"clone", "--quiet", "--depth=2", "file://" + scratch.path(), clone});
    const auto log = log_from(scratch, scratch.git({"rev-parse", "HEAD~1"}), {}, clone);
    CHECK(log.own() == 1);
    CHECK_FALSE(log.newcomers_known);
}
