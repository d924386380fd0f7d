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

TEST_CASE("a server that is down gets requests again once it answers, unless it was drained") {
    const auto servers =
        parse_stat("# pxname,svname,status,\nshop,a,DOWN,\nshop,b,UP 1/2,\nshop,BACKEND,UP,\n", "shop").value();
    REQUIRE(servers.size() == 2);
    CHECK(servers[0].gets_requests());
    CHECK(servers[1].gets_requests());
    auto drained = servers[0];
    drained.drained = true;
    CHECK_FALSE(drained.gets_requests());
    // Of 2.6.12.
    CHECK(parse_drained("1\n# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight\n"
                        "3 shop 1 a 127.0.0.1 0 8 1 1 21 8 2 0 6 0 0 0 - 8001 - 0 0 - - 0\n"
                        "3 shop 2 b 127.0.0.1 2 0 1 1 21 6 3 4 6 0 0 0 - 8002 - 0 0 - - 0\n"
                        "3 shop 3 b.2 - 0 9 1 1 21 1 0 0 6 0 0 0 - 0 - 0 0 - - 0\n\n") ==
          std::vector<std::string>{"a", "b.2"});
    CHECK(parse_drained("nothing of the kind\n").empty());
}

TEST_CASE("HAProxy counts what a server answered, what it refused and what went elsewhere") {
    // Of 2.6.12, up to srv_abrt. `a` had 21 requests: 14 of 200 (one behind a 103), 302, two 404, two 500, one whose
    // answer was cut and one without any; seven of them `b` had refused before.
    const std::string text =
        "# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,"
        "status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,"
        "type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,"
        "hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt\n"
        "shop,FRONTEND,,,0,1,9986,21,1787,1207,0,0,0,,,,,OPEN,,,,,,,,,1,2,0,,,,0,12,0,13,,,,0,15,1,2,3,0,,12,"
        "13,21,,\n"
        "shop,a,0,0,0,1,,21,1787,1207,,0,,0,2,0,0,no check,1,1,0,,,3,,,1,3,1,,21,,2,12,,13,,,,1,15,1,2,2,0,,,"
        ",21,0,1\n"
        "shop,b,0,0,0,1,,7,0,0,,0,,0,0,0,7,no check,1,1,0,,,1,,,1,3,2,,7,,2,7,,7,,,,0,0,0,0,0,0,,,,0,0,0\n"
        "shop,BACKEND,0,0,0,1,999,21,1787,1207,0,0,,0,2,0,7,UP,2,2,0,,0,3,0,,1,3,0,,28,,1,12,,13,,,,0,15,1,2,"
        "3,0,,,,21,0,1\n";
    const auto servers = parse_stat(text, "shop").value();
    REQUIRE(servers.size() == 2);
    CHECK(servers[0].counted.bad == 4);
    CHECK(servers[0].counted.requests == 22); // the one that was cut is there twice
    CHECK(servers[1].counted.bad == 7);
    CHECK(servers[1].counted.requests == 7);
    const auto none =
        parse_stat("# pxname,svname,hrsp_5xx\nshop,a,-3\nshop,b,99999999999999999999\nshop,BACKEND,", "shop");
    REQUIRE(none->size() == 2);
    CHECK(none->at(0).counted.requests == 0);
    CHECK(none->at(1).counted.requests == 0);
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
