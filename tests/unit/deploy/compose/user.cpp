#include "deploy/compose/user.h"
#include "support/catch.h"

using namespace fairlead::deploy;

TEST_CASE("a container's user is root, a number that files can be given to, or a name of its image") {
    for (const auto* root : {"", "root", "root:www", "0", "0:0"}) CHECK(container_user(root).is_root);
    CHECK(container_user("1000:50").number == 1000u);
    CHECK_FALSE(container_user("1000").is_root);
    for (const auto* name : {"www-data", "-1", "99999999999"}) {
        CHECK_FALSE(container_user(name).is_root);
        CHECK_FALSE(container_user(name).number);
    }
}
