#include "base/dropped.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("what was dropped is named for the first ten paths and counted for all") {
    Dropped dropped;
    dropped.add("nothing", {});
    CHECK(dropped.paths == 0);
    CHECK(dropped.lines().empty());
    for (int at = 0; at < 12; ++at) dropped.add("file" + std::to_string(at), {{"owner", "33:33"}});
    dropped.add("bin/su", {{"set-user-id", ""}, {"owner", "0:0"}});
    CHECK(dropped.paths == 13);
    CHECK(dropped.counts() == "owner 13, set-user-id 1");
    REQUIRE(dropped.first().size() == 10);
    CHECK(dropped.first().front().path == "bin/su"); // owners hide nothing that is graver
    CHECK(dropped.lines().starts_with("  'bin/su': set-user-id, owner 0:0\n  'file0': owner 33:33\n"));
    CHECK(dropped.lines().ends_with("  'file8': owner 33:33\n  and 3 more\n"));
}

TEST_CASE("a path counts once for each kind of right") {
    Dropped dropped;
    dropped.add("a", {{"attribute", "security.x"}, {"attribute", "trusted.y"}});
    CHECK(dropped.counts() == "attribute 1");
    CHECK(dropped.lines() == "  'a': attribute security.x, attribute trusted.y\n");
}

TEST_CASE("several restores are told as one") {
    Dropped all, one;
    one.add("a", {{"owner", "1:1"}});
    all.add(one);
    all.add(one);
    CHECK(all.paths == 2);
    CHECK(all.counts() == "owner 2");
}

TEST_CASE("foreign names stay within their line") {
    Dropped dropped;
    dropped.add("a\n::error::b", {{"attribute", "security.\x1b[1m"}});
    CHECK(dropped.lines().find('\x1b') == std::string::npos);
    CHECK(dropped.lines().find("a\\n::error::b") != std::string::npos);
}
