#include "unit/deploy/direct/shop.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

using Done = std::vector<std::string>;

const auto undeployed = [](Shop&) {};
const auto first_serves = [](Shop& shop) { shop.serve(); };

// One command of fairlead-deploy.
Result<Outcome> rolled_back(Shop& shop, const std::string& to) {
    ledger::Progress progress(shop.clock);
    Deployment deployment(shop.world, *shop.target, *shop.router, progress, {"anna", "human", ""});
    return deployment.rollback(to, "because");
}

}

TEST_CASE_METHOD(Shop, "a process is started when all that it reads is there") {
    REQUIRE(target->start({b}, info("two")).ok());
    CHECK(host.did == Done{"make slots/b", "make run", "link slots/b/release to ../../releases/two",
                           "write slots/b/env", "write slots/b/launch.json", "end survivors",
                           "remove slots/b/process.json", "remove slots/b/warm", "remove slots/b/ending",
                           "start slots/b"});
    CHECK(host.nodes["slots/b"].mode == 0750);
    CHECK(host.nodes["slots/b/env"].mode == 0600);
    CHECK(host.nodes["slots/b/launch.json"].mode == 0640);
    const auto launch = parse_launch(text("slots/b/launch.json"), "launch.json").value();
    CHECK(launch.argv == Done{"/bin/cat", "/nowhere/shop/run/b.sock", "/nowhere/shop/releases/two", "b"});
    CHECK(launch.folder == "/nowhere/shop/releases/two");
    CHECK(launch.log == "/nowhere/shop/slots/b/log");
    CHECK(launch.stop_timeout == Milliseconds{2000});
    for (const auto* line : {"FAIRLEAD_RELEASE=\"two\"\n", "FAIRLEAD_SLOT=\"b\"\n",
                             "FAIRLEAD_SOCKET=\"/nowhere/shop/run/b.sock\"\n", "FAIRLEAD_APP=\"shop\"\n"}) {
        INFO(line);
        CHECK(text("slots/b/env").find(line) != std::string::npos);
    }
}

TEST_CASE("whatever fails of a start is told, and nothing comes after it") {
    Shop::every_failure_is_told([](Shop& shop) { shop.host.nodes["slots/b/log"] = {}; },
                                [](Shop& shop) { return shop.target->start({shop.b}, Shop::info("two")); });
}

TEST_CASE_METHOD(Shop, "the log of the slot's earlier process is kept beside the new one") {
    host.nodes["slots/b/log"] = {sys::FileType::file, "old lines", 0600};
    REQUIRE(target->start({b}, info("two")).ok());
    CHECK(text("slots/b/log.1") == "old lines");
    CHECK_FALSE(host.has("slots/b/log"));
}

TEST_CASE_METHOD(Shop, "the router's link leads to the slot that was named, to nothing when none was") {
    serve();
    CHECK(text("run/current.sock") == "a.sock");
    CHECK(observe()->leads_only_to("a"));
    REQUIRE(route(b).ok());
    CHECK(text("run/current.sock") == "b.sock");
    CHECK(observe()->leads_only_to("b"));
    REQUIRE(router->route({}).ok());
    CHECK_FALSE(host.has("run/current.sock"));
    CHECK(observe()->routed.empty());
}

TEST_CASE("a link that could not be swapped is no switch") {
    Shop::every_failure_is_told(first_serves, [](Shop& shop) { return shop.route(shop.b); });
    Shop::every_failure_is_told(first_serves, [](Shop& shop) { return shop.router->route({}); });
}

TEST_CASE_METHOD(Shop, "what runs in each slot is seen") {
    auto observed = observe().value();
    CHECK_FALSE(observed.stays("a"));
    CHECK_FALSE(observed.stays("b"));
    CHECK(observed.routed.empty());
    serve();
    observed = observe().value();
    CHECK(observed.stays("a"));
    CHECK_FALSE(observed.alone("a"));
    CHECK(observed.release("a") == "one");
    CHECK_FALSE(observed.stays("b"));
    CHECK(observed.release("b").empty());
    host.running["slots/a"].supervisor = 0; // it was killed
    CHECK(observe()->alone("a"));
    CHECK(observe()->stays("a"));
    CHECK(host.did.empty());
}

TEST_CASE_METHOD(Shop, "settings are the same only for that slot, release, command and variables") {
    serve();
    CHECK(target->same_settings("a", info("one")).value());
    CHECK_FALSE(target->same_settings("a", info("two")).value());
    CHECK_FALSE(target->same_settings("b", info("one")).value());
    CHECK_FALSE(target->same_settings("", info("one")).value());
    variables.push_back({.name = "STAGE", .setting = "staging"});
    CHECK_FALSE(target->same_settings("a", info("one")).value());
    variables.clear();
    settings.command.push_back("--more");
    CHECK_FALSE(target->same_settings("a", info("one")).value());
    settings.command.pop_back();
    auto newer = info("one");
    newer.commit = "e";
    CHECK_FALSE(target->same_settings("a", newer).value());
    CHECK(target->same_settings("a", info("one")).value());
    host.nodes.erase("slots/a/env");
    CHECK_FALSE(target->same_settings("a", info("one")).value());
}

TEST_CASE_METHOD(Shop, "a restart takes what the slot was started with, whatever the settings say now") {
    serve();
    const auto launch = text("slots/a/launch.json");
    settings.command = {"/bin/false"};
    host.running.clear();
    REQUIRE(target->restart(a).ok());
    CHECK(host.did == Done{"end survivors", "remove slots/a/process.json", "remove slots/a/warm",
                           "remove slots/a/ending", "start slots/a"});
    CHECK(text("slots/a/launch.json") == launch);
    CHECK(target->process(a)->running);
    CHECK_FALSE(target->restart(b).ok()); // it never was
    host.nodes["slots/a/launch.json"].text = "{";
    CHECK_FALSE(target->restart(a).ok());
}

TEST_CASE_METHOD(Shop, "what is cleared is the slot's socket, no other") {
    serve();
    target->start({b}, info("two")).value();
    host.did.clear();
    REQUIRE(target->clear(b).ok());
    CHECK(host.did == Done{"remove run/b.sock", "end survivors", "remove slots/b/warm", "remove slots/b/ending",
                           "remove slots/b/process.json"});
    CHECK(host.ended_variable == "FAIRLEAD_SOCKET=/nowhere/shop/run/b.sock");
    CHECK(host.has("run/a.sock"));
    Shop::every_failure_is_told(first_serves, [](Shop& shop) { return shop.target->clear(shop.a); });
}

TEST_CASE_METHOD(Shop, "what is committed is what current leads to") {
    REQUIRE(target->commit("b", "two").ok());
    CHECK(text("current") == "releases/two");
    REQUIRE(target->commit("", "").ok());
    CHECK_FALSE(host.has("current"));
    Shop::every_failure_is_told(undeployed, [](Shop& shop) { return shop.target->commit("a", "one"); });
    Shop::every_failure_is_told(undeployed, [](Shop& shop) { return shop.target->commit("", ""); });
}

TEST_CASE_METHOD(Shop, "only what was prepared and is still there can be started") {
    auto half = info("three");
    half.prepared = false;
    store.write(half).value();
    host.nodes.erase("releases/two");
    CHECK(target->present().value() == Done{"one"});
}

TEST_CASE_METHOD(Shop, "pruning keeps what was named and what a slot holds, with its record") {
    serve();
    host.folder("releases/.tmp-four");
    host.folder("releases/.building-four"); // whoever fetches next goes by it
    host.folder("releases/9.9-0123456789ab");
    host.nodes["run/.current.sock.0123456789ab"] = {};
    host.nodes["slots/a/.env.0123456789ab"] = {};
    REQUIRE(target->prune({"two"}).ok());
    CHECK(host.has("releases/one"));
    CHECK(host.has("releases/two"));
    CHECK_FALSE(host.has("releases/.tmp-four"));
    CHECK(host.has("releases/.building-four"));
    CHECK(host.has("releases/9.9-0123456789ab")); // only its record is gone
    CHECK_FALSE(host.has("run/.current.sock.0123456789ab"));
    CHECK_FALSE(host.has("slots/a/.env.0123456789ab"));
    CHECK(store.releases().value() == Done{"one", "two"});
    CHECK(target->process(a)->running);
    Shop::every_failure_is_told(
        [](Shop& shop) {
            shop.serve();
            shop.target->start({shop.b}, Shop::info("three")).value();
            shop.host.running.erase("slots/b");
            shop.host.did.clear();
        },
        [](Shop& shop) { return shop.target->prune({}); });
}

TEST_CASE_METHOD(Shop,
                 "a slot where nothing runs keeps its log and no secret, unless it is the one that should serve") {
    serve();
    target->start({b}, info("two")).value();
    for (const auto* slot : {"a", "b"}) host.nodes["slots/" + std::string(slot) + "/log"] = {};
    REQUIRE(target->prune({}).ok());
    CHECK(host.has("slots/b/env")); // it runs
    host.running.clear();
    host.nodes["slots/b/lock"] = {};
    REQUIRE(target->prune({}).ok());
    for (const auto* name : {"env", "launch.json", "process.json", "release", "lock"}) {
        INFO(name);
        CHECK_FALSE(host.has("slots/b/" + std::string(name)));
    }
    CHECK(host.has("slots/b/log"));
    CHECK(host.has("slots/a/env")); // its machine was restarted: it is started again from there
    CHECK(host.has("slots/a/release"));
    CHECK(store.releases().value() == Done{"one"});
    CHECK(host.has("releases/one"));
}

TEST_CASE_METHOD(Shop, "a slot is asked at its socket, the router at its url, each within its time") {
    serve();
    settings.health.timeout = Milliseconds{700};
    REQUIRE(target->ask(b, Milliseconds{200}).ok());
    REQUIRE(target->ask(a, Milliseconds{900}).ok());
    REQUIRE(ask_router(world).ok());
    REQUIRE(http.asked.size() == 3);
    CHECK(http.asked[0].socket == "/nowhere/shop/run/b.sock");
    CHECK(http.asked[0].url == "http://shop.example:8443/base/health");
    CHECK(http.asked[0].timeout == Milliseconds{200});
    CHECK(http.asked[1].socket == "/nowhere/shop/run/a.sock");
    CHECK(http.asked[1].timeout == Milliseconds{700});
    CHECK(http.asked[2].socket.empty());
    CHECK(http.asked[2].url == "https://shop.example:8443/base/health");
    CHECK(http.asked[2].timeout == Milliseconds{700});
    for (const auto& request : http.asked) CHECK(request.fresh_connection);
    host.connections = {{"run/a.sock", 4}, {"run/b.sock", 2}};
    CHECK(router->connections({b, target->address(b).value()}).value() == 2);
    CHECK(router->connections({a, target->address(a).value()}).value() == 4);
}

TEST_CASE_METHOD(Shop, "a root of another application, or with its history elsewhere, is not ours") {
    CHECK(target->check_owner().ok());
    const auto owned_by = [&](const std::string& text) {
        host.nodes["owner"] = {sys::FileType::file, text, 0644};
        const auto checked = target->check_owner();
        return checked.ok() ? std::string() : checked.error().message;
    };
    CHECK(owned_by("shop/staging\n" + settings.state + "\n").empty());
    CHECK(owned_by("shop/staging\n").empty()); // an older version wrote it
    CHECK(owned_by("shop/production\n" + settings.state + "\n").find("belongs to shop/production") !=
          std::string::npos);
    CHECK(owned_by("shop/staging\n/elsewhere\n").find("are in '/elsewhere'") != std::string::npos);
    CHECK_FALSE(target->preflight().ok());
}

TEST_CASE("a root gets its owner before anything else is put there") {
    for (const auto* step : {"make .", "write owner"}) {
        Shop shop;
        shop.host.failing = step;
        const auto fetched = shop.target->fetch({});
        REQUIRE_FALSE(fetched.ok());
        CHECK(shop.host.did.back() == step);
    }
}

TEST_CASE_METHOD(Shop, "before anything is touched it is known that the program is there and the router answers") {
    serve();
    REQUIRE(target->preflight().ok());
    REQUIRE(router->check().ok());
    http.router_down = true;
    CHECK(router->check().error().message.starts_with(
        "the router does not answer at https://shop.example:8443/base: nobody listens"));
    http.router_down = false;
    settings.command.front() = "/nowhere/program";
    CHECK(target->preflight().error().message.find("'/nowhere/program'") != std::string::npos);
    settings.command.front() = "no-such-program-anywhere";
    CHECK_FALSE(target->preflight().ok());
    settings.command.front() = "{release}/program"; // can be looked at only once it is there
    CHECK(target->preflight().ok());
}

TEST_CASE_METHOD(Shop, "the last twenty lines are those of the slot that was named") {
    for (int i = 1; i <= 25; ++i) host.nodes["slots/b/log"].text += "line " + std::to_string(i) + "\n";
    const auto lines = target->log(b, 20);
    CHECK(lines.starts_with("line 6\n"));
    CHECK(lines.ends_with("line 25"));
    CHECK(target->log(a, 20).empty());
}

TEST_CASE_METHOD(Shop, "a command that prepares runs in its release, and its failure is the release's") {
    auto unprepared = info("one");
    unprepared.prepared = false;
    store.write(unprepared).value();
    settings.prepare = {{"/bin/true", "{release}", "{shared}"}, {"/bin/false"}};
    host.output = {.status = 3, .out = "what it said\n"};
    const auto prepared = target->prepare(info("one"));
    REQUIRE_FALSE(prepared.ok());
    CHECK(prepared.error().kind == fairlead::Kind::no);
    CHECK(prepared.error().message == "prepare '/bin/true /nowhere/shop/releases/one /nowhere/shop/shared' ended with "
                                      "status 3");
    REQUIRE(host.commands.size() == 1); // the second one never ran
    CHECK(host.commands[0].argv == Done{"/bin/true", "/nowhere/shop/releases/one", "/nowhere/shop/shared"});
    CHECK(host.commands[0].folder == "/nowhere/shop/releases/one");
    CHECK(target->prepare_lines(20) == "what it said");
    CHECK_FALSE(store.release("one").value()->prepared);
}

TEST_CASE_METHOD(Shop, "a deployment starts, asks, switches, lets go and stops, in that order and in the right slots") {
    serve();
    host.connections = {{"run/a.sock", 3}};
    const auto outcome = rolled_back(*this, "two");
    REQUIRE(outcome.ok());
    CHECK(outcome->verdict == "deployed");
    const Done order = {
        "start slots/b", "ask b.sock",        "link run/current.sock to b.sock", "ask the router",
        "end slots/a",   "remove run/a.sock", "remove slots/a/process.json",     "link current to releases/two"};
    for (std::size_t i = 0; i < order.size(); ++i) {
        INFO(order[i]);
        CHECK(host.was_done(order[i]));
        if (i > 0) CHECK(host.when(order[i - 1]) < host.when(order[i]));
    }
    CHECK_FALSE(host.was_done("end slots/b"));
    CHECK_FALSE(host.was_done("kill slots/a"));
    CHECK(target->process(b)->running);
    CHECK_FALSE(target->process(a)->running);
    CHECK(observe()->leads_only_to("b"));
    CHECK(host.connections["run/a.sock"] == 0);
    CHECK(store.state()->slot == "b");
    CHECK_FALSE(host.has("slots/a/env"));
    CHECK(host.has("run/b.sock"));
}

TEST_CASE_METHOD(Shop, "a sick release is stopped and the old one goes on one_serves, never touched") {
    serve();
    http.sick = {"b.sock"};
    const auto outcome = rolled_back(*this, "two");
    REQUIRE(outcome.ok());
    CHECK(outcome->verdict == "failed");
    CHECK(host.was_done("end slots/b"));
    CHECK_FALSE(host.was_done("end slots/a"));
    CHECK_FALSE(host.was_done("link run/current.sock to b.sock"));
    CHECK(observe()->leads_only_to("a"));
    CHECK(target->process(a)->running);
    CHECK_FALSE(target->process(b)->running);
    CHECK(text("current") == "releases/one");
}

TEST_CASE_METHOD(Shop, "a process that doesn't end when asked is killed, with its supervisor") {
    serve();
    host.deaf = true;
    const auto outcome = rolled_back(*this, "two");
    REQUIRE(outcome.ok());
    CHECK(outcome->verdict == "deployed");
    CHECK(host.when("end slots/a") < host.when("kill slots/a"));
    CHECK(host.was_done("kill the application of slots/a"));
    CHECK_FALSE(host.was_done("kill slots/b"));
    CHECK(store.history()->records.back().killed);
}

TEST_CASE("whatever fails of a switch leaves the old release one_serves, and is told") {
    for (const std::string step : {"start slots/b", "write slots/b/env", "write slots/b/launch.json",
                                   "link slots/b/release to ../../releases/two", "link run/current.sock to b.sock"}) {
        INFO(step);
        Shop shop;
        shop.serve();
        shop.host.failing = step;
        const auto outcome = rolled_back(shop, "two");
        REQUIRE(outcome.ok());
        REQUIRE(outcome->error);
        CHECK(outcome->reason == "no " + step);
        CHECK(shop.observe()->leads_only_to("a"));
        CHECK(shop.target->process(shop.a)->running);
        CHECK_FALSE(shop.target->process(shop.b)->running);
        CHECK_FALSE(shop.host.was_done("end slots/a"));
    }
}

TEST_CASE_METHOD(Shop, "replicas have sockets or ports of their own, processes beside them have neither") {
    settings.replicas = 2;
    settings.processes = {{.name = "worker", .command = {"/bin/cat", "{replica}"}, .count = 2}};
    settings.command = {"/bin/cat", "{socket}", "{port}", "{replica}"};
    using Names = std::vector<std::string>;
    const auto names_in = [&](const std::string& slot) {
        Names names;
        for (const auto& one : target->instances(slot)) names.push_back(name_of(one));
        return names;
    };
    CHECK(names_in("b") == Names{"b", "b.2", "b-worker", "b-worker.2"});
    const auto started = [&](const std::string& name) {
        return parse_launch(text("slots/" + name + "/launch.json"), "launch.json").value();
    };
    host.folder("slots");
    SECTION("by sockets") {
        REQUIRE(target->start(target->instances("b"), info("two")).ok());
        CHECK(started("b.2").socket == "/nowhere/shop/run/b.2.sock");
        CHECK(started("b.2").argv == Names{"/bin/cat", "/nowhere/shop/run/b.2.sock", "0", "2"});
        CHECK(target->address({"b", 2}).value() == "unix:/nowhere/shop/run/b.2.sock");
        CHECK(started("b-worker.2").argv == Names{"/bin/cat", "2"});
        CHECK(started("b-worker.2").socket.empty());
        CHECK(text("slots/b-worker/env").find("FAIRLEAD_SOCKET") == std::string::npos);
        CHECK(text("slots/b-worker/env").find("FAIRLEAD_PROCESS=\"worker\"") != std::string::npos);
        CHECK(observe()->in("b") == std::vector<Instance>{{"b"}, {"b", 1, "worker"}, {"b", 2}, {"b", 2, "worker"}});
        CHECK(target->same_settings("b", info("two")).value());
        settings.processes[0].command.push_back("--more");
        CHECK_FALSE(target->same_settings("b", info("two")).value());
    }
    SECTION("by ports, which no number of replicas changes") {
        settings.port = 8001;
        CHECK(target->by_tcp());
        REQUIRE(target->start(target->instances("b"), info("two")).ok());
        CHECK(started("b").port == 8002);
        CHECK(started("b.2").port == 8004);
        CHECK(started("b.2").socket.empty());
        CHECK(target->address({"a", 2}).value() == "127.0.0.1:8003");
        CHECK(text("slots/b.2/env").find("FAIRLEAD_PORT=\"8004\"") != std::string::npos);
        settings.port = 9001; // what runs is where it was started
        CHECK(target->address({"b", 2}).value() == "127.0.0.1:8004");
    }
}
