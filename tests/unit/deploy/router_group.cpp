#include "deploy/router_group.h"
#include "deploy/surroundings.h"
#include "support/catch.h"
#include "sys/user.h"
#include <algorithm>

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
    CHECK(group.error().message.find("name the one that nginx's workers are in") != std::string::npos);
}

TEST_CASE("an application's PATH is a fixed one unless its own variables say so, and each name is there once") {
    const sys::Environment deployer(
        std::map<std::string, std::string>{{"PATH", "/opt/job/bin:/usr/bin"}, {"HOME", "/root"}, {"LANG", "C"}});
    const auto has = [](const std::vector<std::string>& all, const std::string& one) {
        return std::count(all.begin(), all.end(), one) == 1;
    };
    const auto plain = application_environment(deployer, nullptr, {});
    CHECK(has(plain, std::string("PATH=") + service_path));
    CHECK(has(plain, "HOME=/root"));
    const sys::User user{.uid = 1000, .gid = 1000, .groups = {}, .name = "shop", .home = "/home/shop"};
    const auto own =
        application_environment(deployer, &user, {{"PATH", "/opt/shop/bin"}, {"LANG", "de"}, {"LANG", "C.UTF-8"}});
    CHECK(has(own, "PATH=/opt/shop/bin"));
    CHECK(has(own, "LANG=C.UTF-8"));
    CHECK(has(own, "HOME=/home/shop"));
    CHECK(std::count_if(own.begin(), own.end(),
                        [](const auto& v) { return v.starts_with("PATH=") || v.starts_with("LANG="); }) == 2);
    CHECK(program_in("sh", "/nowhere:/bin") == "/bin/sh");
    CHECK_FALSE(program_in("sh", "/nowhere"));
}
