#include "base/secrets/secret.h"
#include "report/formats.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::report;

TEST_CASE("findings read file:line:col: message [rule-id], between what the tool says") {
    Report report{.tool = "scan", .verdict = Verdict::fail, .text = "plan", .closing = "failed: 2 findings"};
    report.findings = {{.rule = "scan/key", .file = "src/a.cpp", .line = 7, .column = 3, .message = "a key"},
                       {.rule = "gate/low", .message = "coverage is 10%"},
                       {.rule = "scan/file", .file = "b.pem", .message = "one\ntwo"},
                       {.rule = "scan/known", .file = "c", .message = "known", .state = State::known}};
    CHECK(write_text(report) == "plan\n"
                                "src/a.cpp:7:3: a key [scan/key]\n"
                                "coverage is 10% [gate/low]\n"
                                "b.pem: one\n  two [scan/file]\n"
                                "failed: 2 findings\n");
    CHECK(write_text({.tool = "scan"}).empty());
}

TEST_CASE("a file name cannot forge a line, nor a message steer the terminal") {
    Report report{.tool = "scan"};
    report.findings = {{.rule = "r", .file = "a\nb:1: fake [x]", .line = 1, .message = "red \x1b[31m\r\u202Eend\xFF"}};
    CHECK(write_text(report) == "a\\nb:1: fake [x]:1: red \\u001b[31m\\u000d\\u202eend\uFFFD [r]\n");
}

TEST_CASE("an error shows its place, the line and a caret") {
    const Error error = usage("unknown key 'strategyy'; did you mean 'strategy'?",
                              {.file = "fairlead.yml", .line = 7, .column = 3, .excerpt = "  strategyy: canary"});
    CHECK(describe(error) == "fairlead.yml:7:3: unknown key 'strategyy'; did you mean 'strategy'?\n"
                             "    strategyy: canary\n"
                             "    ^");
    CHECK(describe(could_not("disk full")) == "disk full");
    CHECK(describe(could_not("unreadable", {.file = "a.xml"})) == "a.xml: unreadable");
    CHECK(describe(no("bad", {.file = "a", .line = 3, .excerpt = "abc"})) == "a:3: bad\n  abc");
}

TEST_CASE("the line that an error shows hides its secret, also where it is cut") {
    const std::string value = std::string("caret-") + "secret-" + std::string(40, 'k');
    const Secret secret{std::string(value)};
    const auto shown = [&](const std::string& before) {
        return describe(usage("x", {.file = "f", .line = 1, .column = 1, .excerpt = before + value}));
    };
    CHECK(shown("token: ") == "f:1:1: x\n  token: ***\n  ^");
    CHECK(shown(std::string(100, ' ')).find("secret") == std::string::npos); // the cut comes after 120
}

TEST_CASE("the caret counts code points, and a tab as one") {
    const Error error = usage("x", {.file = "f", .line = 1, .column = 5, .excerpt = "\tüé: ☃"});
    CHECK(describe(error) == "f:1:5: x\n   üé: ☃\n      ^");
}

TEST_CASE("of a long line the part around the caret is shown") {
    std::string line(100'000, 'a');
    line[50'000] = '!';
    const std::string text = describe(usage("x", {.file = "f", .line = 1, .column = 50'001, .excerpt = line}));
    CHECK(text.size() < 400);
    const std::size_t line_start = text.find('\n') + 1;
    const std::size_t caret_start = text.find('\n', line_start) + 1;
    CHECK(text.find('!') - line_start == text.find('^') - caret_start);
}
