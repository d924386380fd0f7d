#include "report/html.h"
#include "base/text.h"
#include "report/formats.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::report;

namespace {

// Without what every page has.
std::string body_of(const Report& report) {
    const auto page = write_html(report);
    const auto begin = page.find("<h1>");
    REQUIRE(begin != page.npos);
    return page.substr(begin, page.find("</main>") - begin);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != text.npos; }

}

TEST_CASE("a page loads nothing, and names its language and its title") {
    const auto page = write_html({.tool = "gate", .verdict = Verdict::fail, .closing = "failed: 1 test failed"});
    CHECK(page.starts_with("<!doctype html>\n<html lang=\"en\">"));
    CHECK(has(page, "<title>fairlead-gate: failed</title>"));
    CHECK(has(page, "<h1>fairlead-gate: failed</h1>\n<p>failed: 1 test failed</p>"));
    for (const auto* outside : {"src=", "<link", "<script", "url(", "@import"}) CHECK_FALSE(has(page, outside));
}

TEST_CASE("findings are listed worst first, with a link to the rule, and foreign text stays text") {
    constexpr Rule rules[] = {{"gate/size", "Files are too big"}};
    Report report{.tool = "gate", .verdict = Verdict::fail, .rules = rules};
    report.findings = {
        {.rule = "x/<b>", .severity = Severity::warning, .message = "a <script>alert(1)</script> & \"b\""},
        {.rule = "gate/size", .file = "a'b.js", .line = 3, .message = "too big\n::error::no"}};
    const auto body = body_of(report);
    CHECK(has(body, "<td data-column=\"Severity\" class=\"error\">error</td>"));
    CHECK(has(body, "/docs/gate-rules.md#gate-size\">gate/size</a>"));
    CHECK(has(body, ">a&#39;b.js:3</td>"));
    CHECK(has(body, "too big\\n::error::no"));
    CHECK(has(body, "a &lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;b&quot;"));
    CHECK(has(body, ">x/&lt;b&gt;</td>"));
    CHECK(body.find("class=\"error\"") < body.find("class=\"warning\""));
}

TEST_CASE("a summary stands in place of the findings that it tells of") {
    Report report{.tool = "gate", .verdict = Verdict::fail};
    report.says = Says::verdict;
    report.summary.heading = "fairlead-gate";
    report.summary.points = {"tests: 3 passed"};
    report.summary.tables = {{{"Rule", "Held"}, {{"gate/size", "no"}, {"<i>", "yes"}}, "no"}};
    report.summary.next = "fairlead run";
    report.findings = {{.rule = "gate/size", .message = "told"}, {.rule = "gate/silenced", .message = "told later"}};
    report.cases = {{.suite = "gate", .name = "gate/size", .failure = "too big"}};
    const auto body = body_of(report);
    CHECK(has(body, "<p>tests: 3 passed</p>"));
    CHECK(has(body, "<td data-column=\"Held\" class=\"no\">no</td>"));
    CHECK(has(body, "<td data-column=\"Rule\">&lt;i&gt;</td>"));
    CHECK(has(body, "<p>Next: <code>fairlead run</code></p>"));
    CHECK(has(body, ">told later</td>"));
    CHECK_FALSE(has(body, ">told</td>"));
    CHECK_FALSE(has(body, "<h2>Checks</h2>"));
    report.says = Says::facts;
    CHECK(has(body_of(report), "<h1>fairlead-gate</h1>"));
}

TEST_CASE("without a summary a page has the tool's text, its checks and what was skipped") {
    Report report{.tool = "smoke", .environment = "demo <1>"};
    report.text = "one\n::error::two\n";
    report.cases = {{.suite = "smoke", .name = "GET /", .time = Milliseconds(3)},
                    {.suite = "smoke", .name = "GET /x", .failure = "status 500"},
                    {.suite = "smoke", .name = "GET /y", .skipped = "no server"}};
    report.skipped = {{"docker-scan", "no engine"}};
    const auto body = body_of(report);
    CHECK(has(body, "<pre><code>one</code>\n<code>::error::two</code>\n</pre>"));
    CHECK(has(body, "environment demo &lt;1&gt;, fairlead "));
    CHECK(has(body, "class=\"yes\">yes</td><td data-column=\"Why\"></td>"));
    CHECK(has(body, "class=\"no\">no</td><td data-column=\"Why\">status 500</td>"));
    CHECK(has(body, ">skipped</td><td data-column=\"Why\">no server</td>"));
    CHECK(has(body, "<p>skipped docker-scan: no engine</p>"));
}

TEST_CASE("lines of sources keep their numbers and say what is wrong with them") {
    Report report{.tool = "gate"};
    report.sources = {
        {"a<b.py",
         {{7, "  x = 1", "missed", true}, {8, "y", "covered", false}, {9, "", "", false}, {20, "<z>", "", false}}}};
    const auto body = body_of(report);
    CHECK(has(body, "<summary>a&lt;b.py</summary>"));
    CHECK(has(body, "<li class=\"bad\"><span>7</span><b>missed</b><code>  x = 1</code></li>"));
    CHECK(has(body, "<li class=\"good\"><span>8</span><b>covered</b><code>y</code></li>"));
    CHECK(has(body, "<li class=\"plain cut\"><span>20</span><b></b><code>&lt;z&gt;</code></li>"));
}

TEST_CASE("a run that couldn't decide says why") {
    Report report{.tool = "gate", .verdict = Verdict::error};
    report.error = usage("unknown key", {.file = "fairlead.yml", .line = 7, .column = 3, .excerpt = "  key: 1"});
    CHECK(has(body_of(report), "<p class=\"error\">fairlead.yml:7:3: unknown key</p>"));
}
