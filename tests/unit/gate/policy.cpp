#include "gate/policy.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::gate;

TEST_CASE("a percentage is exact to four decimals") {
    CHECK(parse_percent("80").value() == 800'000);
    CHECK(parse_percent(" 79.5% ").value() == 795'000);
    CHECK(parse_percent("79.9961").value() == 799'961);
    CHECK(parse_percent("0").value() == 0);
    CHECK(parse_percent("100").value() == 1'000'000);
    for (const auto* text : {"", "%", "-1", "100.1", "101", "8o", "1.23456", ".5", "1e2", "1.2.3", "9999"}) {
        INFO(text);
        CHECK_FALSE(parse_percent(text).ok());
    }
}

TEST_CASE("a limit is a number or a share") {
    CHECK(parse_limit("3").value().number == 3);
    CHECK_FALSE(parse_limit("3").value().share.has_value());
    CHECK(parse_limit("5%").value().share == 50'000);
    CHECK_FALSE(parse_limit("-1").ok());
    CHECK_FALSE(parse_limit("many").ok());
    CHECK_FALSE(parse_count("5%").ok());
}

TEST_CASE("commas part patterns, but not within braces") {
    CHECK(split_patterns("a.xml, b/{c,d}.xml\n\n e.xml") == std::vector<std::string>{"a.xml", "b/{c,d}.xml", "e.xml"});
    CHECK(split_patterns(" , \n").empty());
}

TEST_CASE("an age is off or a duration") {
    CHECK_FALSE(parse_max_age("off").value().judged);
    CHECK(parse_max_age(" 1h30m ").value().limit == Milliseconds(90 * 60'000));
    CHECK(parse_max_age("1h").value().judged);
    for (const auto* text : {"", "0s", "never", "false", "1", "-1h", "Off"}) {
        INFO(text);
        CHECK_FALSE(parse_max_age(text).ok());
    }
}

TEST_CASE("the start of the run is a time or nothing") {
    CHECK_FALSE(parse_run_started("").value().has_value());
    CHECK(parse_run_started("1970-01-01T00:00:01.002Z").value() == SystemTime(Milliseconds(1002)));
    CHECK_FALSE(parse_run_started("today").ok());
}
