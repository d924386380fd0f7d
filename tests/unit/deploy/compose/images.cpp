#include "unit/deploy/compose/shop.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

TEST_CASE("a service is named where there are several, and one that is unknown is told") {
    ComposeShop shop;
    shop.settings.services.clear();
    auto place = shop.place();
    const auto unclear = place->read("", "c0ffee");
    REQUIRE_FALSE(unclear.ok());
    CHECK(unclear.error().message.find("in target.services") != std::string::npos);
    shop.settings.services = {"wbe"};
    const auto wrong = place->read("", "c0ffee");
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().message.find("service 'wbe' is not in a compose file") != std::string::npos);
}
