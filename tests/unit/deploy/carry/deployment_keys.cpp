#include "config/config.h"
#include "deploy/probe.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/files/log.h"
#include "unit/deploy/model.h"
#include <algorithm>
#include <fmt/format.h>

// Each key of `deploy:` that a plan doesn't show: written in fairlead.yml, it changes what a deployment does.

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

// As read from a file whose deploy section is this one.
Settings settings_of(const std::string& section) {
    auto folder = sys::TemporaryFolder::make("deploy keys ");
    REQUIRE(folder.ok());
    const auto text = "app: shop\ndeploy: {" + section + "}\n" +
                      "environments:\n  staging:\n    url: http://127.0.0.1:1\n"
                      "    deploy: {target: {kind: direct, root: srv, state: kept, command: [serve]}}\n";
    REQUIRE(sys::write_file(folder->path() / "fairlead.yml", text).ok());
    const sys::Environment none({});
    config::LoadOptions options;
    options.path = "fairlead.yml";
    options.folder = folder->path().string();
    options.environment = &none;
    options.environment_name = "staging";
    options.tool = "deploy";
    options.fields = fields();
    const auto config = config::load(options);
    INFO(section);
    REQUIRE(config.ok());
    const auto settings = read_settings(config.value(), "staging", none);
    REQUIRE(settings.ok());
    return settings.value();
}

// A rig with what the section says of probes, waits and counts.
struct Tried {
    explicit Tried(const std::string& section) : rig("blue-green") {
        sys::configure_log({.level = sys::Level::error});
        const Settings read = settings_of(section);
        const auto header = rig.settings.health.version_header;
        rig.settings.health = read.health;
        rig.settings.health.version_header = header;
        rig.settings.bake = read.bake;
        rig.settings.drain_timeout = read.drain_timeout;
        rig.settings.verify_requests = read.verify_requests;
        rig.settings.retain = read.retain;
    }
    Milliseconds apply(const std::string& id) {
        const auto before = rig.clock.steady();
        verdict = rig.apply(id)->verdict;
        return std::chrono::duration_cast<Milliseconds>(rig.clock.steady() - before);
    }
    Rig rig;
    std::string verdict;
};

}

TEST_CASE("health.interval and health.healthy_after set how long a good release takes") {
    const auto usual = Tried("bake: 1s, health: {interval: 50ms, healthy_after: 8}").apply("one");
    CHECK(Tried("bake: 1s, health: {interval: 800ms, healthy_after: 8}").apply("one") > usual);
    CHECK(Tried("bake: 1s, health: {interval: 50ms, healthy_after: 20}").apply("one") > usual);
}

TEST_CASE("health.deadline sets how long a sick release is waited for") {
    const auto waited = [](const char* section) {
        Tried tried(section);
        tried.rig.host.sick = {"one"};
        const auto took = tried.apply("one");
        CHECK(tried.verdict == "failed");
        return took;
    };
    const auto brief = waited("health: {deadline: 5s}");
    CHECK(brief >= Milliseconds{4000});
    CHECK(brief < Milliseconds{9000});
    CHECK(waited("health: {deadline: 40s}") >= Milliseconds{39000});
}

TEST_CASE(
    "bake sets how long a release is watched, health.unhealthy_after how many bad answers it may give meanwhile") {
    CHECK(Tried("bake: 60s").apply("one") > Tried("bake: 2s").apply("one") + Milliseconds{50000});
    const auto given_up = [](int bad) {
        Tried tried(fmt::format("bake: 60s, health: {{interval: 1s, unhealthy_after: {}}}", bad));
        tried.apply("one");
        tried.rig.host.sick_routed = {"two"};
        tried.rig.settings.verify_requests = 0;
        const auto took = tried.apply("two");
        CHECK(tried.verdict == "rolled_back");
        return took;
    };
    CHECK(given_up(9) > given_up(1) + Milliseconds{5000});
}

TEST_CASE("drain.timeout sets how long requests of the old release may take") {
    const auto drained = [](const char* section) {
        Tried tried(section);
        tried.apply("one");
        tried.rig.host.slots[tried.rig.host.routed_to()].connections = 1;
        return tried.apply("two");
    };
    CHECK(drained("bake: 1s, drain: {timeout: 30s}") > drained("bake: 1s, drain: {timeout: 0s}"));
}

TEST_CASE("verify.requests are asked through the router") {
    const auto calls = [](const char* section) {
        Tried tried(section);
        tried.apply("one");
        return tried.rig.host.calls;
    };
    CHECK(calls("verify: {requests: 50}") - calls("verify: {requests: 10}") == 40);
}

TEST_CASE("retain.releases are kept for a rollback") {
    for (const std::size_t kept : {2U, 4U}) {
        Tried tried(fmt::format("bake: 1s, retain: {{releases: {}}}", kept));
        for (const auto* id : {"one", "two", "three", "four", "five", "six"}) tried.apply(id);
        CHECK(tried.rig.host.releases.size() == kept);
    }
}

TEST_CASE("health.path, expect, timeout, version and stop.signal, stop.timeout are read as they are written") {
    const auto usual = settings_of("");
    const auto read = settings_of("health: {path: /up, expect: 2xx, timeout: 7s, version: {header: X-V, json: $.v}}, "
                                  "stop: {signal: SIGINT, timeout: 9s}");
    CHECK((usual.health.path == "/" && read.health.path == "/up"));
    CHECK((read.health.lowest == 200 && read.health.highest == 299));
    CHECK(settings_of("health: {expect: 204}").health.highest == 204);
    CHECK((usual.health.timeout != read.health.timeout && read.health.timeout == Milliseconds{7000}));
    CHECK((read.health.version_header == "X-V" && read.health.version_pointer == "/v"));
    CHECK((usual.stop_signal == "SIGTERM" && read.stop_signal == "SIGINT"));
    CHECK((usual.stop_timeout == Milliseconds{30000} && read.stop_timeout == Milliseconds{9000}));
}

TEST_CASE("health.expect and health.version decide which answers are good") {
    const ReleaseInfo release{.id = "1.0-abc", .version = "1.0", .commit = "c0ffee"};
    sys::HttpResponse response;
    response.status = 404;
    CHECK_FALSE(judge(response, settings_of("").health, release).good);
    CHECK(judge(response, settings_of("health: {expect: 404}").health, release).good);
    CHECK(judge(response, settings_of("health: {expect: 200-499}").health, release).good);
    response.status = 200;
    response.headers = {{"X-V", "0.9"}};
    response.body = R"({"v": "0.9"})";
    CHECK(judge(response, settings_of("").health, release).good);
    CHECK_FALSE(judge(response, settings_of("health: {version: {header: X-V}}").health, release).good);
    CHECK_FALSE(judge(response, settings_of("health: {version: {json: $.v}}").health, release).good);
}
