#include "unit/smoke/hurl/rehearsal.h"

using namespace fairlead;
using namespace fairlead::smoke::hurl;
using Cause = Fault::Cause;
using End = Played::End;

TEST_CASE("a capture reaches the next request, and each assert that fails is told at its place") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, R"({"id": 7})"), reply(200, R"({"n": 3})", {{"X", "a"}, {"X", "b"}})};
    const auto played = rehearsal.play(R"(GET http://a/
HTTP 200
[Captures]
id: jsonpath "$.id"
GET http://a/{{id}}
HTTP 200
X: b
X: c
[Asserts]
jsonpath "$.n" == 3
jsonpath "$.n" == "3"
jsonpath "$.none" not == 3
jsonpath "$.none" == 3
jsonpath "$.n" toInt == 3
jsonpath "$.n" count == 3
header "X" count == {{none}}
xpath "//a" exists
)");
    REQUIRE(played.size() == 2);
    CHECK(played[0].end == End::passed);
    CHECK(played[1].url == "http://a/7");
    CHECK(played[1].end == End::failed);
    std::vector<int> lines;
    for (const auto& fault : played[1].faults) {
        lines.push_back(fault.spot.line);
        CHECK(fault.cause == Cause::assertion);
    }
    CHECK(lines == std::vector<int>{8, 11, 13, 15, 16, 17});
}

TEST_CASE("a wrong status hides what else is wrong, and ends the file unless told to go on") {
    for (const bool goes_on : {false, true}) {
        Rehearsal rehearsal;
        rehearsal.continue_on_error = goes_on;
        rehearsal.http.answers = {reply(500)};
        const auto played =
            rehearsal.play("GET http://a/\nHTTP 200\n[Asserts]\nbody == \"x\"\nGET http://a/\nHTTP 500\n");
        REQUIRE(played[0].faults.size() == 1);
        CHECK(played[0].faults[0].rule == "smoke/status");
        CHECK(played[0].faults[0].spot.line == 2);
        CHECK(played[1].end == (goes_on ? End::passed : End::unasked));
        CHECK(rehearsal.http.asked.size() == (goes_on ? 2u : 1u));
    }
}

TEST_CASE("what is wrong with the file is told from what is wrong with the answer") {
    struct Row {
        std::string text;
        Cause cause;
        int line, column;
        std::size_t requests;
    };
    const Row rows[] = {
        {"GET http://{{none}}/\n", Cause::script, 1, 14, 0},
        {"GET ftp://a/\n", Cause::script, 1, 5, 0},
        {"POST http://a/\nfile,none;\n", Cause::script, 2, 6, 0},
        {"POST http://a/\nfile,../x;\n", Cause::script, 2, 6, 0},
        {"GET http://a/\n[Options]\nretry: {{none}}\n", Cause::script, 3, 10, 0},
        {"POST http://a/\n{\"a\": {{text}}}\n", Cause::script, 2, 9, 0},
        {"GET http://a/\nHTTP 200\n[Captures]\na: header \"none\"\n", Cause::target, 4, 4, 1},
        {"GET http://a/\nHTTP 200\n[Captures]\na: jsonpath \"$.a\"\n", Cause::target, 4, 13, 1},
        {"GET http://a/\nHTTP 200\n[Captures]\na: status redact\n", Cause::script, 4, 4, 1},
        {"GET http://a/\nHTTP 200\n[Asserts]\nbody == {{none}}\n", Cause::assertion, 4, 11, 1},
        {"GET http://a/\nHTTP/2 200\n", Cause::assertion, 2, 1, 1},
        {"GET http://a/\nHTTP 200\nfile,none;\n", Cause::assertion, 3, 6, 1},
    };
    for (const auto& row : rows) {
        INFO(row.text);
        Rehearsal rehearsal;
        rehearsal.scope.set("text", Value{std::string("x")});
        rehearsal.http.answers = {reply(200, "not JSON")};
        const auto played = rehearsal.play(row.text);
        REQUIRE(played.at(0).faults.size() == 1);
        const auto& fault = played[0].faults[0];
        CHECK(fault.cause == row.cause);
        CHECK(fault.spot.line == row.line);
        CHECK(fault.spot.column == row.column);
        CHECK(rehearsal.http.asked.size() == row.requests);
    }
}

TEST_CASE("an entry is tried again, repeated or left out as its options say") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(503), test::failed(sys::HttpFailure::refused), reply(200)};
    auto played = rehearsal.play("GET http://a/\n[Options]\nretry: 5\nretry-interval: 2s\nHTTP 200\n");
    CHECK(played[0].end == End::passed);
    CHECK(played[0].attempts == 3);
    CHECK(rehearsal.clock.time.time_since_epoch() >= Milliseconds{4000});
    rehearsal.http.asked.clear();
    played = rehearsal.play("GET http://a/\n[Options]\nrepeat: 3\nHTTP 200\n");
    CHECK(rehearsal.http.asked.size() == 3);
    played = rehearsal.play("GET http://a/\n[Options]\nskip: true\nHTTP 500\n");
    CHECK(played[0].end == End::skipped);
    CHECK(rehearsal.http.asked.size() == 3);
    rehearsal.http.answers = {reply(500)};
    rehearsal.http.asked.clear();
    played = rehearsal.play("GET http://a/\n[Options]\nretry: 2\nrepeat: 3\nHTTP 200\n");
    CHECK(rehearsal.http.asked.size() == 3);
    CHECK(played[0].end == End::failed);
}

TEST_CASE("the deadline ends endless tries, and what has no time is not sent") {
    Rehearsal rehearsal;
    rehearsal.deadline = Milliseconds{5000};
    rehearsal.http.answers = {reply(503)};
    auto played = rehearsal.play("GET http://a/\n[Options]\nretry: -1\nHTTP 200\n");
    CHECK(played[0].end == End::failed);
    CHECK(rehearsal.clock.time.time_since_epoch() <= Milliseconds{5100});
    CHECK(played[0].faults.at(0).message.find("the deadline was over") != std::string::npos);
    CHECK(rehearsal.http.asked.size() >= 4);
    rehearsal.http.asked.clear();
    rehearsal.deadline = Milliseconds{20};
    played = rehearsal.play("GET http://a/\nHTTP 200\n");
    CHECK(rehearsal.http.asked.empty());
    CHECK(played[0].end == End::failed);
    rehearsal.deadline = Milliseconds{3000};
    rehearsal.http.answers = {reply(200)};
    rehearsal.play("GET http://a/\n[Options]\nmax-time: 60\nHTTP 200\n");
    CHECK(rehearsal.http.asked.at(0).timeout <= Milliseconds{3000});
}

TEST_CASE("a certificate is told in Hurl's words, its names with and without blanks around =") {
    Rehearsal rehearsal;
    auto response = reply(200);
    sys::Certificate own;
    own.subject_line = R"(C = DE, O = "Ex, A = B", OU = A + OU = x \"q\", CN = a)";
    own.issuer_line = "CN = R3";
    own.serial = "2bfb0a";
    own.alternatives = "DNS:a, IP Address:127.0.0.1";
    own.pem = "-----BEGIN";
    response.handshake = sys::Handshake{.version = "TLSv1.3", .chain = {own}};
    rehearsal.http.answers = {response};
    const auto played = rehearsal.play(R"hurl(GET https://a/
HTTP 200
[Captures]
bare: certificate "Subject"
[Asserts]
certificate "Subject" == "C = DE, O = \"Ex, A = B\", OU = A + OU = x \\\"q\\\", CN = a"
variable "bare" == "C=DE, O=\"Ex, A = B\", OU=A + OU=x \\\"q\\\", CN=a"
certificate "Subject" startsWith "C=DE, O="
certificate "Issuer" == "CN=R3"
certificate "Issuer" matches /CN\s=\sR3/
certificate "Issuer" regex "CN = (.*)" == "R3"
certificate "Issuer" not contains "CN = R4"
certificate "Serial-Number" == "2b:fb:0a"
certificate "Subject-Alt-Name" == "DNS:a, IP Address:127.0.0.1"
certificate "Value" == "-----BEGIN"
certificate "Issuer" == "CN = R4"
)hurl");
    REQUIRE(played[0].faults.size() == 1);
    CHECK(played[0].faults[0].spot.line == 16);
}

TEST_CASE("a malformed header of the options is told at its line") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200)};
    const auto played = rehearsal.play("GET http://a/\n[Options]\nheader: X-A\n");
    REQUIRE(played[0].faults.size() == 1);
    CHECK(played[0].faults[0].spot.line == 3);
    CHECK(played[0].faults[0].message.find("'X-A' has no colon") != std::string::npos);
    CHECK(rehearsal.http.asked.empty());
}

TEST_CASE("a redacted capture is shown nowhere") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, R"({"t": "hidden-4711"})")};
    rehearsal.play("GET http://a/\nHTTP 200\n[Captures]\nt: jsonpath \"$.t\" redact\n");
    CHECK(*rehearsal.scope.find("t")->as<std::string>() == "hidden-4711");
    CHECK(mask("hidden-4711") == "***");
}

TEST_CASE("repetitions that the deadline ends are a failure, and no retry") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200)};
    rehearsal.http.takes = Milliseconds{100};
    rehearsal.deadline = Milliseconds{530};
    auto played = rehearsal.play("GET http://a/\n[Options]\nrepeat: 50\nHTTP 200\n");
    CHECK(played[0].end == End::failed);
    REQUIRE(played[0].faults.size() == 1);
    CHECK(played[0].faults[0].message.find("before all repetitions") != std::string::npos);
    CHECK_FALSE(played[0].was_retried);
    rehearsal.deadline = Milliseconds{60'000};
    played = rehearsal.play("GET http://a/\n[Options]\nrepeat: 3\nHTTP 200\n");
    CHECK(played[0].end == End::passed);
    CHECK_FALSE(played[0].was_retried);
    rehearsal.http.answers = {reply(500), reply(200)};
    played = rehearsal.play("GET http://a/\n[Options]\nretry: 1\nHTTP 200\n");
    CHECK(played[0].was_retried);
    CHECK(played[0].last_fault.find("status 500") != std::string::npos);
}

TEST_CASE("a variable fits where it stands, or the request isn't sent") {
    struct Row {
        std::string value, text;
        std::size_t requests;
    };
    const Row rows[] = {
        {"a b", "GET http://a/{{x}}\n", 0},
        {"a\tb", "GET http://a/{{x}}\n", 0},
        {"a%20b", "GET http://a/{{x}}\n", 1},
        {"42", "POST http://a/\n{\"a\": {{x}}}\n", 1},
        {"-1.5e3", "POST http://a/\n{\"a\": {{x}}}\n", 1},
        {"null", "POST http://a/\n{\"a\": {{x}}}\n", 1},
        {"01", "POST http://a/\n{\"a\": {{x}}}\n", 0},
        {"abc", "POST http://a/\n{\"a\": {{x}}}\n", 0},
        {"", "POST http://a/\n{\"a\": {{x}}}\n", 0},
        {"abc", "POST http://a/\n{\"a\": \"{{x}}\"}\n", 1},
        {"3", "GET http://a/\n[Options]\nretry: {{x}}\n", 0},
        {"true", "GET http://a/\n[Options]\nlocation: {{x}}\n", 0},
        {"3s", "GET http://a/\n[Options]\nmax-time: {{x}}\n", 1},
    };
    for (const auto& row : rows) {
        INFO(row.text << row.value);
        Rehearsal rehearsal;
        rehearsal.scope.set("x", Value{row.value});
        rehearsal.http.answers = {reply(200)};
        const auto played = rehearsal.play(row.text);
        CHECK(rehearsal.http.asked.size() == row.requests);
        CHECK((played[0].end == End::passed) == (row.requests == 1));
    }
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, "x")};
    CHECK(rehearsal.play("GET http://a/\nHTTP 200\n[Captures]\nnewDate: body\n")[0].end == End::failed);
    CHECK(rehearsal.play("GET http://a/\n[Options]\nvariable: newUuid=1\n")[0].end == End::failed);
}

TEST_CASE("a chain of filters can't grow a value without end") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, std::string(1000, 'a'))};
    std::string chain;
    for (int i = 0; i < 6; ++i) chain += " replace \"a\" \"" + std::string(30, 'a') + "\"";
    const auto played = rehearsal.play("GET http://a/\nHTTP 200\n[Asserts]\nbody" + chain + " exists\n");
    CHECK(played[0].faults.at(0).message.find("gives more than") != std::string::npos);
}

TEST_CASE("output writes the body below the file root, and over no Hurl file, configuration or file of git") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, "body")};
    CHECK(rehearsal.play("GET http://a/\n[Options]\noutput: got.txt\nHTTP 200\n")[0].end == End::passed);
    CHECK(sys::read_file(rehearsal.folder.path() / "got.txt").value() == "body");
    CHECK(rehearsal.play("GET http://a/\n[Options]\noutput: -\nHTTP 200\n")[0].output == "body\n");
    for (const auto* name : {"../out.txt", "x.hurl", "fairlead.yml", ".git/config", "a/.git/x"}) {
        INFO(name);
        const auto played = rehearsal.play(std::string("GET http://a/\n[Options]\noutput: ") + name + "\nHTTP 200\n");
        CHECK(played[0].end == End::failed);
        CHECK_FALSE(sys::read_file(rehearsal.folder.path() / name).ok());
    }
}

TEST_CASE("types that don't fit fail, also under not; and a wrong status sets no capture") {
    Rehearsal rehearsal;
    rehearsal.http.answers = {reply(200, R"({"n": 3})")};
    const auto played = rehearsal.play(
        "GET http://a/\nHTTP 200\n[Asserts]\njsonpath \"$.n\" not contains \"x\"\njsonpath \"$.n\" not == \"3\"\n");
    REQUIRE(played[0].faults.size() == 1);
    CHECK(played[0].faults[0].spot.line == 4);
    rehearsal.play("GET http://a/\nHTTP 201\n[Captures]\nn: jsonpath \"$.n\"\n");
    CHECK(rehearsal.scope.find("n") == nullptr);
}

TEST_CASE("where nothing waits first, the first request of a file waits for the service") {
    const std::string two = "GET http://a/\nHTTP 200\nGET http://a/b\nHTTP 200\n";
    Rehearsal rehearsal;
    rehearsal.waits = true;
    rehearsal.http.answers = {reply(503), reply(503), reply(200), reply(503), reply(200)};
    auto played = rehearsal.play(two);
    CHECK(played[0].end == End::passed);
    CHECK(played[0].attempts == 3);
    CHECK(played[1].end == End::failed); // it has answered
    CHECK(played[1].attempts == 1);
    rehearsal.http.answers = {reply(500), reply(200)};
    CHECK(rehearsal.play(two)[0].attempts == 1);
    rehearsal.http.answers = {reply(503), reply(503), reply(200)};
    played = rehearsal.play("GET http://a/\nHTTP 503\nGET http://a/b\nHTTP 200\n");
    CHECK(played[0].attempts == 1); // what is expected is no reason to wait
    CHECK(played[1].attempts == 1);
    rehearsal.http.answers = {reply(503)};
    CHECK(rehearsal.play("GET http://a/\n[Options]\nretry: 2\nHTTP 200\n")[0].attempts == 3); // it says so itself
    CHECK(rehearsal.play("GET http://a/{{none}}\nHTTP 200\n")[0].faults[0].cause == Cause::script);
    rehearsal.deadline = Milliseconds{2200};
    played = rehearsal.play(two);
    CHECK(played[0].faults[0].message.ends_with("; the deadline was over"));
    CHECK(played[0].attempts == 5);
}
