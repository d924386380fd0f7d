#include "read/nginx/nginx_variables.h"
#include "support/catch.h"

using namespace fairlead::read;

namespace {

// Of the first variable of the first `use`.
NginxContents of_use(std::string_view text) {
    const NginxFile file = read_nginx(text, "n");
    const auto uses = file.all("use");
    REQUIRE(uses.size() == 1);
    return NginxVariables(file).contents(nginx_parts(uses[0]->argument(0)).at(0).variable, *uses[0]);
}

bool newline(const NginxContents& contents) { return contents.client && contents.may['\n']; }

}

TEST_CASE("a value is text and variables") {
    std::string seen;
    for (const auto& part : nginx_parts("http://$Host${uri}x/$12$")) seen += part.text + "<" + part.variable + ">";
    CHECK(seen == "http://<><host><uri>x/<><1>2$<>");
}

TEST_CASE("nginx's own variables come from the client or not") {
    CHECK(newline(of_use("use $uri;")));
    CHECK_FALSE(newline(of_use("use $request_uri;")));
    CHECK(of_use("use $request_uri;").client);
    CHECK(of_use("use $arg_x;").client);
    CHECK(of_use("use $http_x_y;").client);
    CHECK_FALSE(of_use("use $scheme;").client);
    CHECK_FALSE(of_use("use $nobody_knows;").client);
}

TEST_CASE("set, map and captures are followed") {
    CHECK(newline(of_use("location ~ ^/(a|b)/([^/]+) { set $p $2; use $p; }")));
    CHECK_FALSE(newline(of_use("location ~ ^/(a|b)/([^/]+) { set $p $1; use $p; }")));
    CHECK(newline(of_use("location ~ ^/(?<rest>\\W+) { use $rest; }")));
    CHECK(of_use("map $http_x $m { ~^(?<all>.+)$ $all; } server { use $m; }").client);
    CHECK_FALSE(of_use("map $http_x $m { a b; default c; } server { use $m; }").client);
    CHECK(of_use("map $http_x $m { default $http_x; } server { use $m; }").client);
    CHECK_FALSE(of_use("location /a { set $p $arg_a; } location /b { use $p; }").client);
    CHECK(of_use("location /a { if ($x) { set $p $arg_a; } use $p; }").client);
    CHECK_FALSE(newline(of_use("if ($request_uri ~ \"^/([^/]+)\") { use $1; }")));
    CHECK(newline(of_use("if ($uri ~ \"^/([^/]+)\") { use $1; }")));
    CHECK_FALSE(newline(of_use("server { server_name ~^([^/]+)$; use $1; }")));
}

TEST_CASE("circles and long chains end") {
    CHECK_FALSE(of_use("set $a $b; set $b $a; use $a;").client);
    std::string text;
    for (int at = 0; at < 1000; ++at)
        text += "set $v" + std::to_string(at) + " $v" + std::to_string(at + 1) + "x$v" + std::to_string(at + 1) + ";";
    CHECK_FALSE(of_use(text + "use $v0;").client);
}

TEST_CASE("a value is flattened where one set says it all") {
    const NginxFile file = read_nginx("set $u \"http://a$request_uri\"; use $u;", "n");
    const auto parts = NginxVariables(file).flat("$u", *file.all("use")[0]);
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].text == "http://a");
    CHECK(parts[1].variable == "request_uri");
}
