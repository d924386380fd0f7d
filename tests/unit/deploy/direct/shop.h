// A shop on a machine of tests, with the target that deploys it there.
#pragma once
#include "deploy/carry/deployment.h"
#include "deploy/direct/direct.h"
#include "deploy/layout.h"
#include "support/catch.h"
#include "unit/deploy/direct/fake_host.h"
#include "unit/deploy/model.h"
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace fairlead::deploy::testing {

// nginx and the applications: the router answers with what the link leads to.
class FakeHttp : public sys::Http {
  public:
    explicit FakeHttp(FakeHost& host) : host_(host) {}
    Result<sys::HttpResponse> send(const sys::HttpRequest& request) override {
        asked.push_back(request);
        sys::HttpResponse response;
        auto socket = sys::Path(request.socket).filename().string();
        const bool router = socket.empty();
        if (router) socket = host_.has("run/current.sock") ? host_.nodes["run/current.sock"].text : "none";
        host_.did.push_back(router ? "ask the router" : "ask " + socket);
        if (router_down && router) {
            response.failure = sys::HttpFailure::refused;
            response.reason = "nobody listens";
        } else if (router_waits && router) {
            response = {.failure = sys::HttpFailure::timeout, .reason = "timed out", .sent_any = true};
        } else if (!host_.listens("run/" + socket)) {
            if (!router) response.failure = sys::HttpFailure::refused;
            response.status = router ? 502 : 0;
        } else {
            response.status = sick.contains(socket) ? 500 : 200;
            const auto slot = socket.substr(0, socket.find('.'));
            const auto release = sys::Path(host_.nodes["slots/" + slot + "/release"].text).filename().string();
            response.headers = {{"X-Release", release}};
        }
        return response;
    }
    std::vector<sys::HttpRequest> asked;
    std::set<std::string> sick;                     // sockets
    bool router_down = false, router_waits = false; // for what hangs

  private:
    FakeHost& host_;
};

struct Shop {
    Settings shop_settings() const {
        Settings made;
        made.app = "shop";
        made.environment = "staging";
        made.url = "https://shop.example:8443/base";
        made.root = root.string();
        made.state = (folder.path() / "state").string();
        made.supervise = "own";
        made.command = {"/bin/cat", "{socket}", "{release}", "{slot}"};
        made.health.path = "/health";
        made.health.version_header = "X-Release";
        made.health.deadline = Milliseconds{3000};
        made.bake = Milliseconds{2000};
        made.drain_timeout = Milliseconds{3000};
        made.stop_timeout = Milliseconds{2000};
        made.verify_requests = 2;
        made.retain = 1;
        return made;
    }
    Shop() {
        store.create().value();
        for (const auto* id : {"one", "two", "three"}) {
            host.folder("releases/" + std::string(id));
            store.write(info(id)).value();
        }
        host.folder("releases");
        host.folder("run");
    }
    static ReleaseInfo info(const std::string& id) {
        return {.id = id, .version = id, .digest = "d", .commit = "c", .prepared = true};
    }
    // Release "one" runs in slot a and is reached, and nobody has looked at us yet.
    void serve() {
        target->start({a}, info("one")).value();
        route(a).value();
        target->commit("a", "one").value();
        store.append({.deployment = "1", .command = "apply", .release = "two", .verdict = "deployed"}).value();
        store.append({.deployment = "2", .command = "apply", .release = "one", .verdict = "deployed"}).value();
        auto state = store.state().value();
        state.current = "one";
        state.previous = "two";
        state.slot = "a";
        store.write(state).value();
        host.did.clear();
    }
    std::string text(const std::string& path) { return host.nodes[path].text; }
    // What is done when nothing fails; then again, each of it failing in turn: that is told, and nothing comes after
    // it.
    template <typename Prepare, typename Do>
    static void every_failure_is_told(const Prepare& prepare, const Do& act) {
        Shop whole;
        prepare(whole);
        REQUIRE(act(whole).ok());
        REQUIRE_FALSE(whole.host.did.empty());
        for (const auto& step : whole.host.did) {
            INFO(step);
            Shop shop;
            prepare(shop);
            shop.host.failing = step;
            const auto done = act(shop);
            if (step.starts_with("write ") &&
                step.ends_with("/ending")) { // a mark that finds no room keeps nobody running
                CHECK(done.ok());
                continue;
            }
            REQUIRE_FALSE(done.ok());
            CHECK(done.error().message.find("no " + step) != std::string::npos);
            CHECK(shop.host.did.back() == step);
        }
    }

    const sys::Path root = "/nowhere/shop";
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-direct").value();
    Settings settings = shop_settings();
    Variables variables;
    const sys::Environment process{std::map<std::string, std::string>{}};
    FakeHost host{root};
    FakeHttp http{host};
    ModelClock clock;
    const Store store{folder.path() / "state"};
    World world{settings, variables, store, process, http, clock, host};
    const std::unique_ptr<Place> target = make_direct(world);
    const std::unique_ptr<Router> router = find_router("nginx")->make(world);
    const Instance a{.slot = "a"}, b{.slot = "b"};
    Result<void> route(const Instance& to) { return router->route({{to, target->address(to).value()}}); }
    Result<Observed> observe() {
        Observed observed;
        observed.seen = TRY(target->observe());
        for (const auto& to : TRY(router->observe())) observed.routed.push_back({to.instance, to.weight});
        return observed;
    }
};

}
