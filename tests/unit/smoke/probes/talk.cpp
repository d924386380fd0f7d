#include "smoke/probes/talk.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::smoke;
using fairlead::test::has;

namespace {

std::string address(const std::string& text, int default_port = 0) {
    const auto server = parse_server(text, default_port);
    if (!server.ok()) {
        CHECK(server.error().kind == Kind::usage);
        return "error: " + server.error().message;
    }
    return server->address();
}

}

TEST_CASE("the address of a server is a host and a port") {
    CHECK(address("db:5432") == "db:5432");
    CHECK(address("db.example.org", 25) == "db.example.org:25");
    CHECK(address("10.0.0.1:80", 25) == "10.0.0.1:80");
    CHECK(address("[::1]:6379") == "[::1]:6379");
    CHECK(address("[fe80::1]", 25) == "[fe80::1]:25");
}

TEST_CASE("a wrong address says what to write") {
    CHECK(has(address("db"), "'db' has no port; write HOST:PORT, such as db:5432"));
    CHECK(has(address("db:0"), "port 0 in 'db:0' is not a port"));
    CHECK(has(address("db:65536"), "write 1 to 65535"));
    CHECK(has(address("::1", 25), "write it in brackets: [::1]:25"));
    for (const auto* text : {"", ":80", "db:", "db:x", "db:+1", "db:1 ", "a b:1", "[db]:1", "[::1", "[::1]x", "db/x:1"})
        CHECK(has(address(text, 0), "error: "));
}

TEST_CASE("a number, and what can't be a name, is no host") {
    CHECK(address("5432", 5432) == "error: '5432' is not an address; write HOST:PORT such as db.internal:5432");
    for (const auto* text : {"0", "10.0.0.256", "127.1", "1.2.3.4.5", "a..b", ".a", "-a", "a-", "a.-b", "a\nb"})
        CHECK(has(address(text, 25), "is not an address"));
    for (const auto* text : {"db-1", "1db", "db_1", "10.0.0.1", "a.b.", "xn--bcher-kva.example"})
        CHECK(address(text, 25) == std::string(text) + ":25");
    CHECK(address(std::string(63, 'a'), 25) == std::string(63, 'a') + ":25");
    const auto said = address(std::string(5000, 'a'), 25);
    CHECK(said.size() < 250); // a long one is cut
    CHECK(has(said, "is not an address"));
}

TEST_CASE("a unix socket is not asked") {
    CHECK(has(address("unix:/run/docker.sock"), "fairlead-smoke opens none; write HOST:PORT such as db.internal:5432"));
}

TEST_CASE("a password in an address is not repeated") {
    const auto said = address("redis://:hunter2secret@db:6379", 6379);
    CHECK(has(said, "a probe doesn't need"));
    CHECK_FALSE(has(said, "hunter2secret"));
}

TEST_CASE("an awaited text can't be negated") {
    CHECK(parse_awaited("~ PONG").ok());
    CHECK(parse_awaited("/^2[0-9]0/").ok());
    CHECK_FALSE(parse_awaited("! ~ error").ok());
    CHECK_FALSE(parse_awaited("").ok());
}
