#include "deploy/compose/model.h"
#include "support/catch.h"
#include "sys/data/json.h"
#include <algorithm>

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

// As compose 2.26.1 prints two files, less what nothing here looks at.
constexpr const char* printed = R"({
  "name": "shop",
  "networks": {"default": {"name": "shop_default", "ipam": {}}, "fixed": {"name": "shop_fixed"}},
  "services": {
    "db": {"command": null, "image": "docker.io/library/postgres:16@sha256:1", "networks": {"default": null},
      "volumes": [{"type": "volume", "source": "data", "target": "/data", "volume": {}}]},
    "web": {
      "build": {"context": "/srv/shop", "dockerfile": "Dockerfile"},
      "command": ["sh", "-c", "alembic upgrade head && gunicorn app"],
      "container_name": "shopweb",
      "depends_on": {"db": {"condition": "service_started", "required": true}},
      "environment": {"A": "x$$y", "DATABASE_URL": "postgres://u:p@db/shop", "UNSET": null},
      "expose": ["9000", "53/udp"],
      "healthcheck": {"test": ["CMD", "true"], "interval": "30s"},
      "image": "shop:1",
      "networks": {"default": null, "fixed": {"ipv4_address": "172.20.0.5"}},
      "ports": [
        {"mode": "ingress", "target": 8000, "published": "18000", "protocol": "tcp"},
        {"mode": "ingress", "host_ip": "127.0.0.1", "target": 8001, "published": "8100-8110", "protocol": "tcp"},
        {"mode": "ingress", "target": 8000, "protocol": "tcp"}],
      "restart": "unless-stopped",
      "user": "1000",
      "volumes": [
        {"type": "volume", "source": "data", "target": "/data", "volume": {}},
        {"type": "bind", "source": "/etc/x", "target": "/x", "read_only": true},
        {"type": "volume", "target": "/anon", "volume": {}}]
    },
    "queue": {"image": "shop:1", "command": ["worker"], "deploy": {"replicas": 3}, "network_mode": "host"}
  },
  "volumes": {"data": {"name": "shop_data"}}
})";

Model model() { return parse_model(printed).value(); }

std::vector<std::string> keys(const std::vector<Hindrance>& all, bool blocks) {
    std::vector<std::string> found;
    for (const auto& one : all)
        if (one.blocks == blocks) found.push_back(one.key);
    return found;
}

}

TEST_CASE("what compose printed is read as services with what matters for two of them") {
    const auto read = model();
    CHECK(read.project == "shop");
    CHECK(read.names() == std::vector<std::string>{"db", "web", "queue"});
    const auto& web = *read.find("web");
    CHECK(web.is_built);
    CHECK(web.fixed_ports == std::vector<std::string>{"18000:8000"});
    CHECK(web.ports == std::vector<int>{8000, 8001, 9000});
    CHECK(web.fixed_addresses == std::vector<std::string>{"fixed: 172.20.0.5"});
    CHECK(web.networks == std::vector<std::string>{"shop_default", "shop_fixed"});
    CHECK(web.kept == std::vector<std::string>{"data"});
    CHECK(web.anonymous == std::vector<std::string>{"/anon"});
    CHECK(web.check_interval == Milliseconds{30000});
    CHECK(web.scale == 1);
    CHECK(read.find("queue")->scale == 3);
    CHECK(read.find("nobody") == nullptr);
    for (const auto* text : {"", "[]", "{}", R"({"services": []})", R"({"services": {"a": )"})
        CHECK_FALSE(parse_model(text).ok());
}

TEST_CASE("a model with nonsense in it is read as far as it makes sense") {
    const auto read = parse_model(R"({"services": {"a": null, "b": {"ports": [7, null, {"target": "x"}], "volumes": {},
        "environment": [], "networks": [], "command": 3, "scale": -1, "healthcheck": []}}})");
    REQUIRE(read.ok());
    CHECK(read->find("b")->ports.empty());
    CHECK(read->find("b")->scale == 1);
}

TEST_CASE("each key that is in the way is told, and those that nothing gets past block") {
    const auto read = model();
    const auto web = hindrances(*read.find("web"), nullptr, 2);
    CHECK(keys(web, true) == std::vector<std::string>{"networks"});
    CHECK(keys(web, false) ==
          std::vector<std::string>{"container_name", "ports", "volumes", "volumes", "build", "healthcheck", "command"});
    CHECK(web.back().text == "'alembic upgrade' runs at each start, 2 times at once; move it to target.prepare, which "
                             "runs it once before the start");
    CHECK(keys(hindrances(*read.find("db"), nullptr, 1), true) == std::vector<std::string>{"volumes"});
    CHECK(keys(hindrances(*read.find("queue"), nullptr, 1), true) == std::vector<std::string>{"network_mode"});
    ImageSeen image;
    image.start = {"sh", "-c", "python manage.py migrate && serve"};
    image.volumes = {"/cache"};
    image.health = {"CMD", "true"};
    image.health_interval = Milliseconds{1000};
    const auto bare = parse_model(R"({"services": {"a": {"image": "x", "restart": "always"}}})").value();
    CHECK(keys(hindrances(bare.services[0], &image, 1), false) == std::vector<std::string>{"volumes", "command"});
    CHECK(keys(hindrances(bare.services[0], nullptr, 1), false) == std::vector<std::string>{"healthcheck"});
}

TEST_CASE("the candidate's model is the user's without name, fixed ports and build, and with what is ours") {
    const Change change{.service = "web",
                        .image = "shop@sha256:2",
                        .labels = {{"dev.fairlead.slot", "b"}},
                        .environment = {{"B", "1$2"}},
                        .without = {"DATABASE_URL"},
                        .mounts = {{"/state/secrets/DATABASE_URL", "/run/secrets/DATABASE_URL", true}},
                        .host_port = 20001,
                        .port = 8000};
    const auto changed = sys::parse_json(changed_model(printed, {change}).value(), "").value();
    const auto& web = changed["services"]["web"];
    for (const auto* gone : {"container_name", "build", "scale"}) CHECK_FALSE(web.contains(gone));
    CHECK(web["image"] == "shop@sha256:2");
    CHECK(web["environment"] == sys::Json({{"A", "x$$y"}, {"UNSET", nullptr}, {"B", "1$$2"}}));
    REQUIRE(web["ports"].size() == 3);
    CHECK(web["ports"][0]["published"] == "8100-8110");
    CHECK(web["ports"][2]["host_ip"] == "127.0.0.1");
    CHECK(web["ports"][2]["published"] == "20001");
    CHECK(web["volumes"].back()["target"] == "/run/secrets/DATABASE_URL");
    CHECK(web["restart"] == "unless-stopped");
    CHECK(changed["services"]["db"] == sys::parse_json(printed, "").value()["services"]["db"]);
    CHECK_FALSE(changed_model(printed, {{.service = "nobody"}}).ok());
    CHECK_FALSE(changed_model("[]", {change}).ok());
}

TEST_CASE("two instances of one release are one configuration, a changed value is another") {
    Change change{
        .service = "web", .image = "shop@sha256:2", .labels = {{"slot", "a"}}, .host_port = 20001, .port = 8000};
    change.mounts = {{"/state/a/X", "/run/secrets/X", true}};
    auto other = change;
    other.labels = {{"slot", "b"}};
    other.host_port = 20002;
    other.mounts[0].source = "/state/b/X";
    CHECK(config_hash(printed, change).value() == config_hash(printed, other).value());
    other.image = "shop@sha256:3";
    CHECK(config_hash(printed, change).value() != config_hash(printed, other).value());
    other = change;
    other.environment = {{"A", "z"}};
    CHECK(config_hash(printed, change).value() != config_hash(printed, other).value());
}
