#include "read/served/policies.h"
#include "read/served/headers.h"
#include "read/served/to_https.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::read::served;

namespace {

Answer with_policies(const std::vector<std::string>& headers) {
    Answer answer{"https://a.test/", 200, {}, ""};
    for (const auto& header : headers) answer.headers.emplace_back("content-security-policy", header);
    return answer;
}

}

TEST_CASE("a policy is read as browsers read it") {
    const auto all =
        policies(with_policies({"Script-SRC\t'Self'  a.test\f;; script-src *; \xc3\xa4-src x;img-src", ", ;"}));
    REQUIRE(all.size() == 1);
    CHECK(all.front().size() == 2); // of two the first counts, and what isn't ASCII is passed over
    CHECK(all.front().at("script-src") == std::vector<std::string>{"'self'", "a.test"});
    CHECK(all.front().at("img-src").empty());
    CHECK(policies(with_policies({"default-src 'self', sandbox", "img-src *"})).size() == 3);
    CHECK(policies(with_policies({"", " ", ";,;"})).empty());
}

TEST_CASE("a policy restricts something if browsers know one of its directives") {
    const auto first = [](const std::string& text) { return policies(with_policies({text})).front(); };
    for (const auto* text :
         {"default-src 'self'", "x-y; frame-ancestors 'none'", "upgrade-insecure-requests", "sandbox"})
        CHECK(restricts(first(text)));
    for (const auto* text : {"defualt-src 'self'", "script-scr *", "default-src:'self'"}) {
        CHECK_FALSE(restricts(first(text)));
        CHECK_FALSE(knows_directive(first(text)));
    }
    CHECK_FALSE(restricts(first("report-uri /csp")));
    CHECK(knows_directive(first("report-uri /csp")));
}

TEST_CASE("two Location headers that differ are no redirect to https") {
    Answer first{"http://a.test/", 301, {{"Location", "https://a.test/"}, {"location", "https://b.test/"}}, ""};
    const auto faults = to_https_faults(first, {"https://a.test/"});
    REQUIRE(faults.size() == 1);
    CHECK(faults.front().message ==
          "http://a.test sends Location headers that differ; browsers follow none of them; send a single one");
    first.headers.back().second = "https://a.test/";
    CHECK(to_https_faults(first, {"https://a.test/"}).empty());
    CHECK(location_fault({"http://a.test/", 301, {}, ""}).empty());
}
