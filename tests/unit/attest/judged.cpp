#include "attest/judged.h"
#include "attest/statement.h"
#include "base/text.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::attest;

namespace {

Judged example() {
    Judged judged;
    judged.tool = "scan";
    judged.command = "range";
    judged.tool_version = "1.2.3";
    judged.app = "shop";
    judged.environment = "staging";
    judged.verdict = "pass";
    judged.counts = {{"error", 0}, {"warning", 2}};
    judged.commit = std::string(40, 'c');
    judged.digest = std::string(64, 'd');
    judged.policy = std::string(64, 'e');
    judged.given = {"only"};
    judged.waivers = {"W1"};
    judged.run = "https://github.com/o/r/actions/runs/7";
    judged.event = "push";
    judged.actor = "ci";
    judged.started = parse_utc("2026-03-31T12:00:00Z").value();
    judged.finished = parse_utc("2026-03-31T12:00:01Z").value();
    return judged;
}

std::string refused(const std::string& payload) {
    const auto read = read_judged(payload, "e");
    if (read.ok()) return "";
    CHECK(read.error().kind == Kind::no);
    return read.error().message;
}

std::string with(std::string_view what, std::string_view instead) {
    const auto payload = write_judged(example());
    REQUIRE(payload.find(what) != payload.npos);
    return replace_all(payload, what, instead);
}

}

TEST_CASE("what is written about a verdict is read again") {
    const auto read = read_judged(write_judged(example()), "e").value();
    CHECK(write_judged(read) == write_judged(example()));
    CHECK(read.commit == std::string(40, 'c'));
    CHECK(read.digest == std::string(64, 'd'));
    CHECK(read.counts.at("warning") == 2);
    CHECK(read.given == std::vector<std::string>{"only"});
    CHECK(read.waivers == std::vector<std::string>{"W1"});
    CHECK(read.finished - read.started == Milliseconds(1000));
    CHECK_FALSE(read.dirty);
}

TEST_CASE("a verdict of a tree without commits is about its configuration") {
    auto judged = example();
    judged.commit = judged.digest = "";
    const auto payload = write_judged(judged);
    CHECK(payload.find(R"("subject":[{"name":"configuration","digest":{"sha256":"eeee)") != payload.npos);
    CHECK(read_judged(payload, "e")->commit.empty());
    CHECK(refused(replace_all(payload, R"("digest":{"sha256":"eeee)", R"("digest":{"sha256":"ffff)")) ==
          "'e' is about something that no verdict is about");
}

TEST_CASE("a verdict that lacks something, or says it in another way, is none") {
    const std::string c(40, 'c'), d(64, 'd');
    for (const auto& [what, instead] : std::initializer_list<std::pair<std::string, std::string>>{
             {R"("name":"scan")", R"("nome":"scan")"},
             {R"("app":"shop")", R"("app":["shop"])"},
             {R"("app":"shop")", R"("app":"")"},
             {R"("app":"shop")", R"("app":"shop\n::error::")"},
             {R"("app":"shop")", R"("app":")" + std::string(301, 's') + "\""},
             {R"("command":"range")", R"("command":7)"},
             {R"("environment":"staging")", R"("environment":["staging"])"},
             {R"("verdict":"pass")", R"("verdict":"PASS")"},
             {R"("verdict":"pass")", R"("verdict":"error")"},
             {R"("warning":2)", R"("warning":-2)"},
             {R"("warning":2)", R"("warning":"2")"},
             {R"("counts":{)", R"("count":{)"},
             {R"("given":["only"])", R"("given":"only")"},
             {R"("given":["only"])", R"("given":[7])"},
             {R"("waivers":["W1"])", R"("waiver":["W1"])"},
             {R"("dirty":false)", R"("dirty":"false")"},
             {R"("finished":"2026-03-31T12:00:01.000Z")", R"("finished":"2026-03-31T11:00:01.000Z")"},
             {R"("started":"2026-03-31T12:00:00.000Z")", R"("started":"yesterday")"},
             {R"("gitCommit":")" + c, R"("gitCommit":")" + c + "0"},
             {R"("gitCommit":")" + c, R"("gitCommit":")" + upper(c)},
             {R"("gitCommit":")" + c, R"("sha1":")" + c},
             {R"("name":"commit")", R"("name":"commits")"},
             {R"("name":"commit")", R"("name":"release")"},
             {R"({"sha256":"dddd)", R"({"gitCommit":")" + c + R"(","sha256":"dddd)"},
             {"/verdict/v1", "/verdict/v2"},
         }) {
        CAPTURE(what, instead);
        CHECK_FALSE(refused(with(what, instead)).empty());
    }
}

TEST_CASE("a member that is not known is passed over, as in-toto asks of whoever reads") {
    CHECK(refused(with(R"("dirty":false)", R"("dirty":false,"more":{"x":1})")).empty());
}

TEST_CASE("a statement about files is never one about a commit") {
    const Statement files{{{"f", "", std::string(40, 'c')}}, std::string(provenance_type), "{}"};
    CHECK_FALSE(read_statement(write_statement(files), "s", provenance_type).ok());
}
