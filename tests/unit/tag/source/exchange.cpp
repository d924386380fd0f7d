#include "tag/source/exchange.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;
using tag::test::Scratch;
using Specs = std::vector<std::string>;

TEST_CASE("a fetch in its own words") {
    const auto checkout =
        parse_fetch("fetch -q --no-tags --depth=1 origin +1a2b:refs/remotes/origin/main: storing ref");
    REQUIRE(checkout);
    CHECK(checkout->no_tags);
    CHECK(checkout->limited);
    CHECK_FALSE(checkout->tags);
    CHECK(checkout->refspecs == Specs{"+1a2b:refs/remotes/origin/main"});
    const auto jenkins =
        parse_fetch("fetch --tags --force -- https://x.org/a +refs/heads/*:refs/remotes/origin/*: new");
    REQUIRE(jenkins);
    CHECK(jenkins->tags);
    CHECK(parse_fetch("fetch --depth 5 origin: fast-forward")->refspecs.empty());
    CHECK(parse_fetch("fetch --all: fast-forward")->refspecs.empty());
    CHECK(parse_fetch("fetch origin tag v1: storing tag")->refspecs == Specs{"refs/tags/v1:refs/tags/v1"});
    CHECK(parse_fetch("pull: Fast-forward")->refspecs.empty());
    CHECK(parse_fetch("fetch -ft origin: x")->tags);
    CHECK(parse_fetch("fetch -n origin: x")->no_tags);
    CHECK_FALSE(parse_fetch("pull -n origin: x")->no_tags); // there it is --no-stat
    CHECK(parse_fetch("initial pull"));
    for (const auto* other : {"commit: fetch x", "clone: from https://x.org/a", "update by push", ""})
        CHECK_FALSE(parse_fetch(other));
}

TEST_CASE("what git noted of a clone's exchanges") {
    const Scratch scratch;
    scratch.commit("a");
    scratch.git({"tag", "v1"});
    const auto folder = std::move(sys::TemporaryFolder::make("fairlead clones")).value();
    const auto path = (folder.path() / "clone").string();
    scratch.git({"clone", "--quiet", "file://" + scratch.path(), path});
    const auto read = [](const std::string& where) {
        return std::move(exchanges_of(sys::Repository::open(where).value())).value();
    };
    CHECK(read(scratch.path()).began == Exchanges::Began::here);
    auto exchanges = read(path);
    CHECK(exchanges.began == Exchanges::Began::cloned);
    CHECK_FALSE(exchanges.last.is_told);
    CHECK(exchanges.fetches.empty());
    scratch.commit("b");
    scratch.git({"-C", path, "fetch", "--quiet", "--tags"});
    exchanges = read(path);
    CHECK(exchanges.last.followed);
    CHECK(exchanges.last.tags == Specs{"v1"});
    CHECK(exchanges.last.url.ends_with(scratch.path().substr(1)));
    REQUIRE(exchanges.newest.size() == 1);
    CHECK(exchanges.newest.front().tags);
    scratch.git({"-C", path, "fetch", "--quiet", "origin", "HEAD", "refs/tags/v1"});
    exchanges = read(path);
    CHECK(exchanges.last.asked_head);
    CHECK(exchanges.last.asked_tag);
    CHECK_FALSE(exchanges.last.followed);
}
