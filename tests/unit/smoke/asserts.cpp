#include "smoke/asserts.h"
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
