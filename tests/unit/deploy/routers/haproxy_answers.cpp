#include "deploy/routers/haproxy_answers.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::deploy;

TEST_CASE("HAProxy's servers are read by the names of the columns, whatever stands between") {
    const std::string text = "# pxname,svname,qcur,scur,status,weight,addr,\n"
                             "shop,FRONTEND,,3,OPEN,,,\n"
                             "shop,a,1,2,no check,10,unix,\n"
                             "shop,a.2,0,0,MAINT (resolution),1,127.0.0.1:8001,\n"
                             "shop,b,0,4,DRAIN,1,[::1]:80,\n"
                             "shop,BACKEND,0,0,UP,10,,\n"
                             "shop2,c,0,0,UP,1,,\n";
    const auto servers = parse_stat(text, "shop").value();
    REQUIRE(servers.size() == 3);
    CHECK(servers[0].gets_requests());
    CHECK(servers[0].sessions == 3);
    CHECK(servers[0].weight == 10);
    CHECK_FALSE(servers[1].gets_requests());
    CHECK(servers[1].address == "127.0.0.1:8001");
    CHECK_FALSE(servers[2].gets_requests());
    CHECK(parse_stat(text, "other").error().kind == Kind::usage);
    CHECK(parse_stat("Permission denied\n", "shop").error().kind == Kind::could_not);
    CHECK(parse_stat("", "shop").error().kind == Kind::could_not);
    CHECK(parse_stat("# pxname,svname,\nshop,BACKEND", "shop")->empty());
}

TEST_CASE("what HAProxy answers to a change is believed only where it did it") {
    CHECK(check_set("set server s/a state ready", "\n").ok());
    CHECK(check_set("set server s/a addr 127.0.0.1 port 80",
                    "no need to change the addr, port changed from '1' to '80' by 'stats socket command'\n\n")
              .ok());
    CHECK(check_set("set server s/a addr 127.0.0.1 port 80",
                    "no need to change the addr, no need to change the port by 'stats socket command'\n")
              .ok());
    for (const auto* answer :
         {"No such server.\n\n", "Permission denied\n",
          "Update for the current server address family is only supported through configuration file by 'stats socket "
          "command'\n\n"}) {
        const auto done = check_set("set server s/a addr 127.0.0.1 port 80", answer);
        REQUIRE_FALSE(done.ok());
        CHECK(done.error().kind == Kind::could_not);
    }
    CHECK_FALSE(
        check_set("set server s/a weight 300", "Absolute weight can only be between 0 and 256 inclusive.\n").ok());
}
