#include "tag/version/tags.h"
#include "tag/version/next_version.h"
#include "tag/version/past_releases.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;
using tag::test::Scratch;

namespace {

std::string tag_in(std::string_view name) {
    const auto tag = read_version_tag(name);
    return tag ? "'" + tag->prefix + "' " + tag->version.text() + (tag->two_parts ? " short" : "") : "none";
}

NextWanted inferring(const std::string& component = {}) {
    NextWanted wanted;
    wanted.component.infers_prefix = true;
    wanted.component.name = component;
    if (!component.empty()) wanted.component.prefix = component + "/v";
    return wanted;
}

// "v1.2.4", or "error 2: …"; what was told behind it.
std::string next_tag(const Scratch& scratch, const NextWanted& wanted = inferring()) {
    Checkout checkout(scratch.path());
    const auto version = next_version(wanted, checkout);
    if (!version.ok())
        return "error " + std::to_string(static_cast<int>(version.error().kind)) + ": " + version.error().message;
    auto text = version.value().tag;
    for (const auto& told : {version.value().inferred, version.value().overridden})
        if (!told.empty()) text += " | " + told;
    for (const auto& warning : version.value().warnings) text += " ! " + warning;
    return text;
}

}

TEST_CASE("a version tag is a prefix and two or three numbers") {
    CHECK(tag_in("v1.2.3") == "'v' 1.2.3");
    CHECK(tag_in("12.2.0") == "'' 12.2.0");
    CHECK(tag_in("v0.23") == "'v' 0.23.0 short");
    CHECK(tag_in("0.23-rc.1") == "'' 0.23.0-rc.1 short");
    CHECK(tag_in("api/v1.0.0") == "'api/v' 1.0.0");
    CHECK(tag_in("@scope/pkg-a@1.0.0-next.4") == "'@scope/pkg-a@' 1.0.0-next.4");
    CHECK(tag_in("pkg-v1.0.0") == "'pkg-v' 1.0.0");
    CHECK(tag_in("release-1.2") == "'release-' 1.2.0 short");
    CHECK(tag_in("es6-lib-2.0.1") == "'es6-lib-' 2.0.1");
    for (const auto* name :
         {"v1", "v255", "2024.01.15", "1.0rc1", "latest", "", "v", "vv1.2.3", "x1.2.3", "1.2.3.4", "1..2"})
        CHECK(tag_in(name) == "none");
}

TEST_CASE("v and bare tags are one line, written as the highest behind HEAD is") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v0.11.0"});
    scratch.commit("feat: b");
    scratch.git({"tag", "12.2.0"});
    scratch.commit("fix: c");
    CHECK(next_tag(scratch) == "12.2.1 | versions are assumed to be tags like 12.2.0, and v0.11.0 is one of them");
    scratch.git({"tag", "v12.3.0"});
    CHECK(next_tag(scratch).starts_with("v12.3.0 | versions are assumed to be tags like v12.3.0, and 12.2.0"));
}

TEST_CASE("the same version in two spellings at different commits is a contradiction, at one commit none") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "1.0.0"});
    scratch.git({"tag", "v1.0.0"});
    scratch.commit("fix: b");
    CHECK(next_tag(scratch).starts_with("v1.0.1"));
    scratch.git({"tag", "-f", "1.0.0"});
    CHECK(next_tag(scratch).starts_with("error 1: tags v1.0.0 and 1.0.0 are the same version at different commits"));
    NextWanted exact;
    exact.component.prefix = "v";
    CHECK(next_tag(scratch, exact) == "v1.0.1");
    scratch.git({"tag", "v1.1.0"}); // what is below the last release does not matter
    scratch.commit("fix: c");
    CHECK(next_tag(scratch).starts_with("v1.1.1"));
}

TEST_CASE("tags of two numbers go on in two, and with three where there are patches") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v0.22"});
    scratch.commit("fix: b");
    const std::string told =
        " | versions are assumed to be tags like v0.22; versions have two numbers, and a fix raises the second number";
    CHECK(next_tag(scratch) == "v0.23" + told);
    scratch.git({"tag", "v0.21.4", "HEAD~"});
    CHECK(next_tag(scratch) == "v0.22.1 | versions are assumed to be tags like v0.22; X.Y.0 is written X.Y");
    scratch.commit("feat: c");
    CHECK(next_tag(scratch).starts_with("v0.23 |"));
    auto beta = inferring();
    beta.channel = "beta";
    CHECK(next_tag(scratch, beta).starts_with("v0.23-beta.1 |"));
    scratch.commit("feat: d\n\nRelease-As: 1.0");
    CHECK(next_tag(scratch).starts_with("v1.0 |"));
}

TEST_CASE("a two-part tag beside the version that it moves along with is none") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v1.2.0"});
    scratch.commit("fix: b");
    scratch.git({"tag", "v1.2"});
    scratch.git({"tag", "v1"});
    CHECK(next_tag(scratch) == "v1.2.1");
}

TEST_CASE("where only components have versions, they are named; one alone is meant") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "pkg@1.0.0"});
    scratch.commit("fix: b");
    CHECK(next_tag(scratch) == "pkg@1.0.1 | versions are assumed to be tags like pkg@1.0.0");
    scratch.git({"tag", "@x/web@2.0.0"});
    CHECK(next_tag(scratch) == "error 2: version tags begin with '@x/web@', 'pkg@', and it is not clear which prefix "
                               "is meant; give --component or --tag-prefix");
    CHECK(next_tag(scratch, inferring("pkg")).starts_with("pkg@1.0.1"));
    scratch.git({"tag", "pkg-v0.9.0"});
    CHECK(next_tag(scratch, inferring("pkg")) ==
          "error 2: version tags of component 'pkg' begin with 'pkg-v', 'pkg@', and it is not clear which prefix is "
          "meant; give its prefix in fairlead.yml, or --tag-prefix");
    CHECK(next_tag(scratch, inferring("other")) == "other/v0.1.0");
    scratch.git({"tag", "v3.0.0"});
    CHECK(next_tag(scratch) == "v3.0.0");
}

TEST_CASE("the one line of a component of the file is not that of the whole") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "api/v1.0.0"});
    auto wanted = inferring();
    wanted.component.siblings = {"api/v", "web/v"};
    CHECK(next_tag(scratch, wanted).starts_with("error 2: version tags begin with 'api/v'"));
}

TEST_CASE("tags that are versions of another kind are no reason to begin anew") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "nightly"});
    scratch.git({"tag", "2024-01-15"});
    CHECK(next_tag(scratch) == "v0.1.0");
    scratch.git({"tag", "v255"});
    CHECK(next_tag(scratch).starts_with("error 2: tag 'v255' looks like a version"));
}

TEST_CASE("nothing is proposed below a release of the line, wherever it lies") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v1.2.0"});
    scratch.commit("feat: b");
    scratch.git({"tag", "v2.0.0"});
    scratch.git({"checkout", "--quiet", "-b", "old", "v1.2.0"});
    scratch.commit("fix: c");
    CHECK(next_tag(scratch) == "v1.2.1 ! tag v2.0.0 is higher than 1.2.1, and not behind this commit");
    scratch.commit("feat!: d");
    CHECK(next_tag(scratch).starts_with("error 1: tag v2.0.0 is in the way"));
    scratch.git({"checkout", "--quiet", "-b", "three", "v2.0.0"});
    scratch.commit("feat!: e");
    scratch.git({"tag", "4.0.0"});
    scratch.git({"checkout", "--quiet", "-b", "two", "v1.2.0"});
    scratch.commit("fix: c\n\nRelease-As: 3.0.0");
    CHECK(next_tag(scratch).starts_with("error 1: tag 4.0.0 is in the way"));
    scratch.git({"checkout", "--quiet", "--orphan", "other"});
    scratch.commit("feat: f");
    CHECK(next_tag(scratch).starts_with("error 1: tag 4.0.0 is in the way: the next version would be 0.1.0"));
}

TEST_CASE("pre-releases lead to their release, also to the first") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v1.0.0-rc.1"});
    scratch.commit("fix: b");
    CHECK(next_tag(scratch) == "v1.0.0");
}

TEST_CASE("a pre-release that a lower release came after leads nowhere") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v1.0.0"});
    scratch.git({"checkout", "--quiet", "-b", "kept-up"});
    scratch.commit("fix: b");
    scratch.git({"tag", "v1.0.1"});
    scratch.git({"checkout", "--quiet", "-b", "next", "v1.0.0"});
    scratch.commit("feat: c");
    scratch.git({"tag", "v2.0.0-rc.1"});
    scratch.git({"merge", "--quiet", "--no-edit", "kept-up"});
    CHECK(next_tag(scratch) == "v2.0.0"); // it isn't part of 1.0.1
    scratch.git({"tag", "v1.1.0"});
    scratch.commit("fix: d");
    const std::string told = " ! pre-release v2.0.0-rc.1 does not count: a lower release came after it";
    CHECK(next_tag(scratch) == "v1.1.1" + told);
    auto wanted = inferring();
    wanted.channel = "rc";
    CHECK(next_tag(scratch, wanted) == "v1.1.1-rc.1" + told);
    scratch.git({"tag", "v1.2.0-rc.1"});
    CHECK(next_tag(scratch) == "v1.2.0" + told);
    CHECK(next_tag(scratch, wanted) == "v1.2.0-rc.1" + told); // nothing new
    scratch.commit("feat!: e");
    CHECK(next_tag(scratch, wanted) == "v2.0.0-rc.2" + told); // rc.1 is taken
}

TEST_CASE("a release that was made aside, of a commit that only names it, counts as what it was made of") {
    const Scratch scratch;
    scratch.commit("feat: a");
    scratch.git({"tag", "v1.0.0"});
    scratch.commit("feat: b");
    scratch.git({"checkout", "--quiet", "-b", "aside"});
    scratch.commit("Updating changelog for the 1.1.0 release");
    scratch.commit("chore(release): 1.1.0");
    scratch.git({"tag", "v1.1.0"});
    scratch.git({"checkout", "--quiet", "-"});
    CHECK(next_tag(scratch) == "v1.1.0"); // nothing new
    scratch.commit("fix: c");
    CHECK(next_tag(scratch) == "v1.1.1");
    Checkout checkout(scratch.path());
    const auto releases = past_releases(checkout, 50);
    REQUIRE(releases.ok());
    REQUIRE(releases->size() == 1);
    CHECK(releases->front().tag == "v1.1.0");
    scratch.git({"checkout", "--quiet", "aside"});
    scratch.commit("fix: d");
    scratch.git({"tag", "v1.1.1"});
    scratch.git({"checkout", "--quiet", "-"});
    CHECK(next_tag(scratch).starts_with("error 1: tag v1.1.1 is in the way")); // this one changes something
}
