#include "smoke/hurl/values/dates.h"
#include "support/value.h"

namespace hurl = fairlead::smoke::hurl;

namespace {

// The date in UTC, "no" or "usage".
std::string date_read(std::string_view text, std::string_view pattern) {
    const auto moment = hurl::read_date(text, pattern);
    if (!moment) return moment.error().kind == fairlead::Kind::usage ? "usage" : "no";
    return fairlead::test::value(hurl::write_date(moment.value(), "%Y-%m-%dT%H:%M:%S%.f"));
}

struct DateCase {
    std::string_view text, pattern, expected;
};

void check_dates(const std::vector<DateCase>& cases) {
    for (const auto& [text, pattern, expected] : cases) {
        INFO("'" << text << "' by '" << pattern << "'");
        CHECK(date_read(text, pattern) == expected);
    }
}

hurl::Moment moment_at(int year, unsigned month, unsigned day, std::int64_t microseconds = 0) {
    using namespace std::chrono;
    return sys_days(std::chrono::year(year) / static_cast<int>(month) / static_cast<int>(day)) +
           std::chrono::microseconds(microseconds);
}

}

TEST_CASE("a date is read with its zone, else as UTC, else from midnight on") {
    check_dates({
        {"2020-08-27 09:07:46 +02:00", "%Y-%m-%d %H:%M:%S %:z", "2020-08-27T07:07:46"},
        {"2020-08-27 09:07:46 -0930", "%Y-%m-%d %H:%M:%S %z", "2020-08-27T18:37:46"},
        {"2020-08-27 09:07:46 +02", "%Y-%m-%d %H:%M:%S %z", "no"},
        {"2020-08-27 09:07:46 +02", "%Y-%m-%d %H:%M:%S %#z", "2020-08-27T07:07:46"},
        {"2020-08-27 09:07:46Z", "%Y-%m-%d %H:%M:%S%#z", "2020-08-27T09:07:46"},
        {"2020-08-27 09:07:46Z", "%Y-%m-%d %H:%M:%S%z", "no"}, // as in chrono
        {"2020-08-27 09:07:46Z", "%Y-%m-%d %H:%M:%SZ", "2020-08-27T09:07:46"},
        {"2020-08-27 09:07:46 +24:00", "%Y-%m-%d %H:%M:%S %:z", "no"},
        {"2020-08-27 09:07:46 \u221202:00", "%Y-%m-%d %H:%M:%S %:z", "2020-08-27T11:07:46"},
        {"2020-08-27 09:07:46", "%Y-%m-%d %H:%M:%S", "2020-08-27T09:07:46"},
        {"2020-08-27 09:07", "%Y-%m-%d %H:%M", "2020-08-27T09:07:00"},
        {"2020-08-27", "%Y-%m-%d", "2020-08-27T00:00:00"},
        {"2020-08-27 CEST", "%Y-%m-%d %Z", "2020-08-27T00:00:00"},
        {"2020-08-27 09", "%Y-%m-%d %H", "no"}, // half a time is none
        {"2020-08-27 09:07", "%Y-%m-%d %I:%M", "no"},
        {"09:07", "%H:%M", "no"},
        {"2020-08", "%Y-%m", "no"},
    });
}

TEST_CASE("a text must match the whole pattern") {
    check_dates({
        {"2020-08-27", "ymd", "no"},
        {"2020-08-27x", "%Y-%m-%d", "no"},
        {"2020-08-27 ", "%Y-%m-%d", "no"},
        {"2020-08-27  ", "%Y-%m-%d ", "2020-08-27T00:00:00"},
        {"2020-08-27", "  %Y-%m-%d", "2020-08-27T00:00:00"},
        {"2020-8-7", "%Y-%m-%d", "2020-08-07T00:00:00"},
        {"2020-08-  7", "%Y-%m-%d", "2020-08-07T00:00:00"},
        {"20200827", "%Y%m%d", "2020-08-27T00:00:00"},
        {"20200827090746", "%Y%m%d%H%M%S", "2020-08-27T09:07:46"},
        {"", "%Y-%m-%d", "no"},
        {"", "", "no"},
        {"100% 2020-08-27", "100%% %F", "2020-08-27T00:00:00"},
        {"am 2020-08-27", "am%t%F", "2020-08-27T00:00:00"},
        {"caf\u00e9 2020-08-27", "caf\u00e9 %F", "2020-08-27T00:00:00"},
    });
}

TEST_CASE("every part of a pattern is read") {
    check_dates({
        {"Wed, 21 Oct 2015 07:28:00 GMT", "%a, %d %b %Y %H:%M:%S GMT", "2015-10-21T07:28:00"},
        {"wednesday 21 OCTOBER 2015", "%A %d %B %Y", "2015-10-21T00:00:00"},
        {"Wed 21 Oct 2015", "%A %d %B %Y", "2015-10-21T00:00:00"},
        {"Wednesday 21 Oct 2015", "%a %d %b %Y", "no"},
        {"21 October 2015", "%d %b %Y", "no"},
        {"21 Okt 2015", "%d %b %Y", "no"},
        {"10/21/15", "%D", "2015-10-21T00:00:00"},
        {"10/21/69", "%D", "2069-10-21T00:00:00"},
        {"10/21/70", "%x", "1970-10-21T00:00:00"},
        {"20 15 10 21", "%C %y %m %d", "2015-10-21T00:00:00"},
        {"21-Oct-2015", "%v", "2015-10-21T00:00:00"},
        {"2015-10-21 07:28", "%F %R", "2015-10-21T07:28:00"},
        {"2015-10-21 07:28:09", "%F %T", "2015-10-21T07:28:09"},
        {"2015-10-21 07:28:09", "%F%n%X", "2015-10-21T07:28:09"},
        {"2015-10-21 12:28:09 AM", "%F %r", "2015-10-21T00:28:09"},
        {"2015-10-21 12:28:09 pm", "%F %I:%M:%S %p", "2015-10-21T12:28:09"},
        {"2015-10-21  7:28 pm", "%F %l:%M %P", "2015-10-21T19:28:00"},
        {"2015-10-21 13:28 pm", "%F %I:%M %p", "no"},
        {"2015-10-21  7:28", "%F %k:%M", "2015-10-21T07:28:00"},
        {"Wed Oct 21 07:28:00 2015", "%c", "2015-10-21T07:28:00"},
        {"2015 294", "%Y %j", "2015-10-21T00:00:00"},
        {"2015 366", "%Y %j", "no"},
        {"2016 366", "%Y %j", "2016-12-31T00:00:00"},
        {"2015 42 3", "%Y %U %w", "2015-10-21T00:00:00"},
        {"2015 42 3", "%Y %W %u", "2015-10-21T00:00:00"}, // 2015 begins on a Thursday
        {"2023 01 0", "%Y %U %w", "2023-01-01T00:00:00"},
        {"2023 00 7", "%Y %W %u", "2023-01-01T00:00:00"},
        {"2015-W43-3", "%G-W%V-%u", "2015-10-21T00:00:00"},
        {"2020-W53-5", "%G-W%V-%u", "2021-01-01T00:00:00"},
        {"2021-W53-5", "%G-W%V-%u", "no"},
        {"15 43 Wed", "%g %V %a", "2015-10-21T00:00:00"},
        {"2015-10-21 Q4", "%F Q%q", "2015-10-21T00:00:00"},
        {"2015-10-21 Q3", "%F Q%q", "no"},
        {"1445412480", "%s", "2015-10-21T07:28:00"},
        {"-1", "%s", "1969-12-31T23:59:59"},
        {"1445412480 +02:00", "%s %z", "2015-10-21T07:28:00"},
        {"1445412480.25", "%s%.f", "2015-10-21T07:28:00.250"},
        {"1445412480 2015", "%s %Y", "2015-10-21T07:28:00"},
        {"1445412480 2014", "%s %Y", "no"},
        {"99999999999999999999", "%s", "no"},
        {"9999999999999", "%s", "no"},
        {"+12015-10-21", "%F", "+12015-10-21T00:00:00"},
        {"-0001-10-21", "%F", "-0001-10-21T00:00:00"},
        {"+99999-10-21", "%F", "no"},
    });
}

TEST_CASE("fractions of a second are read with and without their point") {
    check_dates({
        {"2015-10-21 07:28:00.5", "%F %T%.f", "2015-10-21T07:28:00.500"},
        {"2015-10-21 07:28:00", "%F %T%.f", "2015-10-21T07:28:00"},
        {"2015-10-21 07:28:00.1234567891", "%F %T%.f", "2015-10-21T07:28:00.123456"},
        {"2015-10-21 07:28:00.", "%F %T%.f", "no"},
        {"2015-10-21 07:28:00.25", "%F %T%.3f", "2015-10-21T07:28:00.250"},
        {"2015-10-21 07:28:00.250", "%F %T.%3f", "2015-10-21T07:28:00.250"},
        {"2015-10-21 07:28:00.25", "%F %T.%3f", "no"},
        {"2015-10-21 07:28:00250001", "%F %T%6f", "2015-10-21T07:28:00.250001"},
        {"2015-10-21 07:28:00 500000", "%F %T %f", "2015-10-21T07:28:00.000500"}, // nanoseconds
        {"2015-10-21 07:28 .5", "%F %R %.f", "no"},
    });
}

TEST_CASE("%+ is RFC 3339") {
    check_dates({
        {"2015-10-21T07:28:00Z", "%+", "2015-10-21T07:28:00"},
        {"2015-10-21t07:28:00.125z", "%+", "2015-10-21T07:28:00.125"},
        {"2015-10-21 07:28:00+02:00", "%+", "2015-10-21T05:28:00"},
        {"2015-10-21T07:28:00 UTC", "%+", "2015-10-21T07:28:00"},
        {"2015-10-21T07:28:00", "%+", "no"},
        {"2015-10-21", "%+", "no"},
        {"2015-10-21T07:28Z", "%+", "no"},
        {"2015-10-21X07:28:00Z", "%+", "no"},
    });
}

TEST_CASE("a date that doesn't exist, or contradicts itself, is none") {
    check_dates({
        {"2015-02-29", "%F", "no"},
        {"2016-02-29", "%F", "2016-02-29T00:00:00"},
        {"2015-06-31", "%F", "no"},
        {"2015-13-01", "%F", "no"},
        {"2015-00-01", "%F", "no"},
        {"2015-01-00", "%F", "no"},
        {"Thu, 21 Oct 2015", "%a, %d %b %Y", "no"},
        {"2015-10-21 2014", "%F %Y", "no"},
        {"2015-10-21 24:00", "%F %R", "no"},
        {"2015-10-21 23:60", "%F %R", "no"},
        {"2015-10-21 23:59:61", "%F %T", "no"},
        {"2016-12-31 23:59:60", "%F %T", "2017-01-01T00:00:00"},
        {"2015-10-21 13:28 AM", "%F %H:%M %p", "no"},
    });
}

TEST_CASE("a date is written in UTC, padded as the pattern says") {
    const auto time = moment_at(2001, 7, 8, 34'059'026'490); // 09:27:39.026490
    const DateCase cases[] = {
        {{}, "%Y %C %y %q %m %b %B %h", "2001 20 01 3 07 Jul July Jul"},
        {{}, "%d %e|%-d %_d %0e", "08  8|8  8 08"},
        {{}, "%a %A %w %u %U %W %G %g %V %j", "Sun Sunday 0 7 27 27 2001 01 27 189"},
        {{}, "%D %x %F %v", "07/08/01 07/08/01 2001-07-08  8-Jul-2001"},
        {{}, "%H %k %I %l %P %p %M %S", "09  9 09  9 am AM 27 39"},
        {{}, "%f %.f %.3f %.6f %.9f %3f %6f %9f", "026490000 .026490 .026 .026490 .026490000 026 026490 026490000"},
        {{}, "%R %T %X %r", "09:27 09:27:39 09:27:39 09:27:39 AM"},
        {{}, "%Z %z %:z %::z %:::z", "UTC +0000 +00:00 +00:00:00 +00"},
        {{}, "%c", "Sun Jul  8 09:27:39 2001"},
        {{}, "%+", "2001-07-08T09:27:39.026490+00:00"},
        {{}, "%s", "994584459"},
        {{}, "%%%t%n caf\u00e9", "%\t\n caf\u00e9"},
        {{}, "%-m/%-H/%_j", "7/9/189"},
        {{}, "", ""},
    };
    for (const auto& each : cases) {
        INFO(each.pattern);
        CHECK(fairlead::test::value(hurl::write_date(time, each.pattern)) == each.expected);
    }
    const auto written = [](hurl::Moment moment, std::string_view pattern) {
        return fairlead::test::value(hurl::write_date(moment, pattern));
    };
    CHECK(written(moment_at(2026, 1, 1), "%T%.f %I %p %+") == "00:00:00 12 AM 2026-01-01T00:00:00+00:00");
    CHECK(written(moment_at(2026, 1, 1, 500'000), "%.f") == ".500");
    CHECK(written(moment_at(2026, 1, 1) - std::chrono::microseconds(1), "%F %T%.f %s") ==
          "2025-12-31 23:59:59.999999 1767225599");
    CHECK(written(moment_at(12026, 1, 1), "%Y %G %C") == "+12026 +12026 120");
    CHECK(written(moment_at(-1, 1, 1), "%Y|%_Y|%-Y") == "-0001|   -1|-1");
    CHECK(written(moment_at(33, 1, 1), "%Y %y") == "0033 33");
    CHECK(written(moment_at(1960, 1, 1), "%s") == "-315619200");
}

TEST_CASE("a pattern with an unknown part is refused, for reading and for writing") {
    for (const std::string_view pattern : {"%", "%Q", "%E", "%%%", "%-", "%-F", "%_p", "%.2f", "%.", "%4f", "%3",
                                           "%:", "%::::z", "%:Y", "%#Y", "%--d", "%\u00e9"}) {
        INFO(pattern);
        CHECK(date_read("2026", pattern) == "usage");
        const auto text = hurl::write_date(moment_at(2026, 1, 1), pattern);
        REQUIRE_FALSE(text.ok());
        CHECK(text.error().kind == fairlead::Kind::usage);
    }
    const auto text = hurl::write_date(moment_at(2026, 1, 1), "%#z");
    REQUIRE_FALSE(text.ok());
    CHECK(text.error().message == "date pattern '%#z' has %#z, which can only be read; write %z");
}
