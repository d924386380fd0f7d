#include "smoke/hurl/xpath.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::smoke::hurl;

TEST_CASE("xpath gives a value of the matching type, never nothing") {
    const auto value = [](std::string_view text, bool is_html, std::string_view expression) {
        auto found = xpath_value(text, is_html, expression);
        REQUIRE(found.ok());
        REQUIRE(found.value().has_value());
        return *found.value();
    };
    const std::string page = "<html><body><ul><li>a<li>b</ul>caf\u00e9";
    const auto count = value(page, true, "count(//li)");
    REQUIRE(count.as<double>());
    CHECK(*count.as<double>() == 2.0);
    const auto text = value(page, true, "string(//body)");
    REQUIRE(text.as<std::string>());
    CHECK(*text.as<std::string>() == "abcaf\u00e9");
    const auto yes = value(page, true, "count(//li) = 2");
    REQUIRE(yes.as<bool>());
    CHECK(*yes.as<bool>());
    const auto nodes = value(page, true, "//li");
    REQUIRE(nodes.as<NodeSet>());
    CHECK(nodes.as<NodeSet>()->size == 2);
    const auto none = value("<a xmlns='urn:a'/>", false, "//a");
    REQUIRE(none.as<NodeSet>());
    CHECK(none.as<NodeSet>()->size == 0);
    CHECK(value("<a xmlns='urn:a'/>", false, "//_:a").as<NodeSet>()->size == 1);
}

TEST_CASE("xpath tells a wrong expression from a bad document") {
    for (const std::string_view wrong : {"//", "strong(//head/title)"}) {
        const auto found = xpath_value("<p>", true, wrong);
        REQUIRE_FALSE(found.ok());
        CHECK(found.error().kind == Kind::usage);
        CHECK(found.error().message.find("invalid XPath expression \"" + std::string(wrong)) == 0);
    }
    CHECK(xpath_value("<p>", true, "//p").ok());
    const auto broken = xpath_value("<p>", false, "//p");
    REQUIRE_FALSE(broken.ok());
    CHECK(broken.error().kind == Kind::no);
    CHECK(xpath_value("", true, "//p").error().kind == Kind::no);
}
