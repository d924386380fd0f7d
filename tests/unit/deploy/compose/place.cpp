#include "unit/deploy/compose/shop.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

TEST_CASE("a key that nothing gets past wants recreate") {
    ComposeShop shop;
    shop.host.model = R"({"name": "shop", "services": {"web": {"image": "shop:1", "network_mode": "host"}}})";
    auto blocked = shop.place();
    CHECK(blocked->preflight().error().message.find("can't run twice because of its network_mode") !=
          std::string::npos);
    shop.settings.strategy = "recreate";
    CHECK(blocked->preflight().ok());
}

TEST_CASE("a key that is in the way is told with its file and line, be it of a second file or one that blocks") {
    ComposeShop shop;
    shop.settings.scale = 1;
    shop.settings.files = {"compose.yml", "compose.live.yml"};
    sys::write_file(shop.folder.path() / "compose.yml",
                    "services:\n  web:\n    image: shop:1\n    container_name: web\n")
        .value();
    sys::write_file(shop.folder.path() / "compose.live.yml",
                    "services:\n  db: {image: postgres}\n  web:\n    ports:\n      - 80:8000\n    network_mode: host\n")
        .value();
    shop.host.model = R"({"name": "shop", "services": {"web": {"image": "shop:1", "restart": "always",
        "container_name": "web", "network_mode": "host", "healthcheck": {"test": ["CMD", "true"], "interval": "1s"},
        "ports": [{"target": 8000, "published": "80"}]}}})";
    const auto notes = join(shop.place()->notes(), "\n");
    CAPTURE(notes);
    CHECK(notes.find("compose.yml:4: service web, container_name: two containers can't both be named 'web'") !=
          notes.npos);
    CHECK(notes.find("compose.live.yml:4: service web, ports: two containers can't both have") != notes.npos);
    CHECK(notes.find("compose.live.yml:6: service web, network_mode: ") != notes.npos);
    const auto blocked = shop.place()->preflight();
    REQUIRE_FALSE(blocked.ok());
    CHECK(blocked.error().place.file == "compose.live.yml");
    CHECK(blocked.error().place.line == 6);
}

TEST_CASE("a plan says that no target is written, and what would be") {
    ComposeShop shop;
    shop.settings.scale = 1;
    shop.settings.found_target = "compose.yml";
    CHECK(shop.place()->notes().front() == "fairlead.yml has no target; compose.yml makes it kind compose; to say so, "
                                           "write target: {kind: compose, services: [web]}");
}

TEST_CASE("several containers by the compose file are asked for in target.scale, which routers count by") {
    ComposeShop shop;
    const auto refused = shop.place()->preflight();
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().message == "the compose file gives service web 2 containers; write target.scale: 2, so that "
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
    CHECK(shop.place()->preflight().error().message ==
          "target.reach is container, but this host can't reach the addresses of a rootless engine's containers; write "
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
    CHECK(notes.find("PASSWORD is passed as the file /run/secrets/PASSWORD") != notes.npos);
    CHECK(notes.find("MODE") == notes.npos);
}
