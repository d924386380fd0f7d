#include "preflight/uses/recognised.h"
#include "read/compose/compose.h"
#include "read/env/env.h"
#include "read/nginx/nginx.h"
#include "read/unit.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::preflight;

namespace {

Nginx nginx(const std::string& text) {
    return {"nginx.conf", std::make_shared<read::NginxFile>(read::read_nginx(text, "nginx.conf"))};
}

Unit unit(const std::string& text) { return {"a.service", std::make_shared<read::UnitFile>(read::read_unit(text))}; }

EnvFile env(const std::string& text) {
    EnvFile one;
    one.read = std::make_shared<read::EnvFile>(read::read_env(text, *read::dialect_named("compose"), {}));
    return one;
}

std::map<std::string, Unread> unread_of_nginx(const std::string& text) {
    Project project;
    project.read = [text](const std::string&) { return std::optional(text); };
    project.nginxes = {nginx(text)};
    note_unrecognised(project);
    return *project.unread;
}

}

TEST_CASE("a subject is recognised by one thing that is its kind's own") {
    CHECK(is_recognised(nginx("listen 80;")));
    CHECK_FALSE(is_recognised(nginx("a {a {")));
    CHECK_FALSE(is_recognised(nginx("# nothing")));
    CHECK(is_recognised(unit("[Service]\nExecStart=/bin/true\n")));
    CHECK_FALSE(is_recognised(unit("[D-BUS Service]\nName=a\n")));
    CHECK(is_recognised(env("A=\n")));
    CHECK_FALSE(is_recognised(env("# A=b\n")));
}

TEST_CASE("braces that nothing closes are an error at their line, with no directive of nginx's in sight") {
    const auto unread = unread_of_nginx("\na {a {");
    REQUIRE(unread.contains("nginx.conf"));
    CHECK(unread.at("nginx.conf").is_error);
    CHECK(unread.at("nginx.conf").line == 2);
    std::string many;
    for (int i = 0; i < 200000; ++i) many += "a {";
    CHECK(unread_of_nginx(many).at("nginx.conf").is_error);
}

TEST_CASE("another program's file is a warning, and a module's that nobody here knows") {
    for (const auto* text : {"<VirtualHost *:80>\nServerName a\n</VirtualHost>\n", "[program:a]\ncommand=b\n",
                             "# only\n", "brotli on;\nbrotli_comp_level 6;\n"}) {
        INFO(text);
        const auto unread = unread_of_nginx(text);
        REQUIRE(unread.contains("nginx.conf"));
        CHECK_FALSE(unread.at("nginx.conf").is_error);
    }
    CHECK(unread_of_nginx("server { listen 80; }").empty());
}
