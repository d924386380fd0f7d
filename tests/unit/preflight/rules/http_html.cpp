#include "preflight/rules/http_html.h"
#include "support/catch.h"
#include "unit/preflight/host/site_rules.h"

using namespace fairlead::preflight;

TEST_CASE("what a page loads over http") {
    CHECK(tag_over_http("<script src='http://a.test/x.js'></script>") == "script");
    CHECK(tag_over_http("<IMG alt=x SRC=http://a.test/x.png>") == "img");
    CHECK(tag_over_http("<link href=\"http://a.test/x.css\" rel=\"stylesheet\">") == "link");
    CHECK(tag_over_http("<link rel=canonical href=\"http://a.test/\">").empty());
    CHECK(tag_over_http("<a href='http://a.test/'>").empty());
    CHECK(tag_over_http("<!-- <img src='http://a.test/'> --><img src='https://a.test/'>").empty());
    CHECK(tag_over_http("<script>var t = \"<img src='http://a.test/'>\";</script><p>").empty());
    CHECK(tag_over_http("<script>1</script><iframe src=' http://a.test/'>") == "iframe");
    CHECK(tag_over_http("<img title='<script src=http://a.test>' src=/x>").empty());
    for (const char* torn :
         {"<", "<img", "<img src", "<img src=", "<img src='", "<!--", "<script>", "<img / / =", "<img ="})
        CHECK(tag_over_http(torn).empty());
    CHECK(tag_over_http(std::string(1u << 20, '<')).empty());
}

TEST_CASE("mixed content is a matter of https pages") {
    const std::pair<std::string, std::string> type = {"Content-Type", "text/html; charset=utf-8"};
    const std::string body = "<img src=http://a.test/x>";
    using namespace fairlead::test;
    CHECK(levels("http-mixed", https_site({type}, body)) == "warning");
    CHECK(levels("http-mixed", https_site({{"Content-Type", "text/plain"}}, body)).empty());
    CHECK(levels("http-mixed", site_of(page("http://a.test/", {type}, body))).empty());
}
