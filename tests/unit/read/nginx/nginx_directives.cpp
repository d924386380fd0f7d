#include "read/nginx/nginx_directives.h"
#include "support/catch.h"

using namespace fairlead::read;

TEST_CASE("a directive of nginx is known where it may stand") {
    CHECK(nginx_knows("server_name"));
    CHECK_FALSE(nginx_knows("sever_name"));
    CHECK(nginx_use("listen", NginxContext::server).has_value());
    CHECK_FALSE(nginx_use("listen", NginxContext::http).has_value());
    CHECK(nginx_use("include", NginxContext::events).has_value());
    CHECK(nginx_allows("server", NginxContext::http, true));
    CHECK_FALSE(nginx_allows("server", NginxContext::http, false));
    CHECK(nginx_allows("server", NginxContext::upstream, false));
}

TEST_CASE("the number of arguments is nginx's") {
    const auto takes = [](std::string_view name, NginxContext context, std::size_t count) {
        return nginx_use(name, context)->takes(count);
    };
    CHECK(takes("add_header", NginxContext::location, 3));
    CHECK_FALSE(takes("add_header", NginxContext::location, 1));
    CHECK_FALSE(takes("server_name", NginxContext::server, 0));
    CHECK(takes("server_name", NginxContext::server, 30));
    CHECK_FALSE(takes("try_files", NginxContext::location, 1));
    CHECK(takes("sendfile", NginxContext::http, 1));
    CHECK(takes("internal", NginxContext::location, 0));
}

TEST_CASE("what a block holds depends on where it stands") {
    CHECK(nginx_inside("server", NginxContext::http) == NginxContext::server);
    CHECK(nginx_inside("server", NginxContext::stream) == NginxContext::stream_server);
    CHECK(nginx_inside("if", NginxContext::server) == NginxContext::server_if);
    CHECK(nginx_inside("if", NginxContext::location) == NginxContext::location_if);
    CHECK(nginx_inside("map", NginxContext::http) == NginxContext::entries);
    CHECK(nginx_inside("match", NginxContext::http) == NginxContext::other);
}
