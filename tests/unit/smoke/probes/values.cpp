#include "smoke/probes/values.h"
#include "sys/http/client.h"
#include "unit/smoke/probes/web_bench.h"
#include <fmt/format.h>

using namespace fairlead;
using namespace fairlead::test;

TEST_CASE("a token has the letters that a header's words have") {
    for (const auto* good : {"chat", "v4.channel.k8s.io", "x-y_z", "!#$%&'*+-.^_`|~", "0"})
        CHECK(sys::is_http_token(good));
    for (const auto* bad : {"", " ", "a b", "a/b", "a,b", "a\n", "\xc3\xa9", "a\"b", "{a}"})
        CHECK_FALSE(sys::is_http_token(bad));
    CHECK_FALSE(sys::is_http_token(std::string_view("a\0b", 3)));
}

TEST_CASE("control characters are found, other letters are none") {
    for (const auto* text : {"a\nb", "\t", "\x7f", "\x1b[31m"}) CHECK(has_control(text));
    CHECK(has_control(std::string_view("\0", 1)));
    for (const auto* text : {"", " ", "a b", "\xc3\xa9"}) CHECK_FALSE(has_control(text));
}

TEST_CASE("values with which a probe would ask nothing are refused at their key") {
    WebBench bench;
    const std::string keeps = "; write its value, or remove it";
    CHECK(bench.refusal(tcp_probe(), "{address: 'db:1', send: ''}") == "send is empty" + keeps);
    CHECK(bench.refusal(tcp_probe(), "{address: 'db:1', send: ' '}").empty()); // a byte as any other
    CHECK(bench.refusal(tcp_probe(), "{address: 'db:1', send: \"\\0\\r\\n\"}").empty());
    CHECK(bench.refusal(websocket_probe(), "{url: /, send: ''}") == "send is empty" + keeps);
    CHECK(bench.refusal(websocket_probe(), "{url: /, protocol: ''}") == "protocol is empty" + keeps);
    CHECK(bench.refusal(dns_probe(), "{name: a.test, server: ''}") == "server is empty" + keeps);
    CHECK(bench.refusal(websocket_probe(), "''") == "url is empty; write wss://HOST/PATH, or a path such as /ws");
    CHECK(bench.refusal(tls_probe(), "{host: a.test, days: 3651}").find("days is more than 3650") == 0);
    CHECK(bench.refusal(tls_probe(), "{host: a.test, days: 0}").empty()); // only what has expired fails
    for (const auto* key : {"user", "database"})
        for (const auto& name : {std::string("''"), std::string("' '"), std::string("\"a\\n\""),
                                 std::string("\"a\\0\""), std::string(129, 'a')})
            CHECK(bench.refusal(postgres_probe(), fmt::format("{{address: db, {}: {}}}", key, name))
                      .find(fmt::format("{} is empty, longer than 128 bytes", key)) == 0);
    CHECK(bench.refusal(postgres_probe(), "{address: db, user: ö b@host, database: " + std::string(128, 'a') + "}")
              .empty());
}

TEST_CASE("what a WebSocket sends in its headers is a word, and an origin") {
    WebBench bench;
    for (const auto* wrong : {"a b", "a/b", "' '", "é", "\"a\\nb\""})
        CHECK(bench.refusal(websocket_probe(), fmt::format("{{url: /, protocol: {}}}", wrong))
                  .find("can't stand in a header as protocol") != std::string::npos);
    CHECK(bench.refusal(websocket_probe(), "{url: /, protocol: graphql-transport-ws}").empty());
    for (const auto* wrong :
         {"app.test", "https://app.test/", "HTTPS://app.test", "https://app.test:443", "'https://a b'"})
        CHECK(bench.refusal(websocket_probe(), fmt::format("{{url: /, origin: {}}}", wrong))
                  .find("is not an origin as browsers send it") != std::string::npos);
    for (const auto* good : {"https://app.test", "http://localhost:5173", "'null'", "capacitor://localhost"})
        CHECK(bench.refusal(websocket_probe(), fmt::format("{{url: /, origin: {}}}", good)).empty());
    CHECK(bench.refusal(websocket_probe(), "{url: /, origin: 'https://a.test', headers: {Origin: 'https://b.test'}}") ==
          "the Origin would be sent twice; remove it here, or remove origin");
    CHECK(bench.read(websocket_probe(), "'WSS://A.test/x'").value().url == "https://A.test/x");
}

TEST_CASE("names that a name server is asked for, and those it should answer, are names") {
    WebBench bench;
    for (const auto* name : {"99", "-a.test", "a-.test", "a..test", "http://a.test", "'a b'"})
        CHECK_FALSE(bench.refusal(dns_probe(), fmt::format("{{name: {}}}", name)).empty());
    for (const auto* address : {"10.0.0.1", "'::1'"})
        CHECK(bench.refusal(dns_probe(), fmt::format("{{name: {}}}", address)).find("is an address already") !=
              std::string::npos);
    for (const auto* name : {"a.test", "a.test.", "'*.a.test'", "_dmarc.a.test", "1.0.0.10.in-addr.arpa"})
        CHECK(bench.refusal(dns_probe(), fmt::format("{{name: {}, type: TXT}}", name)).empty());
    for (const auto* wrong : {"{type: CNAME, equals: 'a b'", "{type: CNAME, contains: '~ a'", "{type: MX, equals: x y"})
        CHECK(bench.refusal(dns_probe(), std::string(wrong) + ", name: a.test}").find("is not a name; write") !=
              std::string::npos);
    for (const auto* good :
         {"{type: CNAME, equals: [B.test., _a.test]", "{type: MX, contains: [mail.test, 10 mail.test, .]",
          "{type: TXT, equals: 'v=spf1 -all', contains: '~ all'"})
        CHECK(bench.refusal(dns_probe(), std::string(good) + ", name: a.test}").empty());
}

TEST_CASE("the name of a gRPC service has no blanks around it, and no method") {
    WebBench bench;
    const auto refusal = [&](const std::string& name) {
        return bench.refusal(grpc_probe(), "{address: 'a.test:443', service: " + name + "}");
    };
    for (const auto* wrong : {"' '", "'notes '", "\"notes\\n\"", "\"a\\0\"", "/notes.Notes/Check"})
        CHECK(refusal(wrong).find("is not the name of a service") != std::string::npos);
    for (const auto* good : {"''", "notes.Notes", "liveness", "db/primary"}) CHECK(refusal(good).empty());
}
