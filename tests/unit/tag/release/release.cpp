#include "tag/version/commit_range.h"
#include "tag/version/next_version.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;
using tag::test::Scratch;

namespace {

std::string next(const Scratch& scratch, NextWanted wanted = {}) {
    Checkout checkout(scratch.path());
    const auto version = next_version(wanted, checkout);
    if (!version.ok())
        return "error " + std::to_string(static_cast<int>(version.error().kind)) + ": " + version.error().message;
    const auto& v = version.value();
    return v.version + " " + std::string(name_of(v.level)) + " " + (v.changed ? "changed" : "same");
}

NextWanted in_channel(const std::string& channel) {
    NextWanted wanted;
    wanted.channel = channel;
    return wanted;
}

}

TEST_CASE("a commit message is read as Conventional Commits say") {
    const auto full =
        parse_message("Feat(Api)!: new door \r\n\r\nbody\r\n\r\nReviewed-by: Z\r\nRefs #12\r\nRelease-As: 2.0.0\n");
    CHECK(full.conventional);
    CHECK(full.type == "feat");
    CHECK(full.scope == "Api");
    CHECK(full.breaking);
    CHECK(full.description == "new door");
    CHECK(full.release_as == "2.0.0");
    const auto footer = parse_message("fix: x\n\nBREAKING CHANGE: the key\nmoved\n\nmore");
    CHECK(footer.breaking);
    CHECK(footer.breaking_note == "the key moved");
    CHECK_FALSE(parse_message("fix: x\n\nbreaking change: no").breaking);
    CHECK_FALSE(parse_message("fix: x\n\nsee\nBREAKING CHANGE footers").breaking);
    CHECK_FALSE(parse_message("fix: x\n\n    BREAKING CHANGE: quoted").breaking);
    CHECK(parse_message("fix: x\n\ntext\nBREAKING CHANGE: y").breaking_note == "y");
    CHECK(parse_message("fix: x\n\nBREAKING CHANGE:\ny\nz\nRefs: 1").breaking_note == "y z");
    CHECK(parse_message("Merge x\n\n* feat: a\n\n* BREAKING CHANGE: y\n\nBREAKING-CHANGE: z").breaking_note == "y z");
    CHECK_FALSE(parse_message("fix: x\nBREAKING CHANGE: directly below is the header's").breaking);
    CHECK(parse_message("x\n\nBREAKING-CHANGE: y").breaking);
    CHECK(parse_message("Revert \"feat: x\"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.\n")
              .reverts == std::vector<std::string>{"0123456789abcdef0123456789abcdef01234567"});
    for (const auto* text :
         {"", "fix x", "fix:x", "fix : x", "(a): x", "fix(): x", "fix(a: x", "fix: ", "Merge branch 'x'"})
        CHECK_FALSE(parse_message(text).conventional);
}

TEST_CASE("the level is the highest that any commit asks for") {
    CHECK(level_of({}, parse_message("fix: a"), false) == Level::patch);
    CHECK(level_of({}, parse_message("perf: a"), false) == Level::patch);
    CHECK(level_of({}, parse_message("feat: a"), false) == Level::minor);
    CHECK(level_of({}, parse_message("chore!: a"), false) == Level::major);
    CHECK(level_of({}, parse_message("docs: a"), false) == Level::none);
    CHECK(level_of({}, parse_message("feat!: a"), true) == Level::minor);
    CHECK(level_of({}, parse_message("feat: a"), true) == Level::patch);
}

TEST_CASE("the next version follows from the commits since the highest tag behind HEAD") {
    const Scratch scratch;
    scratch.commit("chore: begin");
    CHECK(next(scratch) == "0.1.0 none changed");
    scratch.git({"tag", "v1.2.3"});
    scratch.git({"tag", "v1.2.4-rc.1"});
    scratch.git({"tag", "other/v9.0.0"});
    CHECK(next(scratch) == "1.2.3 none same");
    scratch.commit("docs: x");
    CHECK(next(scratch) == "1.2.3 none same");
    scratch.commit("fix: x");
    CHECK(next(scratch) == "1.2.4 patch changed");
    const auto feature = scratch.commit("feat: y", "y");
    CHECK(next(scratch) == "1.3.0 minor changed");
    scratch.commit("Revert \"feat: y\"\n\nThis reverts commit " + feature + ".");
    CHECK(next(scratch) == "1.2.4 patch changed");
    scratch.commit("refactor!: z");
    CHECK(next(scratch) == "2.0.0 major changed");
    scratch.commit("chore: release\n\nRelease-As: 5.0.0");
    CHECK(next(scratch) == "5.0.0 major changed");
    scratch.git({"tag", "-a", "-m", "r", "v5.0.0"});
    CHECK(next(scratch) == "5.0.0 none same");
    scratch.git({"tag", "v9.0.0", "HEAD^{tree}"}); // no commit, so no version of one
    CHECK(next(scratch) == "5.0.0 none same");
}

TEST_CASE("a footer may ask for a version, though for none below what is there") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v2.3.0"});
    scratch.commit("fix: b\n\nRelease-As: 1.9.0");
    CHECK(next(scratch).substr(0, 31) == "error 1: tag v2.3.0 is in the w");
    scratch.commit("fix: b again\n\nRelease-As: 2.3.0");
    CHECK(next(scratch).find("ask for a higher one in the footer Release-As") != std::string::npos);
    scratch.commit("fix: c\n\nRelease-As: v3.0.0-rc.1");
    CHECK(next(scratch) == "3.0.0-rc.1 major changed");
    scratch.git({"tag", "v3.0.0-rc.1"});
    CHECK(next(scratch) == "3.0.0-rc.1 none same"); // it stands here
    scratch.commit("fix: d");
    CHECK(next(scratch, in_channel("rc")) == "3.0.0-rc.2 major changed");
    scratch.commit("fix: e\n\nRelease-As: soon");
    CHECK(next(scratch).substr(0, 7) == "error 2");
}

TEST_CASE("a revert takes away all that it names, and the commits of a merge with it") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v1.0.0"});
    const auto one = scratch.commit("feat: b"), two = scratch.commit("feat!: c");
    scratch.commit("Revert two\n\nThis reverts commit " + two.substr(0, 9) + ".\n\nThis reverts commit " + one + ".");
    CHECK(next(scratch) == "1.0.0 none same");
    scratch.git({"checkout", "--quiet", "-b", "side"});
    scratch.commit("feat: d");
    scratch.git({"checkout", "--quiet", "main"});
    scratch.commit("fix: e");
    scratch.git({"merge", "--quiet", "--no-ff", "-m", "Merge side", "side"});
    CHECK(next(scratch) == "1.1.0 minor changed");
    const auto merge = scratch.git({"rev-parse", "HEAD"});
    const auto revert =
        scratch.commit("Revert \"Merge side\"\n\nThis reverts commit " + merge + ", reversing\nchanges.");
    CHECK(next(scratch) == "1.0.1 patch changed");
    scratch.commit("Reapply \"Merge side\"\n\nThis reverts commit " + revert + ".");
    CHECK(next(scratch) == "1.1.0 minor changed");
    scratch.commit("revert: something older\n\nThis reverts commit 0123456.");
    scratch.git({"tag", "v1.1.0", "HEAD~"});
    CHECK(next(scratch) == "1.1.1 patch changed");
}

TEST_CASE("in 0.x the major can be held") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v0.4.1"});
    scratch.commit("feat!: b");
    CHECK(next(scratch) == "1.0.0 major changed");
    NextWanted held;
    held.hold_major = true;
    CHECK(next(scratch, held) == "0.5.0 minor changed");
    scratch.git({"tag", "v1.4.0"});
    scratch.commit("feat!: c");
    CHECK(next(scratch, held) == "2.0.0 major changed"); // what has users is not held
}

TEST_CASE("a channel counts its pre-releases") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v1.0.0"});
    scratch.commit("feat: b");
    CHECK(next(scratch, in_channel("beta")) == "1.1.0-beta.1 minor changed");
    scratch.git({"tag", "v1.1.0-beta.1"});
    CHECK(next(scratch, in_channel("beta")) == "1.1.0-beta.1 minor same");
    scratch.commit("fix: c");
    CHECK(next(scratch, in_channel("beta")) == "1.1.0-beta.2 minor changed");
    CHECK(next(scratch, in_channel("rc")) == "1.1.0-rc.1 minor changed");
    scratch.commit("fix!: d");
    CHECK(next(scratch, in_channel("beta")) == "2.0.0-beta.1 major changed");
    CHECK(next(scratch) == "2.0.0 major changed");
    CHECK(next(scratch, in_channel("be ta")).substr(0, 7) == "error 2");
}

TEST_CASE("a pre-release is promoted at its commit, and its version does not sink") {
    const Scratch scratch;
    scratch.commit("feat: a");
    CHECK(next(scratch, in_channel("beta")) == "0.1.0-beta.1 minor changed");
    scratch.git({"tag", "v1.0.0"});
    CHECK(next(scratch, in_channel("beta")) == "1.0.0 none same");
    scratch.commit("feat: b");
    scratch.git({"tag", "v1.1.0-beta.1"});
    CHECK(next(scratch, in_channel("rc")) == "1.1.0-rc.1 minor changed");
    CHECK(next(scratch) == "1.1.0 minor changed");
    scratch.git({"tag", "v1.1.0-rc.1"});
    CHECK(next(scratch, in_channel("beta")).substr(0, 35) == "error 1: tag v1.1.0-rc.1 is in the ");
    scratch.git({"tag", "v2.0.0-beta.7"});
    scratch.commit("fix: c");
    CHECK(next(scratch, in_channel("beta")) == "2.0.0-beta.8 minor changed");
}

TEST_CASE("a tag that is in the way is named") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v1.0.0"});
    scratch.git({"checkout", "--quiet", "-b", "side"});
    scratch.commit("feat: side");
    scratch.git({"tag", "v1.1.0"});
    scratch.git({"checkout", "--quiet", "main"});
    scratch.commit("feat: main");
    CHECK(next(scratch).substr(0, 32) == "error 1: tag v1.1.0 is in the wa");
    scratch.git({"checkout", "--quiet", "v1.0.0"});
    scratch.commit("fix: backport");
    CHECK(next(scratch) == "1.0.1 patch changed");
    scratch.git({"tag", "v1.4.0", "side"});
    scratch.git({"tag", "-d", "v1.1.0"});
    scratch.commit("feat: between");
    CHECK(next(scratch).substr(0, 32) == "error 1: tag v1.4.0 is in the wa");
    scratch.commit("feat!: beyond");
    CHECK(next(scratch) == "2.0.0 major changed");
}

TEST_CASE("tags that do not count are named where there is no other") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "1.4.0"});
    Checkout checkout(scratch.path());
    const auto version = next_version({}, checkout);
    REQUIRE(version.ok());
    CHECK(version.value().version == "0.1.0");
    CHECK(version.value().warnings ==
          std::vector<std::string>{
              "tag 1.4.0 is also a version, but does not begin with 'v', so it does not count; give --tag-prefix ''"});
    NextWanted bare;
    bare.component.prefix = "";
    CHECK(next(scratch, bare) == "1.4.0 none same");
}

TEST_CASE("a component's version follows from its own paths and tags") {
    const Scratch scratch;
    scratch.commit("feat: a", "api/a");
    scratch.git({"tag", "api/v1.0.0"});
    scratch.commit("feat: b", "web/b");
    scratch.commit("fix: c", "api/docs/c");
    NextWanted api;
    api.component = {"api/v", {"api/**"}, {}, {}};
    CHECK(next(scratch, api) == "1.0.1 patch changed");
    api.component.exclude = {"api/docs/**"};
    CHECK(next(scratch, api) == "1.0.0 none same");
    api.component.exclude.clear();
    api.component.others = {"api/docs/**"};
    CHECK(next(scratch, api) == "1.0.0 none same");
}

TEST_CASE("a shallow clone is never answered wrongly") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v1.0.0"});
    scratch.commit("fix: b");
    scratch.commit("fix: c");
    auto folder = sys::TemporaryFolder::make("fairlead clone");
    REQUIRE(folder.ok());
    const auto clone = (folder.value().path() / "c").string();
    scratch.git({"clone", "--quiet", "--depth=1", "file://" + scratch.path(), clone});
    Checkout checkout(clone);
    const auto version = next_version({}, checkout);
    REQUIRE_FALSE(version.ok());
    CHECK(version.error().kind == Kind::could_not);
    CHECK(version.error().message.find("git fetch") != std::string::npos);
    CHECK_FALSE(checkout.require(Tags::all).ok());
    CHECK_FALSE(checkout.commit_count("HEAD").ok());
    REQUIRE(checkout.deepen().ok());
    const auto deep = next_version({}, checkout);
    REQUIRE(deep.ok());
    CHECK(deep.value().version == "1.0.1");
    CHECK(checkout.commit_count("HEAD").value() == 3);
    CHECK(checkout.describe("HEAD").value().distance == 2);
}
