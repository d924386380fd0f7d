#include "tag/source/refspecs.h"
#include "unit/tag/support.h"

using namespace fairlead::tag;
using Specs = std::vector<std::string>;

TEST_CASE("refspecs bring all tags when they name all of them and keep them as tags") {
    CHECK(bring_tags({"+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"}));
    CHECK(bring_tags({"+refs/*:refs/*"}));
    CHECK_FALSE(bring_tags({"+refs/heads/*:refs/remotes/origin/*"}));
    CHECK_FALSE(bring_tags({"+refs/tags/v1.0.0:refs/tags/v1.0.0", "+refs/tags/v*:refs/tags/v*"}));
    CHECK_FALSE(bring_tags({"+refs/tags/*"}));
    CHECK_FALSE(bring_tags({"+refs/*:refs/*", "^refs/tags/rc-*"}));
    CHECK_FALSE(bring_tags({"+refs/tags/*:refs/rtags/origin/*"})); // nobody looks for tags there
    CHECK_FALSE(bring_tags({"+refs/*:refs/remotes/origin/*"}));
    CHECK_FALSE(bring_tags({"+refs/tags/*:refs/tags/up/*"}));
    CHECK_FALSE(bring_branches({"+refs/heads/main:refs/remotes/origin/main"}));
    CHECK(bring_branches({"+refs/heads/*:refs/elsewhere/*"}));
}

TEST_CASE("where refspecs put a folder, and what they leave out") {
    CHECK(places_of({"+refs/*:refs/x/*", "refs/tags/*:refs/tags/*"}, "refs/tags/") ==
          Specs{"refs/x/tags/", "refs/tags/"});
    CHECK(places_of({"refs/tags/v1:refs/tags/v1"}, "refs/tags/").empty());
    CHECK(left_out_by({"+refs/*:refs/*", "^refs/tags/v2*"}, "refs/tags/") == "^refs/tags/v2*");
    CHECK(left_out_by({"^refs/heads/x"}, "refs/tags/").empty());
    CHECK(left_out_by({"^refs/*"}, "refs/tags/") == "^refs/*");
    CHECK(foreign_tags({"+refs/tags/*:refs/tags/up/*", "+refs/tags/*:refs/tags/*"}) == Specs{"refs/tags/up/"});
    CHECK(name_tags({"refs/tags/v1:refs/tags/v1"}));
    CHECK(name_tags({"+refs/*:refs/x/*"}));
    CHECK_FALSE(name_tags({"^refs/tags/v1", "+refs/heads/*:refs/heads/*"}));
    CHECK(name_some_tags({"refs/tags/v1*:refs/tags/v1*"}));
    CHECK_FALSE(name_some_tags({"+refs/*:refs/x/*"}));
    CHECK(keep_any({"main", "main:x"}));
    CHECK_FALSE(keep_any({"main", "main:"}));
}
