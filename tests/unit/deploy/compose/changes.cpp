#include "unit/deploy/compose/shop.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

TEST_CASE("where a router reaches sockets, the application is told one in a folder that only it and the router share") {
    ComposeShop shop;
    shop.settings.router.kind = "nginx";
    shop.settings.root = (shop.folder.path() / "root").string();
    shop.host.model =
        R"({"name": "shop", "services": {"web": {"image": "shop:1", "command": ["--bind", "unix:{socket}"]}}})";
    auto place = shop.place();
    deploy_to(*place, "a");
    const auto socket = shop.settings.root + "/run/a/app.sock";
    const auto web = sys::parse_json(shop.host.last("up").input, "").value()["services"]["web"];
    CHECK(web["command"][1] == "unix:" + socket);
    CHECK(web["environment"]["FAIRLEAD_SOCKET"] == socket);
    CHECK(web["volumes"].back()["source"] == shop.settings.root + "/run/a");
    CHECK(place->address({.slot = "a"}).value() == "unix:" + socket);
}
