#include "deploy/policy/hold.h"
#include "base/secrets/credentials.h"
#include "base/secrets/secret.h"
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
    CHECK(held.error().message.find("(ada on web1, since 2026-11-22T01:00:00.000Z); to end the hold, run "
                                    "`fairlead-deploy unlock --env live`") != std::string::npos);
    CHECK(held.error().message.find('\n') == std::string::npos);
    remove_hold(folder.path()).value();
    remove_hold(folder.path()).value();
    CHECK(check_hold(folder.path(), "live").ok());
}

TEST_CASE("a token in the reason of a hold is written by nobody, nor shown of a hold that an earlier version wrote") {
    const auto folder = sys::TemporaryFolder::make("hold ").value();
    const std::string token = "ghp_" + std::string("Qw7Lm2Xc9Vb4Nz6Kp1Rt8Yh3Jd5Gs0Fa7Ue2"),
                      old = "ghp_" + token.substr(8) + "Zx1k";
    sys::write_file(folder.path() / "hold", "{\"reason\": \"move " + old + "\"}").value();
    CHECK(read_hold(folder.path()).value()->reason == "move " + old);
    CHECK(mask("move " + old) == "move ***");
    register_said("move " + token); // as the command line does
    write_hold(folder.path(), {.reason = "move " + token, .by = "ada", .host = {}, .since = {}}).value();
    CHECK(sys::read_file(folder.path() / "hold")->find(token) == std::string::npos);
    CHECK(read_hold(folder.path()).value()->reason == "move ***");
}

TEST_CASE("a hold that nobody can read holds") {
    for (const auto* text : {"", "{", "[]", "{\"reason\": 1}", "\xff\xff"}) {
        CHECK(parse_hold(text).reason == "the file 'hold' gives no reason");
        const auto folder = sys::TemporaryFolder::make("hold ").value();
        sys::write_file(folder.path() / "hold", text).value();
        CHECK_FALSE(check_hold(folder.path(), "live").ok());
    }
    CHECK(described(parse_hold("{\"reason\": \"x\"}")) == "x (somebody)");
}

TEST_CASE("a folder that is not there has no hold") { CHECK(check_hold("/nowhere/at/all", "live").ok()); }
