#include "deploy/policy/bad.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::deploy;

TEST_CASE("a release that failed is bad until it was deployed after all") {
    const auto folder = sys::TemporaryFolder::make("bad ").value();
    const std::string digest(64, 'a'), other(64, 'b');
    CHECK(check_bad(folder.path(), "1-aaa", digest).ok());
    mark_bad(folder.path(), digest, {"1-aaa", "01X", "never ready:\n503", "2026-11-22T01:00:00.000Z"}).value();
    const auto refused = check_bad(folder.path(), "2-aaa", digest);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().kind == Kind::no);
    CHECK(refused.error().message.find("release 2-aaa is marked bad since 2026-11-22T01:00:00.000Z: never ready:") ==
          0);
    CHECK(refused.error().message.ends_with("; fix the release, or say --retry-bad"));
    CHECK(check_bad(folder.path(), "1-bbb", other).ok());
    unmark_bad(folder.path(), digest).value();
    CHECK(check_bad(folder.path(), "1-aaa", digest).ok());
}

TEST_CASE("a mark that nobody can read is a mark, and a digest is a name") {
    const auto folder = sys::TemporaryFolder::make("bad ").value();
    const std::string digest(64, 'a');
    sys::make_folders(folder.path() / "bad").value();
    sys::write_file(folder.path() / "bad" / (digest + ".json"), "{").value();
    CHECK(bad(folder.path(), digest).value()->reason == "the mark gives no reason");
    for (const auto* text : {"", "../../etc/passwd", "a/b", "A"}) {
        CHECK_FALSE(bad(folder.path(), text).value()); // no mark has such a name
        CHECK_FALSE(mark_bad(folder.path(), text, {}).ok());
    }
}
