#include "deploy/routers/engine.h"
#include "support/catch.h"
#include "sys/process/process.h"
#include "unit/deploy/direct/shop.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

TEST_CASE("router.container: what runs in it is asked through its engine") {
    Shop shop;
    CHECK(router_process(shop.world).value() == 0);
    shop.settings.router.container = "edge";
    if (!sys::find_own_program("docker")) return; // it has to be there to be found
    shop.host.output = {.out = "4711\n"};
    CHECK(router_process(shop.world).value() == 4711);
    CHECK(run_beside_router(shop.world, {"nginx", "-t"}).ok());
    const auto& asked = shop.host.commands.back().argv;
    CHECK(std::vector<std::string>(asked.begin() + 1, asked.end()) ==
          std::vector<std::string>{"exec", "edge", "nginx", "-t"});
    CHECK(signal_container(shop.world, "HUP").ok());
    CHECK(shop.host.commands.back().argv.back() == "edge");
    shop.host.output = {.out = "0\n"};
    CHECK(router_process(shop.world).error().message == "router.container 'edge' does not run; start it");
    shop.host.output = {.status = 1, .err = "Error: No such object: edge\n"};
    CHECK(router_process(shop.world).error().message.find("No such object") != std::string::npos);
}
