#include "deploy/routers/nginx_render.h"
#include "base/text.h"
#include "deploy/direct/keeper.h"
#include "support/catch.h"
#include "sys/files/files.h"
#include "sys/process/process.h"
#include <algorithm>
#include <fmt/format.h>

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

std::string nginx_program() {
    return sys::find_program("nginx").value_or(sys::find_program("/usr/sbin/nginx").value_or(""));
}

// What `nginx -t` says of the file in an http block; empty: it is fine.
std::string judged(const sys::Path& folder, const std::string& site) {
    sys::write_file(folder / "site.conf", site).value();
    const auto in = folder.string();
    sys::write_file(folder / "nginx.conf",
                    fmt::format("pid {0}/pid; error_log stderr; events {{}}\nhttp {{ access_log off; "
                                "client_body_temp_path {0}/b; proxy_temp_path {0}/p; fastcgi_temp_path {0}/f; "
                                "uwsgi_temp_path {0}/u; scgi_temp_path {0}/s; include {0}/site.conf; }}",
                                in))
        .value();
    const auto done =
        sys::run({.argv = {nginx_program(), "-t", "-q", "-e", "stderr", "-c", (folder / "nginx.conf").string()}});
    return done.ok() ? (done->status == 0 ? "" : done->err + "status " + std::to_string(done->status))
                     : done.error().message;
}

Settings settings_with(const std::string& root, const std::string& url = "http://shop.example.org") {
    Settings settings;
    settings.app = "shop";
    settings.environment = "staging";
    settings.root = root;
    settings.url = url;
    return settings;
}

// Words of the file, as nginx reads them; quotes taken away.
std::vector<std::string> directives(const std::string& text) {
    std::vector<std::string> found;
    for (const auto& line : split(text, '\n')) found.emplace_back(trim(line));
    return found;
}

}

TEST_CASE("what is written into nginx's configuration stays one word of it, and nginx takes the file") {
    const auto folder = sys::TemporaryFolder::make("fairlead-nginx").value();
    for (const std::string root :
         {"/srv/shop", "/srv/a b", "/srv/a\"; server 6.6.6.6; #", "/srv/x;}", "/srv/$host", "/srv/#x", "/srv/it's",
          "/srv/a:b", "/srv/%n", "/srv/\"", "/srv/a\\", "/srv/\xc3\xa9", "/srv/${x}", "/srv/a\\\"b", "/srv/--x"}) {
        INFO(root);
        const auto text = render_nginx(settings_with(root));
        REQUIRE(text.ok());
        int servers = 0, openings = 0;
        for (const auto& line : directives(text.value())) {
            if (line.starts_with('#')) continue;
            servers += line.starts_with("server ") && !line.starts_with("server {");
            openings += line.ends_with('{');
        }
        CHECK(servers == 1);
        CHECK(openings == 4);
        if (!nginx_program().empty()) CHECK(judged(folder.path(), text.value()) == "");
    }
    CHECK(quote_for_nginx("a\"b\\c").value() == "\"a\\\"b\\\\c\"");
}

TEST_CASE("every url that is not refused is one that nginx listens at") {
    const auto folder = sys::TemporaryFolder::make("fairlead-nginx").value();
    const std::string long_label(63, 'a');
    const auto long_name = fmt::format("{0}.{0}.{0}.example.org", long_label);
    for (const std::string& host :
         {std::string("shop.example.org"), std::string("localhost"), std::string("127.0.0.1"), std::string("[::1]"),
          std::string("127.example.org"), std::string("under_score.example.org"), long_name,
          std::string("SHOP.example"), std::string("a.very-long-name-of-a-host.eu-central-1.elb.amazonaws.com")}) {
        INFO(host);
        const auto text = render_nginx(settings_with("/srv/shop", "http://" + host + ":18080"));
        REQUIRE(text.ok());
        if (!nginx_program().empty()) CHECK(judged(folder.path(), text.value()) == "");
    }
    for (const std::string& url : {std::string("http://a..b"), std::string("http://.a"), std::string("http://a."),

                                   std::string("http://a;b"), std::string("http://a{b"), std::string("http://a$b"),
                                   std::string("http://a b"), std::string("http://a\"b"), std::string("http://a#b{"),
                                   std::string("http://*.a.org"), std::string("http://~a"), std::string("http://[::1"),

                                   std::string("http://a:0"), std::string("http://a:99999"), std::string("http://a:8o"),
                                   std::string("http://a\n:80"), "http://" + std::string(200, 'a') + ".org",
                                   "http://" + long_name + "." + long_name, std::string("http://\xc3\xa4.org")}) {
        INFO(url);
        const auto text = render_nginx(settings_with("/srv/shop", url));
        if (url == "http://a#b{") { // a fragment, no part of the host
            CHECK(text.ok());
            continue;
        }
        REQUIRE_FALSE(text.ok());
        CHECK(text.error().kind == Kind::usage);
    }
}

TEST_CASE("a url of this machine alone is listened at on this machine alone") {
    const auto of = [](const char* url) { return render_nginx(settings_with("/srv/shop", url)).value(); };
    CHECK(of("http://shop.example.org:8000").find("listen [::]:8000;") != std::string::npos);
    CHECK(of("http://127.0.0.1:8000").find("[::]") == std::string::npos);
    CHECK(of("http://127.0.0.1:8000").find("listen 127.0.0.1:8000;") != std::string::npos);
}

TEST_CASE("names of any length and beginning become names of nginx's") {
    const auto folder = sys::TemporaryFolder::make("fairlead-nginx").value();
    for (const auto& [app, environment] : {std::pair<std::string, std::string>{"2shop", "1"},
                                           {std::string(64, 'x'), std::string(64, 'y')},
                                           {"a.b-c", "_"}}) {
        auto settings = settings_with("/srv/shop");
        settings.app = app;
        settings.environment = environment;
        const auto text = render_nginx(settings);
        REQUIRE(text.ok());
        CHECK(text->find("$2shop") == std::string::npos);
        if (!nginx_program().empty()) CHECK(judged(folder.path(), text.value()) == "");
    }
    auto one = settings_with("/srv/shop"), other = one;
    one.app = std::string(64, 'x');
    one.environment = std::string(60, 'y') + "1";
    other.app = one.app;
    other.environment = std::string(60, 'y') + "2";
    CHECK(render_nginx(one)->find("upstream xxx") != std::string::npos);
    const auto upstream = [](const std::string& text) { return text.substr(text.find("upstream"), 40); };
    CHECK(upstream(render_nginx(one).value()) != upstream(render_nginx(other).value()));
    one.app = "shop-eu", one.environment = "staging";
    other.app = "shop", other.environment = "eu-staging";
    CHECK(upstream(render_nginx(one).value()) != upstream(render_nginx(other).value()));
}

TEST_CASE("nginx listens where the url says and connects to the link") {
    Settings settings;
    settings.app = "shop-x";
    settings.environment = "staging";
    settings.root = "/srv/shop";
    settings.url = "http://127.0.0.1:8080";
    const auto text = render_nginx(settings);
    REQUIRE(text.ok());
    CHECK(text->find("upstream shop_x_staging_") != std::string::npos);
    CHECK(text->find("server \"unix:/srv/shop/run/current.sock\"") != std::string::npos);
    CHECK(text->find("listen 127.0.0.1:8080;") != std::string::npos);
    settings.url = "https://shop.example.org";
    CHECK(render_nginx(settings)->find("listen 443 ssl http2;\n    listen [::]:443 ssl http2;") != std::string::npos);
    const auto newer = render_nginx(settings, {.version = {1, 25, 1}, .ipv6 = false}).value();
    CHECK(newer.find("listen 443 ssl;\n    http2 on;") != std::string::npos);
    CHECK(newer.find("[::]") == std::string::npos);
    settings.router.certificate = "/etc/a b.pem";
    settings.router.certificate_key = "/etc/key.pem";
    CHECK(render_nginx(settings)->find("ssl_certificate \"/etc/a b.pem\";") != std::string::npos);
    for (const auto* url : {"ftp://x", "shop", "http://", "http://a;b/", "http://a:port/"}) {
        settings.url = url;
        CHECK_FALSE(render_nginx(settings).ok());
    }
}

TEST_CASE("an upstream that was written is read back, and what somebody else wrote is told with its line") {
    auto settings = settings_with("/srv/shop");
    settings.router.mode = "include";
    settings.router.include = "/etc/nginx/fairlead/shop.conf";
    const std::vector<Upstream> to = {{{.slot = "a"}, "127.0.0.1:8001", 19},
                                      {{.slot = "b", .number = 2}, "[::1]:8002", 1},
                                      {{.slot = "b"}, "unix:/srv/a \"b\\c/run/b.sock", 3}};
    const auto text = render_upstream(settings, to).value();
    CHECK(parse_upstream(text, "x").value() == to);
    CHECK(parse_upstream(render_upstream(settings, {}).value(), "x")->empty());
    CHECK(parse_upstream("", "x")->empty());
    for (const std::string line :
         {"    server 127.0.0.1:80;", "    server \"x\" weight=0 max_fails=0; # a",
          "    server \"x\" weight=1 max_fails=0; # c", "    server \" weight=1 max_fails=0; # a",
          "    server \"x\" max_fails=0; # \" weight=1"}) {
        INFO(line);
        const auto read = parse_upstream("upstream s {\n" + line + "\n}\n", "x.conf");
        REQUIRE_FALSE(read.ok());
        CHECK(read.error().message.find("'x.conf' line 2") != std::string::npos);
    }
    const auto folder = sys::TemporaryFolder::make("fairlead-nginx").value();
    settings.router.include = (folder.path() / "shop.conf").string();
    sys::write_file(settings.router.include, text).value();
    const auto patient = render_nginx(settings, {.version = {1, 27, 4}}).value();
    CHECK(patient.find("keepalive_min_timeout 5s;") != std::string::npos);
    const auto site = render_nginx(settings).value();
    CHECK(site.find("keepalive_min_timeout") == std::string::npos);
    if (!nginx_program().empty()) CHECK(judged(folder.path(), site) == "");
}
