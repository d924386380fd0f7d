#include "deploy/direct/router_group.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::deploy;

TEST_CASE("nginx's own file says who its workers are") {
    CHECK(nginx_user("user www-data;\nworker_processes auto;\n").user == "www-data");
    CHECK(nginx_user("# user nobody;\n\tuser\tnginx  web ; # as packaged\n").group == "web");
    CHECK(nginx_user("events {}\nhttp { userid on; }\n").user.empty());
    CHECK(nginx_user("user_agent x;\n").user.empty());
    CHECK(nginx_user("user ;\nuser").user.empty());
}

TEST_CASE("a group that this host doesn't know is wrong use, with the way out") {
    Settings settings;
    settings.socket_group = "no-group-of-this-name";
    const auto group = router_group(settings);
    REQUIRE_FALSE(group.ok());
    CHECK(group.error().kind == Kind::usage);
    CHECK(group.error().message.find("name the group of nginx's workers") != std::string::npos);
}
