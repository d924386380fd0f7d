#include "init/release.h"
#include "base/version.h"
#include "support/catch.h"
#include <fmt/format.h>

using namespace fairlead;
using namespace fairlead::init;

namespace {

const std::string pinned(40, 'c'), first(64, '1'), second(64, '2');
const std::string text = "version 1.2.3\ncommit " + pinned + "\n" + first + "  fairlead-1.2.3-linux-x64-bin.tar.gz\n" +
                         second + "  fairlead-1.2.3-linux-arm64-bin.tar.gz\n";

}

TEST_CASE("a release tells its commit and the digests of its archives") {
    const auto release = read_release(text, "1.2.3");
    REQUIRE(release);
    CHECK(release->commit == pinned);
    CHECK(release->x64 == first);
    CHECK(release->arm64 == second);
}

TEST_CASE("a release for one machine alone has no digest for the other") {
    const auto release = read_release(text.substr(0, text.find(second)), "1.2.3");
    REQUIRE(release);
    CHECK(release->x64 == first);
    CHECK(release->arm64.empty());
}

TEST_CASE("what another version left behind, or nobody of ours wrote, is no release") {
    CHECK_FALSE(read_release(text, "1.2.4"));
    CHECK_FALSE(read_release("", "1.2.3"));
    CHECK_FALSE(read_release("version 1.2.3\n", "1.2.3"));
    CHECK_FALSE(read_release("commit " + pinned + "\n", "1.2.3"));
    CHECK_FALSE(read_release("version 1.2.3\ncommit " + pinned.substr(1) + "\n", "1.2.3"));
    CHECK_FALSE(read_release("version 1.2.3\ncommit " + pinned + "x\n", "1.2.3"));
    CHECK_FALSE(read_release(text + "<html>\n", "1.2.3"));
    CHECK_FALSE(read_release(text + "more of it\n", "1.2.3"));
}

TEST_CASE("digests of another version's archives are passed over") {
    const auto release = read_release(
        "version 1.2.3\ncommit " + pinned + "\n" + first + "  fairlead-1.2.2-linux-x64-bin.tar.gz\n", "1.2.3");
    REQUIRE(release);
    CHECK(release->x64.empty());
}

TEST_CASE("an executable without that file beside it was built from source") { CHECK_FALSE(own_release()); }
