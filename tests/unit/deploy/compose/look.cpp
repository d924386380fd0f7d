#include "unit/deploy/compose/shop.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

TEST_CASE("nothing of another project, application or environment is counted, ended or removed") {
    ComposeShop shop;
    const auto stranger = [&](const char* id, Json labels) {
        shop.engine.containers.push_back({.id = id, .image = "x", .labels = std::move(labels), .ports = Json::array()});
    };
    stranger("theirs", {{"com.docker.compose.project", "shop"},
                        {"com.docker.compose.service", "web"},
                        {"com.docker.compose.oneoff", "False"}});
    stranger("other", {{"dev.fairlead.app", "shop"},
                       {"dev.fairlead.environment", "staging"},
                       {"dev.fairlead.instance", "a"},
                       {"dev.fairlead.role", "release"}});
    shop.settings.scale = 1;
    auto place = shop.place();
    const auto release = deploy_to(*place, "a");
    const auto words = join(shop.host.last("up").argv, " ");
    CHECK(words.find("--scale web=2 web") != words.npos); // theirs stays
    CHECK(place->observe().value().size() == 1);
    CHECK(place->drift(release.id).value() == "container theirs of service web was started by somebody else");
    place->end({.slot = "a"}).value();
    place->clear({.slot = "a"}).value();
    place->prune({}).value();
    CHECK(shop.engine.containers.size() == 2);
    shop.engine.containers.back().labels["com.docker.compose.project"] = "shop";
    shop.engine.containers.back().labels["com.docker.compose.oneoff"] = "False";
    const auto owner = place->check_owner();
    REQUIRE_FALSE(owner.ok());
    CHECK(owner.error().message.find("belongs to shop/staging, not to shop/live") != std::string::npos);
}

TEST_CASE("an engine's own check has to be well") {
    ComposeShop shop;
    shop.settings.scale = 1;
    auto place = shop.place();
    deploy_to(*place, "a");
    shop.engine.containers.front().health = "starting";
    CHECK(place->ask({.slot = "a"}, Milliseconds::max()).value().reason == "its health check is starting");
    shop.engine.containers.front().health = "healthy";
    CHECK(place->ask({.slot = "a"}, Milliseconds::max()).value().status == 200);
}

TEST_CASE("a container that ended by itself is told from one that somebody stopped") {
    ComposeShop shop;
    shop.settings.scale = 1;
    auto place = shop.place();
    deploy_to(*place, "a");
    auto& container = shop.engine.containers.front();
    const auto stopped = [&](int status, const std::string& restart, const std::string& events) {
        container.state = "exited";
        container.exit_status = status;
        container.restart = restart;
        shop.engine.events = events;
        return place->process({.slot = "a"})->by_another;
    };
    CHECK_FALSE(stopped(0, "no", ""));
    CHECK_FALSE(stopped(1, "on-failure", ""));
    CHECK(stopped(143, "no", ""));
    CHECK(stopped(1, "always", ""));         // the engine would have started it again
    CHECK(stopped(0, "unless-stopped", "")); // the same
    CHECK(stopped(0, "no", "{\"Action\": \"kill\"}\n"));
    shop.engine.containers.clear();
    CHECK(place->process({.slot = "a"})->by_another); // docker rm
    CHECK_FALSE(place->process({.slot = "b"})->by_another);
}

TEST_CASE("a way back that needs compose is not whole where its plugin is missing") {
    ComposeShop shop;
    CHECK(shop.place()->can_start().ok());
    shop.engine.no_plugin = true;
    CHECK_FALSE(shop.place()->can_start().ok());
}

TEST_CASE("the end of a container's first process is heard where this host has that very process") {
    ComposeShop shop;
    auto place = shop.place();
    deploy_to(*place, "a");
    const std::vector<Instance> all{{.slot = "a"}, {.slot = "a", .number = 2}};
    CHECK(place->processes(all).empty()); // the engine tells none
    shop.engine.containers.front().pid = 41;
    shop.engine.containers.back().pid = 42;
    CHECK(place->processes(all).empty()); // of another host, or of a namespace of its own
    shop.host.visible = {{41, "0::/system.slice/docker-c1.scope\n"}, {42, "0::/user.slice\n"}};
    const auto heard = place->processes(all);
    REQUIRE(heard.size() == 1); // 42 is another process here
    CHECK(heard.front().pid == 41);
    CHECK(heard.front().started == 1);
    shop.engine.containers.front().pid = 43; // its restart policy brought it back
    CHECK(place->processes(all).empty());
    shop.engine.containers.front().state = "exited";
    shop.host.visible = {{43, "0::/docker/c1\n"}};
    CHECK(place->processes(all).empty());
}

TEST_CASE("each container of ours tells what it takes, an ended one that it ended") {
    ComposeShop shop;
    auto place = shop.place();
    const auto release = deploy_to(*place, "a");
    place->end({.slot = "a", .number = 2}).value();
    const auto usage = place->resources().value();
    REQUIRE(usage.size() == 2);
    CHECK(usage[0].name == "c1");
    CHECK(usage[0].release == release.id);
    CHECK(usage[0].state == "running");
    CHECK(usage[0].memory == 4096);
    CHECK(usage[0].cpu == Milliseconds{7});
    CHECK(usage[1].instance == Instance{.slot = "a", .number = 2});
    CHECK(usage[1].state == "exited");
    CHECK(usage[1].memory == 0);
}
