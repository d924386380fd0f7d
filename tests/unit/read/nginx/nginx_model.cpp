#include "read/nginx/nginx.h"
#include "support/catch.h"

using fairlead::read::nginx_listen;
using fairlead::read::nginx_location;
using fairlead::read::NginxFile;
using fairlead::read::NginxLocation;
using fairlead::read::read_nginx;

TEST_CASE("an inner level with one of its own inherits none") {
    const NginxFile file = read_nginx("server { add_header A 1; add_header B 2; location /in { }\n"
                                      "location /own { add_header C 3; if ($a) { } } }",
                                      "n");
    const auto headers = [&](std::size_t block) {
        std::string names;
        for (const auto* header : file.in_effect(block, "add_header")) names += header->argument(0);
        return names;
    };
    const auto locations = file.all("location");
    REQUIRE(locations.size() == 2);
    CHECK(headers(file.index_of(*locations[0])) == "AB");
    CHECK(headers(file.index_of(*locations[1])) == "C");
    CHECK(headers(file.index_of(*file.all("if")[0])) == "C");
    CHECK(file.in_effect(std::nullopt, "add_header").empty());
    CHECK(file.find(0, "add_header")->argument(0) == "B");
    CHECK(file.find(0, "root") == nullptr);
}

TEST_CASE("a location has a modifier, with or without a blank") {
    using Kind = NginxLocation::Kind;
    const auto check = [](const std::string& written, Kind kind, const std::string& path) {
        INFO(written);
        const NginxFile file = read_nginx("location " + written + " { }", "n");
        const NginxLocation location = nginx_location(file.directives.front());
        CHECK(location.kind == kind);
        CHECK(location.path == path);
    };
    check("/a", Kind::prefix, "/a");
    check("= /a", Kind::exact, "/a");
    check("=/a", Kind::exact, "/a");
    check("^~ /a", Kind::prefix_first, "/a");
    check("~ \\.php$", Kind::regex, "\\.php$");
    check("~*\\.php$", Kind::regex, "\\.php$");
    check("@back", Kind::named, "@back");
}

TEST_CASE("listen names an address, a port and what is spoken there") {
    const auto read = [](const std::string& written) {
        return nginx_listen(read_nginx("listen " + written + ";", "n").directives.front());
    };
    CHECK(read("80").port == "80");
    CHECK(read("127.0.0.1").port == "80");
    CHECK(read("127.0.0.1").host == "127.0.0.1");
    CHECK(read("[::]:8080").port == "8080");
    CHECK(read("[::1]").host == "[::1]");
    CHECK(read("*:443 ssl").tls);
    CHECK(read("443 quic").tls);
    CHECK_FALSE(read("443").tls);
    CHECK(read("unix:/run/x.sock").unix_socket);
    CHECK(read("80 default_server").by_default);
}
