#include "deploy/carried.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

Carried proven() {
    Carried carried;
    auto& settings = carried.settings;
    settings.app = "shop";
    settings.environment = "live";
    settings.command = {"serve", "{socket}"};
    settings.user = "shop";
    settings.stop_signal = "SIGINT";
    settings.stop_timeout = Milliseconds{7000};
    settings.umask = "0027";
    settings.limits = {.memory = 64u << 20, .open_files = 100, .cpus = 0.5};
    settings.health.path = "/well";
    settings.health.lowest = 204;
    settings.retain = 9;
    settings.processes = {{.name = "worker", .command = {"work"}, .count = 2}};
    settings.router.lanes = 7;
    settings.profile = "production";
    carried.variables = {{"STAGE", {}, "live"}, {"TOKEN", Secret(std::string("tok-of-a-release")), {}}};
    return carried;
}

}

TEST_CASE("what a release carries comes back as it was written, secrets as secrets") {
    const auto text = to_json(proven());
    const auto read = parse_carried(text, "x.json");
    REQUIRE(read.ok());
    CHECK(to_json(read.value()) == text);
    CHECK(read->settings.health.path == "/well");
    CHECK(read->settings.umask == "0027");
    CHECK(read->settings.limits == proven().settings.limits);
    CHECK(read->settings.router.lanes == 7);
    CHECK(read->settings.profile == "production");
    REQUIRE(read->variables.size() == 2);
    CHECK(read->variables[0].setting == "live");
    CHECK(read->variables[1].secret.reveal() == "tok-of-a-release");
    CHECK(mask("a tok-of-a-release b") == "a *** b");
}

TEST_CASE("what is not what we write is no settings") {
    for (
        const auto* text :
        {"", "{", "[]", "{\"schema\": 2}", "{\"schema\": 1}",
         R"({"schema": 1, "settings": {"command": "x"}, "health": {}, "router": {}, "variables": []})",
         R"({"schema": 1, "settings": {}, "health": {}, "router": {}, "variables": []})",
         R"({"schema": 1, "settings": {"command": ["x"]}, "health": {}, "router": {}, "variables": [{"name": "A"}]})"}) {
        INFO(text);
        CHECK_FALSE(parse_carried(text, "x.json").ok());
    }
}

TEST_CASE("a rollback takes of its release what is its own, and everything else of today") {
    auto today = proven().settings;
    today.command = {"new"};
    today.health.path = "/new";
    today.user = "other";
    today.stop_signal = "SIGTERM";
    today.umask.clear();
    today.limits = {};
    today.bake = Milliseconds{1};
    today.root = "/srv/today";
    const auto own = proven().settings;
    const auto worn = with_own(today, own);
    CHECK(worn.command == own.command);
    CHECK(worn.health.path == "/well");
    CHECK(worn.processes.size() == 1);
    CHECK(worn.user == "shop");
    CHECK(worn.stop_signal == "SIGINT");
    CHECK(worn.stop_timeout == own.stop_timeout);
    CHECK(worn.umask == "0027");
    CHECK(worn.limits == own.limits);
    CHECK(worn.bake == Milliseconds{1});
    CHECK(worn.root == "/srv/today");
    today.user.clear(); // its socket would be in another folder
    CHECK(with_own(today, own).user.empty());
}
