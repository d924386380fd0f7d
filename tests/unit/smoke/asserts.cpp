#include "smoke/asserts.h"
#include "base/secrets/secret.h"
#include "bench.h"

using namespace fairlead;
using namespace fairlead::smoke;

namespace {

sys::HttpResponse answer(std::string body, std::vector<std::pair<std::string, std::string>> headers = {}) {
    sys::HttpResponse response;
    response.status = 200;
    response.version = "2";
    response.headers = std::move(headers);
    response.body = std::move(body);
    return response;
}

std::string fault(const std::vector<std::string>& lines, const sys::HttpResponse& response) {
    std::vector<HurlAssert> asserts;
    for (const auto& line : lines) asserts.push_back(HurlAssert::parse(line).value());
    const auto wrong = judge_asserts(asserts, response);
    return wrong ? wrong->rule + ": " + wrong->message : "";
}

std::string refusal(const std::string& line) {
    const auto parsed = HurlAssert::parse(line);
    if (parsed.ok()) return "";
    CHECK(parsed.error().kind == Kind::usage);
    const std::string before = " is not an assert: ";
    return parsed.error().message.substr(parsed.error().message.find(before) + before.size());
}

}

TEST_CASE("asserts of the Hurl language judge an answer of a check") {
    const auto response = answer(R"({"items": [1, 2, 3, 4], "name": "a"})", {{"Content-Type", "application/json"}});
    CHECK(fault({}, response).empty());
    CHECK(fault({"jsonpath \"$.items\" count > 3", "header \"content-type\" contains \"json\"", "version == \"2\"",
                 "body not contains \"secret\"", "status < 300 # a comment"},
                response)
              .empty());
    CHECK(fault({"status == 200", "jsonpath \"$.items\" count == 3"}, response) ==
          "smoke/assert: jsonpath \"$.items\" count is integer <4>, expected == integer <3>");
    CHECK(fault({"jsonpath \"$.other\" exists"}, response) ==
          "smoke/assert: jsonpath \"$.other\" gives nothing, expected exists");
    CHECK(fault({"body toInt == 1"}, response).find("the filter toInt fails") != std::string::npos);
}

TEST_CASE("the body of a check was decoded before") {
    const auto response = answer("well", {{"Content-Encoding", "gzip"}});
    CHECK(fault({"body == \"well\"", "bytes count == 4", "header \"Content-Encoding\" == \"gzip\""}, response).empty());
}

TEST_CASE("what is no assert of a check is refused") {
    CHECK(refusal("status == 200").empty());
    CHECK(refusal("status == 200\n[Captures]\nx: status") == "it has several lines; write one assert in each");
    CHECK(refusal("body contains {{x}}") == "a check has no variables; write a Hurl file");
    CHECK(refusal("bytes == file,/etc/passwd;") == "files are only read by a Hurl file");
    for (const auto* line : {"", "# comment", "HTTP 200", "[Captures]", "`body`", "GET http://x"})
        CHECK(refusal(line) == "expected a query and a predicate, such as status == 200");
    for (const auto* query : {"url", "redirects", "variable"})
        CHECK(refusal(std::string(query) + (std::string(query) == "variable" ? " \"x\"" : "") + " exists") ==
              std::string(query) + " is only known in a Hurl file");
    CHECK(refusal("jsonpath \"$.a[\" exists").find("ends too early") != std::string::npos);
    CHECK(refusal("regex \"(\" exists").find("is not a regular expression") != std::string::npos);
    CHECK(refusal("xpath \"//[\" exists").find("invalid XPath expression") != std::string::npos);
    CHECK(refusal("status").find("expected a blank and a predicate") != std::string::npos);
}

TEST_CASE("only an assert about the certificate needs the handshake") {
    CHECK(HurlAssert::parse("certificate \"Subject\" exists")->wants_certificate());
    CHECK_FALSE(HurlAssert::parse("status == 200")->wants_certificate());
}

TEST_CASE("a pattern in quotes that is none is refused before the first request") {
    CHECK(refusal("body matches \"[\"").find("is not a regular expression") != std::string::npos);
    CHECK(refusal("body matches \"[a]\"").empty());
}

TEST_CASE("judging ends when its time is over") {
    std::vector<HurlAssert> asserts;
    for (int i = 0; i < 100; ++i) asserts.push_back(HurlAssert::parse("body contains \"a\"").value());
    int asked = 0;
    const auto wrong = judge_asserts(asserts, answer("a"), [&] { return ++asked > 3; });
    REQUIRE(wrong);
    CHECK(wrong->message == "the deadline was over before the answer was judged");
    CHECK(asked == 4);
}

TEST_CASE("no body takes much more time or memory than its size explains") {
    std::string list = "[";
    for (int i = 0; i < 1'000'000; ++i) list += "1,";
    CHECK(fault({"jsonpath \"$\" count > 3"}, answer(list + "1]")).find("too many values") != std::string::npos);
    CHECK(fault({"body matches /\\p{L}{200}b/"}, answer(std::string(8U << 20U, 'a'))).find("too large for a text") !=
          std::string::npos);
    CHECK(fault({"body matches /a+/"}, answer(std::string(8U << 20U, 'a'))).empty());
    CHECK(fault({"body split \"a\" count > 3"}, answer(std::string(8U << 20U, 'a'))).find("too many parts") !=
          std::string::npos);
    std::string page;
    for (int i = 0; i < 1'000'000; ++i) page += "<a>";
    CHECK(fault({"xpath \"//a\" exists"}, answer(page)).find("too many elements") != std::string::npos);
}

TEST_CASE("a secret that a filter or an expression has changed is not shown") {
    const Secret secret("BEARERSECRET77xyz");
    const auto echo = answer("Authorization: Bearer BEARERSECRET77xyz");
    for (const auto* line : {"body replaceRegex /S/ \"s\" == \"x\"", "regex /Bearer .{6}(.*)/ == \"x\"",
                             "body regex /Bearer .{6}(.*)/ == \"x\"", "body split \"S\" == \"x\"",
                             "body replace \"SECRET\" \"\" toInt == 1"}) {
        const auto told = fault({line}, echo);
        CHECK(told.find("not shown") != std::string::npos);
        CHECK(told.find("ECRET") == std::string::npos);
    }
    CHECK(fault({"bytes count == 3"}, echo).find("not shown") == std::string::npos);
    CHECK(fault({"body replaceRegex /a/ \"b\" == \"x\""}, answer("aa")) ==
          "smoke/assert: body replaceRegex /a/ \"b\" is string <bb>, expected == string <x>");
}
