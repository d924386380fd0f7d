#include "deploy/policy/windows.h"
#include "support/catch.h"

using namespace fairlead;
using namespace fairlead::deploy;

namespace {

bool is_open(const std::string& window, const std::string& utc) { return parse_window(window)->holds(*parse_utc(utc)); }

}

TEST_CASE("a window is kept on the clocks of its place") {
    const std::string weekend = "Fri 15:00-Mon 07:00 Europe/Berlin";
    CHECK_FALSE(is_open(weekend, "2026-11-20T13:59:59Z")); // Friday 14:59:59 there
    CHECK(is_open(weekend, "2026-11-20T14:00:00Z"));
    CHECK(is_open(weekend, "2026-11-22T12:00:00Z"));
    CHECK(is_open(weekend, "2026-11-23T05:59:59Z"));
    CHECK_FALSE(is_open(weekend, "2026-11-23T06:00:00Z"));
    CHECK(is_open(weekend, "2026-07-17T13:00:00Z")); // in summer an hour earlier
    CHECK_FALSE(is_open(weekend, "2026-07-17T12:59:59Z"));
}

TEST_CASE("days and hours of days") {
    CHECK(is_open("Mon-Thu 09:00-16:00 UTC", "2026-11-19T15:59:00Z"));
    CHECK_FALSE(is_open("Mon-Thu 09:00-16:00 UTC", "2026-11-20T12:00:00Z"));
    CHECK(is_open("Sat-Mon 09:00-16:00 UTC", "2026-11-22T12:00:00Z"));
    CHECK_FALSE(is_open("Sat-Mon 09:00-16:00 UTC", "2026-11-24T12:00:00Z"));
    CHECK(is_open("22:00-06:00 UTC", "2026-11-23T05:59:00Z")); // Sunday's, on Monday
    CHECK_FALSE(is_open("22:00-06:00 UTC", "2026-11-23T06:00:00Z"));
    CHECK(is_open("sun 22:00-06:00 utc", "2026-11-23T05:59:00Z"));
    CHECK_FALSE(is_open("Mon 22:00-06:00 UTC", "2026-11-23T05:59:00Z"));
    CHECK(is_open("Sun 00:00-24:00 UTC", "2026-11-22T23:59:00Z"));
    CHECK_FALSE(is_open("Sun 00:00-24:00 UTC", "2026-11-23T00:00:00Z"));
    CHECK(is_open("Mon 00:00-23:59 Asia/Tokyo", "2026-11-22T15:00:00Z"));
    CHECK(is_open("Wed 23:00-Thu 01:00 UTC", "1969-12-31T23:30:00Z"));
}

TEST_CASE("an hour that comes twice counts twice, one that never comes never") {
    const std::string night = "Sun 02:00-03:00 Europe/Berlin";
    CHECK(is_open(night, "2026-10-25T00:30:00Z")); // 02:30 in summer
    CHECK(is_open(night, "2026-10-25T01:30:00Z")); // 02:30 once more
    CHECK_FALSE(is_open(night, "2026-10-25T02:00:00Z"));
    CHECK_FALSE(is_open(night, "2026-03-29T00:59:59Z")); // 01:59:59, and a second later it is 03:00
    CHECK_FALSE(is_open(night, "2026-03-29T01:00:00Z"));
}

TEST_CASE("what is no window is refused, and so is a zone that nobody knows") {
    for (const auto* text : {"", "UTC", "Fri 15:00 UTC", "Fri 15:00-Mon 07:00", "Fri 25:00-26:00 UTC",
                             "Fri 15:60-16:00 UTC", "Fri 15:00-15:00 UTC", "Fri 15:00-Fri 15:00 UTC",
                             "Xyz 15:00-16:00 UTC", "Fri 1:00-2:00 UTC", "Fri 15:00 - Mon 07:00 Europe/Berlin"})
        CHECK_FALSE(parse_window(text).ok());
    CHECK(parse_window("Fri 15:00-16:00 Europe/Berln").error().message ==
          "time zone 'Europe/Berln' is not in this host's tz database; write a name from it, such as Europe/Berlin, or "
          "install tzdata");
    CHECK(parse_windows({"22:00-06:00 UTC", "x"}).error().kind == Kind::usage);
}

TEST_CASE("what is denied is denied, and what isn't allowed too") {
    const auto friday = *parse_utc("2026-11-20T16:00:00Z");
    Windows windows;
    CHECK(windows.closed(friday).empty());
    windows.allow = parse_windows({"Mon-Thu 09:00-16:00 UTC", "Sat 10:00-11:00 UTC"}).value();
    CHECK(windows.closed(friday) == "windows.allow has only 'Mon-Thu 09:00-16:00 UTC', 'Sat 10:00-11:00 UTC'");
    windows.allow = parse_windows({"Fri 09:00-17:00 UTC"}).value();
    CHECK(windows.closed(friday).empty());
    windows.deny = parse_windows({"Fri 15:00-Mon 07:00 UTC"}).value();
    CHECK(windows.closed(friday) == "windows.deny has 'Fri 15:00-Mon 07:00 UTC'");
}
