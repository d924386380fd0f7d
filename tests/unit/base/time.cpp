#include "base/time.h"
#include "support/catch.h"

using namespace fairlead;

TEST_CASE("durations are numbers with units, the greatest first") {
    CHECK(parse_duration("500ms").value() == Milliseconds(500));
    CHECK(parse_duration("30s").value() == Milliseconds(30'000));
    CHECK(parse_duration("1m30s").value() == Milliseconds(90'000));
    CHECK(parse_duration("2w").value() == std::chrono::days(14));
    CHECK(parse_duration("1w2d3h4m5s6ms").value() ==
          std::chrono::days(9) + std::chrono::hours(3) + std::chrono::minutes(4) + Milliseconds(5006));
    CHECK(parse_duration("0s").value() == Milliseconds(0));
    CHECK(parse_duration("36500d").ok());
}

TEST_CASE("a duration that is not one is refused with what would do") {
    const std::pair<const char*, const char*> samples[] = {
        {"30", "duration '30' has no unit"},
        {"1m30", "duration '1m30' has no unit"},
        {"", "duration '' is empty"},
        {"s", "duration 's' is not a duration"},
        {"-5s", "duration '-5s' is not a duration"},
        {" 5s", "duration ' 5s' is not a duration"},
        {"1.5h", "duration '1.5h' has an unknown unit '.'"},
        {"5 s", "duration '5 s' has an unknown unit ' s'"},
        {"5y", "duration '5y' has an unknown unit 'y'"},
        {"30s1m", "duration '30s1m' has its units out of order"},
        {"1s1s", "duration '1s1s' has its units out of order"},
        {"36501d", "duration '36501d' is longer than 100 years"},
        {"99999999999999999999s", "duration '99999999999999999999s' is longer than 100 years"},
    };
    for (const auto& [text, start] : samples) {
        INFO(text);
        const auto duration = parse_duration(text);
        REQUIRE_FALSE(duration.ok());
        CHECK(duration.error().kind == Kind::usage);
        CHECK(duration.error().message.starts_with(start));
        CHECK(duration.error().message.ends_with("expected e.g. 500ms, 30s, 5m, 2h, 7d, 2w or 1m30s"));
    }
}

TEST_CASE("durations are printed exactly") {
    CHECK(format_duration(Milliseconds(0)) == "0s");
    CHECK(format_duration(Milliseconds(90'000)) == "1m30s");
    CHECK(format_duration(Milliseconds(1'234)) == "1s234ms");
    CHECK(format_duration(std::chrono::days(14)) == "2w");
    CHECK(format_duration(std::chrono::days(90)) == "90d");
    CHECK(format_duration(Milliseconds(-1'500)) == "-1s500ms");
}

TEST_CASE("times are printed in UTC with milliseconds") {
    CHECK(format_utc(SystemTime(Milliseconds(0))) == "1970-01-01T00:00:00.000Z");
    CHECK(format_utc(SystemTime(Milliseconds(-1))) == "1969-12-31T23:59:59.999Z");
    CHECK(format_utc(SystemTime(Milliseconds(1'795'159'683'120))) == "2026-11-20T07:28:03.120Z");
}

TEST_CASE("times are read with Z or an offset") {
    const auto shown = [](const char* text) {
        const auto time = parse_utc(text);
        return time ? format_utc(*time) : "";
    };
    CHECK(shown("2026-11-20T07:28:03Z") == "2026-11-20T07:28:03.000Z");
    CHECK(shown("2026-11-20t07:28:03.1299z") == "2026-11-20T07:28:03.129Z");
    CHECK(shown("2026-11-20 07:28:03.5-01:30") == "2026-11-20T08:58:03.500Z");
    CHECK(shown("2027-01-01T00:30:00+01:00") == "2026-12-31T23:30:00.000Z");
    CHECK(shown("2024-02-29T00:00:00Z") == "2024-02-29T00:00:00.000Z");
    CHECK(shown("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00.000Z"); // a leap second
    for (const char* text :
         {"", "2026-11-20", "2026-11-20T07:28:03", "2026-11-20T07:28Z", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
          "2026-11-20T24:00:00Z", "2026-11-20T07:60:00Z", "2026-11-20T07:28:61Z", "2026-11-20T07:28:03.Z",
          "2026-11-20T07:28:03+1:00", "2026-11-20T07:28:03+24:00", "2026-11-20T07:28:03Zx", "26-11-20T07:28:03Z",
          "2026-11-20T07:28:03+0100", "0000-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"}) {
        INFO(text);
        CHECK_FALSE(parse_utc(text));
    }
}
