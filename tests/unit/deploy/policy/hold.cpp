#include "deploy/policy/hold.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::deploy;

TEST_CASE("a hold keeps deployments away until it is taken off") {
    const auto folder = sys::TemporaryFolder::make("hold ").value();
    CHECK(check_hold(folder.path(), "live").ok());
    write_hold(folder.path(), {"a move\nof the database", "ada", "web1", "2026-11-22T01:00:00.000Z"}).value();
    const auto held = check_hold(folder.path(), "live");
    REQUIRE_FALSE(held.ok());
    CHECK(held.error().kind == Kind::no);
    CHECK(held.error().message.find("environment 'live' is on hold: a move") == 0);
    CHECK(
        held.error().message.find("(ada on web1, since 2026-11-22T01:00:00.000Z); `fairlead-deploy unlock --env live` "
                                  "takes it off") != std::string::npos);
    CHECK(held.error().message.find('\n') == std::string::npos);
    remove_hold(folder.path()).value();
    remove_hold(folder.path()).value();
    CHECK(check_hold(folder.path(), "live").ok());
}

TEST_CASE("a hold that nobody can read holds") {
    for (const auto* text : {"", "{", "[]", "{\"reason\": 1}", "\xff\xff"}) {
        CHECK(parse_hold(text).reason == "the file 'hold' says no reason");
        const auto folder = sys::TemporaryFolder::make("hold ").value();
        sys::write_file(folder.path() / "hold", text).value();
        CHECK_FALSE(check_hold(folder.path(), "live").ok());
    }
    CHECK(described(parse_hold("{\"reason\": \"x\"}")) == "x (somebody)");
}

TEST_CASE("a folder that is not there has no hold") { CHECK(check_hold("/nowhere/at/all", "live").ok()); }
