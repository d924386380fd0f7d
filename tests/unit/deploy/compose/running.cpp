#include "unit/deploy/compose/shop.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

TEST_CASE("a release is started beside what is there, found by its labels, and reached at a port of the host") {
    ComposeShop shop;
    shop.settings.scale = 2;
    auto place = shop.place();
    const auto release = deploy_to(*place, "a");
    CHECK(release.id == "1-" + one.substr(0, 12));
    REQUIRE(shop.engine.containers.size() == 2); // `scale` of the file
    const auto& up = shop.host.last("up");
    const auto words = join(up.argv, " ");
    CHECK(words.find("-f - up -d --no-deps --no-build --no-recreate --pull never --scale web=2 web") != words.npos);
    CHECK(words.find("s3cret") == words.npos);
    CHECK(up.input.find("s3cret") == std::string::npos); // a file of its slot
    CHECK(shop.host.nodes["state/slots/a/secrets/PASSWORD"].text == "s3cret-of-shop");
    CHECK(shop.host.nodes["state/slots/a/secrets/PASSWORD"].mode == 0600);
    const auto web = sys::parse_json(up.input, "").value()["services"]["web"];
    CHECK(web["environment"]["MODE"] == "fast");
    CHECK(web["environment"]["PASSWORD_FILE"] == "/run/secrets/PASSWORD");
    CHECK_FALSE(web["environment"].contains("PASSWORD"));
    CHECK(web["labels"]["mine"] == "1");
    CHECK(web["image"] == "sha256:" + one);
    const auto seen = place->observe().value();
    CHECK(seen.size() == 2);
    CHECK(seen.at({.slot = "a", .number = 2}).running);
    CHECK(seen.at({.slot = "a"}).release == release.id);
    const auto address = place->address({.slot = "a"}).value();
    CHECK(address.starts_with("127.0.0.1:2"));
    CHECK(place->address({.slot = "a", .number = 2}).value() != address);
    CHECK(place->ask({.slot = "a"}, Milliseconds::max()).value().status == 200);
    CHECK(shop.engine.asked.back().url == "http://" + address + "/health");
    CHECK(place->same_settings("a", release).value());
    CHECK(place->drift(release.id).value().empty());
    for (const auto& variable : shop.host.last("config").environment.value()) {
        CHECK_FALSE(variable.starts_with("COMPOSE_FILE="));
        CHECK(variable != "COMPOSE_REMOVE_ORPHANS=true");
    }
}

TEST_CASE("what a slot was given is kept, so a plan that runs nothing can tell that the settings are the same") {
    ComposeShop shop;
    shop.settings.secrets_as = GENERATE(as<std::string>(), "files", "env");
    shop.settings.scale = 1;
    shop.settings.env_from = {"false"};
    shop.variables.push_back({"A_TOKEN", Secret(std::string("of$the-command")), {}});
    const auto release = deploy_to(*shop.place(), "a");
    const auto place = shop.place(); // of another run
    shop.variables =
        known_variables(shop.settings, sys::Environment(std::map<std::string, std::string>{}), place->given("a"))
            .value();
    std::map<std::string, std::string> known;
    for (const auto& one : shop.variables) known[one.name] = one.value();
    CHECK(known["A_TOKEN"] == "of$the-command");
    CHECK(known["PASSWORD"] == "s3cret-of-shop");
    if (shop.settings.secrets_as == "files") shop.variables.push_back({"MODE", {}, "fast"}); // env.file says it
    CHECK(place->same_settings("a", release).value());
    CHECK(place->given("b").empty());
    CHECK(place->given("").empty());
}

TEST_CASE("target.scale, port, reach, project, files, profiles and secrets_as are heeded") {
    ComposeShop shop;
    shop.settings.scale = 1;
    shop.settings.port = 9000;
    shop.settings.reach = "container";
    shop.settings.project = "mine";
    shop.settings.files = {"a.yml", "b.yml"};
    shop.settings.profiles = {"live"};
    shop.settings.secrets_as = "env";
    auto place = shop.place();
    deploy_to(*place, "b");
    CHECK(shop.engine.containers.size() == 1);
    CHECK(shop.engine.containers.front().ports.empty());
    CHECK(shop.host.last("up").input.find("s3cret-of-shop") != std::string::npos);
    CHECK(join(shop.host.last("config").argv, " ") ==
          "docker compose -p mine -f a.yml -f b.yml --profile live config --format json");
    CHECK_FALSE(place->address({.slot = "b"}).ok()); // the network is no bridge of the engine
}

TEST_CASE("a container is asked to end by its signal and started again as it was, though it is gone") {
    ComposeShop shop;
    shop.settings.scale = 1;
    auto place = shop.place();
    const auto release = deploy_to(*place, "a");
    place->end({.slot = "a"}).value();
    CHECK(shop.engine.did.back() == "signal c1 SIGTERM");
    CHECK_FALSE(place->process({.slot = "a"}).value().running);
    CHECK(place->process({.slot = "a"}).value().last_status == 143);
    place->clear({.slot = "a"}).value();
    CHECK(shop.engine.containers.empty());
    CHECK(place->observe().value().at({.slot = "a"}).release == release.id); // its slot is not empty
    shop.host.model.clear();                                                 // the compose file is gone as well
    place->restart({.slot = "a"}).value();
    REQUIRE(shop.engine.containers.size() == 1);
    CHECK(shop.engine.containers.front().labels["dev.fairlead.release"] == release.id);
}

TEST_CASE("prepare runs once in the release's image, and one that fails stops the deployment") {
    ComposeShop shop;
    shop.settings.prepare = {{"migrate", "up"}};
    shop.host.prepare_status = 3;
    auto place = shop.place();
    const auto release = place->read("", "c0ffee").value();
    place->fetch(release).value();
    CHECK(place->prepare(release.info).error().message == "prepare 'migrate up' ended with status 3");
    CHECK(place->prepare_lines(20) == "migrated");
    shop.host.prepare_status = 0;
    place->prepare(release.info).value();
    const auto before = shop.host.commands.size();
    place->prepare(release.info).value();
    CHECK(shop.host.commands.size() == before);
    CHECK(join(shop.host.last("run").argv, " ")
              .ends_with("run --rm --no-deps --no-TTY --interactive=false web migrate up"));
    CHECK(place->present().value() == std::vector<std::string>{release.info.id});
    shop.engine.images.clear();
    CHECK(place->present().value().empty());
}

TEST_CASE("a port that somebody takes meanwhile is another one then, and nothing else is tried again") {
    ComposeShop shop;
    shop.settings.scale = 1;
    shop.host.up_fails = {"Error response from daemon: bind: address already in use",
                          "Error response from daemon: Bind for 127.0.0.1:20001 failed: port is already allocated"};
    auto place = shop.place();
    deploy_to(*place, "a");
    REQUIRE(shop.engine.containers.size() == 1);
    std::set<std::string> ports;
    for (const auto& command : shop.host.commands)
        if (!command.input.empty() && command.argv[8] == "up")
            ports.insert(sys::parse_json(command.input, "").value()["services"]["web"]["ports"][0]["published"]);
    CHECK(ports.size() == 3);
    shop.host.up_fails = {"Error response from daemon: OCI runtime create failed", "not asked for"};
    const auto release = place->read("", "c0ffee").value();
    CHECK_FALSE(place->start(place->instances("b"), release.info).ok());
    CHECK(shop.host.up_fails.size() == 1);
}

TEST_CASE("a prepare that takes too long is ended with its container, and the key that gives it more is named") {
    ComposeShop shop;
    shop.settings.prepare = {{"migrate"}};
    shop.settings.prepare_timeout = Milliseconds{2000};
    shop.host.prepare_hangs = true;
    auto place = shop.place();
    const auto release = place->read("", "c0ffee").value();
    place->fetch(release).value();
    shop.engine.containers.push_back({.id = "left",
                                      .image = "x",
                                      .labels = {{"dev.fairlead.app", "shop"},
                                                 {"dev.fairlead.environment", "live"},
                                                 {"dev.fairlead.role", "prepare"}},
                                      .ports = Json::array()});
    CHECK(place->prepare(release.info).error().message ==
          "prepare 'migrate' was not done after 2s and was ended; raise target.prepare_timeout if it may take longer");
    CHECK(shop.host.last("run").timeout == Milliseconds{2000});
    CHECK(shop.engine.containers.empty());
}

TEST_CASE("a port that a stopped container of ours has, or one that may be started again, is given to nobody else") {
    ComposeShop shop;
    shop.settings.scale = 1;
    const auto release = deploy_to(*shop.place(), "a");
    const auto place = shop.place(); // of another run
    const auto held = place->address({.slot = "a"}).value();
    shop.engine.containers.front().state = "exited";
    place->start(place->instances("b"), release).value();
    CHECK(place->address({.slot = "b"}).value() != held);
    place->clear({.slot = "b"}).value();
    const auto later = shop.place(); // the stopped one is gone, and may be started again by its slot
    later->start(later->instances("b"), release).value();
    CHECK(later->address({.slot = "b"}).value() != held);
    later->restart({.slot = "a"}).value();
    CHECK(later->address({.slot = "a"}).value() == held);
}

TEST_CASE("a port that a stopped container of another environment has is given to nobody else") {
    ComposeShop shop;
    shop.settings.scale = 1;
    const auto place = shop.place();
    const auto release = deploy_to(*place, "a");
    const auto held = place->address({.slot = "a"}).value();
    auto& other = shop.engine.containers.front();
    other.state = "exited";
    other.labels["dev.fairlead.environment"] = "elsewhere";
    sys::remove_tree(shop.folder.path() / "state/slots/a").value();
    const auto next = shop.place();
    next->start(next->instances("b"), release).value();
    CHECK(next->address({.slot = "b"}).value() != held);
}

TEST_CASE("docker compose starts nothing again that is stopped, since it is not there any more") {
    ComposeShop shop;
    shop.settings.scale = 1;
    const auto release = deploy_to(*shop.place(), "a");
    shop.engine.containers.front().state = "exited";
    const auto place = shop.place();
    place->start(place->instances("b"), release).value();
    CHECK(shop.engine.did.back() == "remove c1");
    REQUIRE(shop.engine.containers.size() == 1);
    CHECK(join(shop.host.last("up").argv, " ").find("--scale web=1 ") != std::string::npos);
    CHECK(place->observe().value().at({.slot = "a"}).release == release.id); // the way back has it in its slot
    shop.host.nodes.erase("state/slots/b/launch.json");
    shop.engine.containers.front().state = "exited"; // nothing could bring that one back
    place->start(place->instances("a"), release).value();
    CHECK(shop.engine.containers.size() == 2);
}

TEST_CASE("a container that was told to end is ending until it has, and no longer than that life of it") {
    ComposeShop shop;
    shop.settings.scale = 1;
    shop.engine.deaf = true;
    const auto release = deploy_to(*shop.place(), "a");
    const auto place = shop.place();
    CHECK_FALSE(place->observe().value().at({.slot = "a"}).ending);
    place->end({.slot = "a"}).value();
    CHECK(place->observe().value().at({.slot = "a"}).ending);
    CHECK(place->process({.slot = "a"}).value().ending);
    CHECK(shop.place()->process({.slot = "a"}).value().ending); // another run sees it
    shop.engine.containers.front().id = "c9";                   // somebody made another one
    CHECK_FALSE(place->observe().value().at({.slot = "a"}).ending);
    place->end({.slot = "a"}).value();
    place->clear({.slot = "a"}).value();
    CHECK_FALSE(shop.host.has("state/slots/a/ending"));
}

TEST_CASE("a container of our services that somebody made since is told and ended, one of before stays") {
    ComposeShop shop;
    shop.settings.scale = 1;
    const auto place = shop.place();
    const auto release = deploy_to(*place, "a");
    const Json theirs{{"com.docker.compose.project", "shop"},
                      {"com.docker.compose.service", "web"},
                      {"com.docker.compose.oneoff", "False"}};
    shop.engine.containers.push_back({.id = "old", .labels = theirs, .created = 1'699'999'000});
    shop.engine.containers.push_back({.id = "new", .labels = theirs, .created = 1'700'000'100});
    CHECK(place->strays().value().empty()); // nothing is deployed yet
    Record record{
        .deployment = "D", .release = release.id, .finished = format_utc(shop.clock.now()), .verdict = "deployed"};
    shop.store.append(record).value();
    const auto last = shop.store.state().value().last;
    shop.store.write(State{.current = release.id, .slot = "a", .deployment = "D", .last = last}).value();
    CHECK(place->strays().value() == std::vector<Stray>{{"new"}});
    place->end_stray("new").value();
    CHECK(shop.engine.did.back() == "remove new");
    place->end_stray("c1").value(); // one of ours is none
    CHECK(shop.engine.containers.size() == 2);
}
