#include "unit/deploy/compose/shop.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::test;

TEST_CASE("a key that nothing gets past wants recreate") {
    ComposeShop shop;
    shop.host.model = R"({"name": "shop", "services": {"web": {"image": "shop:1", "network_mode": "host"}}})";
    auto blocked = shop.place();
    CHECK(blocked->preflight().error().message.find("can't run twice, for its network_mode") != std::string::npos);
    shop.settings.strategy = "recreate";
    CHECK(blocked->preflight().ok());
}

TEST_CASE("a plan says that no target is written, and what would be") {
    ComposeShop shop;
    shop.settings.scale = 1;
    shop.settings.found_target = "compose.yml";
    CHECK(shop.place()->notes().front() ==
          "no target is written: compose.yml makes it compose; to say so write target: "
          "{kind: compose, services: [web]}");
}

TEST_CASE("several containers by the compose file are asked for in target.scale, which routers count by") {
    ComposeShop shop;
    const auto refused = shop.place()->preflight();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message == "service web has 2 containers by the compose file; write target.scale: 2, so that "
                                     "the router has a place for each");
    shop.settings.scale = 1;
    CHECK(shop.place()->preflight().ok());
}

TEST_CASE("what an engine's containers can't be reached by is told before anything is touched") {
    ComposeShop shop;
    shop.settings.scale = 1;
    shop.engine.security = "name=rootless";
    CHECK(shop.place()->preflight().ok());
    shop.settings.reach = "container";
    CHECK(
        shop.place()->preflight().error().message ==
        "target.reach is container, but nobody outside reaches the addresses of a rootless engine's containers; write "
        "reach: host");
    shop.settings.reach = "host";
    shop.settings.router.kind = "caddy";
    shop.settings.root = (shop.folder.path() / "root").string();
    shop.engine.system = "Docker Desktop";
    CHECK(shop.place()->preflight().error().message.find("can't share a socket with this host") != std::string::npos);
}

TEST_CASE("a plan tells of variables that docker inspect shows though they sound like secrets") {
    ComposeShop shop;
    shop.host.model = R"({"name": "shop", "services": {"web": {"image": "shop:1", "restart": "always",
        "healthcheck": {"test": ["CMD", "true"], "interval": "1s"},
        "environment": {"PASSWORD": "x", "API_TOKEN": "x", "MODE": "x"}}}})";
    const auto notes = join(shop.place()->notes(), "\n");
    CHECK(notes.find("service web, environment: API_TOKEN sounds like a secret") != notes.npos);
    CHECK(notes.find("environment: PASSWORD") == notes.npos); // a file
    CHECK(notes.find("PASSWORD is the file /run/secrets/PASSWORD") != notes.npos);
    CHECK(notes.find("MODE") == notes.npos);
}
