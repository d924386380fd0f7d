#include "deploy/routers/links.h"
#include "unit/deploy/direct/shop.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

struct Lanes : Shop {
    Lanes() {
        settings.strategy = "rolling";
        settings.router.lanes = 10;
        host.folder("run/lane");
    }
    Links links{world};
    static Upstream at(const std::string& slot, int weight, int number = 1) {
        const Instance instance{.slot = slot, .number = number};
        return {instance, "unix:/nowhere/shop/run/" + name_of(instance) + ".sock", weight};
    }
    std::string shown() {
        std::string all;
        for (int i = 0; i < settings.router.lanes; ++i) all += text("run/lane/0" + std::to_string(i)).substr(3, 1);
        return all + " " + text("run/current.sock");
    }
};

}

TEST_CASE("shares become lanes, the rest of a division goes where most is missing, and nobody gets none") {
    const auto counts = [](std::vector<int> weights, int lanes) {
        std::vector<Upstream> to;
        for (const int weight : weights) to.push_back(Lanes::at("a", weight));
        return lanes_of(to, lanes).value();
    };
    CHECK(counts({95, 5}, 20) == std::vector<int>{19, 1});
    CHECK(counts({99, 1}, 20) == std::vector<int>{19, 1});
    CHECK(counts({1, 1, 1}, 20) == std::vector<int>{7, 7, 6});
    CHECK(counts({1}, 20) == std::vector<int>{20});
    CHECK(counts({1000, 1, 1}, 3) == std::vector<int>{1, 1, 1});
    CHECK(lanes_of({Lanes::at("a", 1), Lanes::at("b", 1), Lanes::at("b", 1, 2)}, 2).error().message ==
          "3 instances can't share 2 lanes; raise router.lanes");
}

TEST_CASE(
    "a new release grows from the first lane on, is taken back there first, and users that stay keep their lane") {
    Lanes shop;
    shop.links.route({Lanes::at("a", 1)}).value();
    CHECK(shop.shown() == "aaaaaaaaaa a.sock");
    shop.links.route({Lanes::at("a", 80), Lanes::at("b", 20)}).value();
    CHECK(shop.shown() == "bbaaaaaaaa a.sock");
    shop.host.did.clear();
    shop.links.route({Lanes::at("a", 50), Lanes::at("b", 50)}).value();
    CHECK(shop.shown() == "bbbbbaaaaa a.sock");
    CHECK_FALSE(shop.host.was_done("link run/lane/00 to ../b.sock"));
    CHECK(shop.host.was_done("link run/lane/02 to ../b.sock"));
    CHECK(shop.links.observe().value() == std::vector<Upstream>{Lanes::at("a", 5), Lanes::at("b", 5)});
    const auto kept = shop.host.nodes["run/lane/09"];
    shop.host.replace_symlink("/elsewhere.sock", sys::Path("/nowhere/shop/run/lane/09")).value();
    CHECK(shop.links.observe().value() ==
          std::vector<Upstream>{Lanes::at("a", 4), Lanes::at("b", 5), {{.slot = "elsewhere"}, "", 1}});
    shop.host.nodes["run/lane/09"] = kept;
    shop.host.did.clear();
    shop.links.route({Lanes::at("a", 1)}).value();
    CHECK(shop.shown() == "aaaaaaaaaa a.sock");
    CHECK(shop.host.when("link run/lane/00 to ../a.sock") < shop.host.when("link run/lane/04 to ../a.sock"));
    CHECK(shop.links.logged()->at("unix:/nowhere/shop/run/lane/09") == Instance{.slot = "a"});
}

TEST_CASE("a switch that fails at any link leaves what was before") {
    for (const std::string failing : {"link run/lane/00 to ../b.sock", "link run/lane/07 to ../b.sock",
                                      "link run/lane/09 to ../b.sock", "link run/current.sock to b.sock"}) {
        INFO(failing);
        Lanes shop;
        shop.links.route({Lanes::at("a", 1)}).value();
        shop.host.failing = failing;
        CHECK(shop.links.route({Lanes::at("b", 1)}).error().message == "no " + failing);
        CHECK(shop.shown() == "aaaaaaaaaa a.sock");
    }
}

TEST_CASE("lanes that are new follow the link until a switch says otherwise, and those that are gone do again") {
    Lanes shop;
    shop.settings.strategy = "blue-green";
    shop.links.route({Lanes::at("b", 1)}).value();
    CHECK_FALSE(shop.host.has("run/lane/00"));
    shop.settings.strategy = "rolling";
    shop.links.make().value();
    CHECK(shop.text("run/lane/00") == "../current.sock");
    CHECK(shop.links.observe().value() == std::vector<Upstream>{Lanes::at("b", 10)});
    shop.links.route({Lanes::at("a", 1)}).value();
    CHECK(shop.shown() == "aaaaaaaaaa a.sock");
    shop.settings.router.lanes = 4;
    shop.links.route({Lanes::at("a", 75), Lanes::at("b", 25)}).value();
    CHECK(shop.shown() == "baaa a.sock");
    CHECK(shop.text("run/lane/07") == "../current.sock");
    shop.settings.strategy = "blue-green"; // whoever still reads the lanes is led as all are
    shop.links.route({Lanes::at("b", 1)}).value();
    CHECK(shop.shown() == "bbbb b.sock");
}

TEST_CASE("links lead back to instances, whoever the application runs as") {
    Lanes shop;
    shop.settings.strategy = "blue-green";
    for (const auto& [target, name] : {std::pair<std::string, std::string>{"a.sock", "a"},
                                       {"b.2.sock", "b.2"},
                                       {"a/app.sock", "a"},
                                       {"b.3/app.sock", "b.3"}}) {
        shop.host.nodes["run/current.sock"] = {sys::FileType::link, target, 0777};
        const auto seen = shop.links.observe().value();
        REQUIRE(seen.size() == 1);
        CHECK(name_of(seen[0].instance) == name);
        CHECK(seen[0].address == "unix:/nowhere/shop/run/" + target);
    }
    shop.host.nodes["run/current.sock"].text = "somewhere/else";
    CHECK(shop.links.observe()->empty());
    CHECK(shop.links.route({{{.slot = "a"}, "127.0.0.1:8001"}})
              .error()
              .message.find("a link can lead only to a socket") != std::string::npos);
}
