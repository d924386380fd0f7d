#include "deploy/routers/nginx_view.h"
#include "deploy/routers/kinds.h"
#include "sys/files/files.h"
#include "unit/deploy/direct/shop.h"

using namespace fairlead;
using namespace fairlead::deploy;
using namespace fairlead::deploy::testing;

namespace {

struct Files {
    sys::TemporaryFolder folder = sys::TemporaryFolder::make("fairlead-view").value();
    Shop shop;
    World world{shop.settings, shop.variables, shop.store, shop.process, shop.http, shop.clock, sys::real_host()};
    explicit Files(const std::string& http) {
        shop.settings.router.config = (folder.path() / "nginx.conf").string();
        sys::make_folders(folder.path() / "d").value();
        sys::write_file(folder.path() / "nginx.conf", "pid /x/pid;\nevents {}\nhttp { include d/*.conf; }\n").value();
        sys::write_file(folder.path() / "d/site.conf", http).value();
    }
};

const std::string upstream = "upstream s { server \"unix:/nowhere/shop/run/current.sock\"; }\n";
const std::string passes = " location / { proxy_pass http://s; } }\n";

}

TEST_CASE("a keepalive beside our links, and https without HTTP/2, are told before a deployment") {
    CHECK(nginx_notes(Files(upstream + "server { listen 80;" + passes).world).empty());
    Files kept("upstream s { server \"unix:/nowhere/shop/run/current.sock\"; keepalive 8; }\n");
    REQUIRE(nginx_notes(kept.world).size() == 1);
    CHECK(nginx_notes(kept.world)[0].find("`keepalive` in the upstream of fairlead-deploy's links") !=
          std::string::npos);
    Files old(upstream + "server { listen 443 ssl;" + passes);
    REQUIRE(nginx_notes(old.world).size() == 1);
    CHECK(nginx_notes(old.world)[0].find("only with HTTP/1.1") != std::string::npos);
    for (const std::string with : {"listen 443 ssl http2;", "listen 443 ssl; http2 on;"})
        CHECK(nginx_notes(Files(upstream + "server {" + with + passes).world).empty());
    CHECK(nginx_notes(Files("http2 on;\n" + upstream + "server { listen 443 ssl;" + passes).world).empty());
    CHECK(view_nginx(old.world).pid_file == "/x/pid");
}

TEST_CASE("a configuration that was named has to lead to our links; what can't be read is no proof") {
    CHECK(check_nginx(Files(upstream).world).ok());
    Files elsewhere("upstream s { server 127.0.0.1:8000; }\n");
    CHECK(check_nginx(elsewhere.world).error().kind == Kind::usage);
    elsewhere.shop.settings.router.config = "/nowhere/nginx.conf";
    CHECK(check_nginx(elsewhere.world).error().message == "router.config '/nowhere/nginx.conf' can't be read");
    elsewhere.shop.http.router_down = true;
    CHECK(check_nginx(elsewhere.world).error().kind == Kind::could_not);
}

TEST_CASE("a router that took the question and waits for an application that hangs is up") {
    Files waits(upstream);
    waits.shop.http.router_waits = true;
    CHECK(check_nginx(waits.world).ok());
    waits.shop.http.router_down = true;
    CHECK(check_nginx(waits.world).error().kind == Kind::could_not);
}

TEST_CASE("what nginx was built with is read from its own words") {
    const auto build = parse_nginx_build("nginx version: nginx/1.27.4 (Ubuntu)\nconfigure arguments: --prefix=/x "
                                         "--conf-path=/etc/nginx/nginx.conf --pid-path=/run/nginx.pid --with-debug\n");
    CHECK(build.version == std::array<int, 3>{1, 27, 4});
    CHECK(build.configuration == "/etc/nginx/nginx.conf");
    CHECK(build.pid_file == "/run/nginx.pid");
    CHECK(parse_nginx_build("").version == std::array<int, 3>{});
}
