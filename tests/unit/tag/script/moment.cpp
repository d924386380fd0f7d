#include "tag/script/moment.h"
#include "unit/tag/support.h"

using namespace fairlead;
using namespace fairlead::tag;

namespace {

std::string at(const std::string& time, const std::string& zone, const std::string& format) {
    const auto moment = in_zone(parse_utc(time).value(), zone);
    return moment ? format_moment(*moment, format) : "no such zone";
}
std::string in_new_york(const std::string& format) { return at("2024-02-29T13:05:09Z", "America/New_York", format); }

}

TEST_CASE("every token is written as moment.js writes it") {
    const std::pair<const char*, const char*> rows[] = {
        {"YYYY YY Y YYYYYY YYYYY y yy yo N NNNN", "2024 24 2024 +002024 02024 2024 2024 2024th AD Anno Domini"},
        {"Q Qo M Mo MM MMM MMMM", "1 1st 2 2nd 02 Feb February"},
        {"D Do DD DDD DDDo DDDD", "29 29th 29 60 60th 060"},
        {"d do dd ddd dddd e E", "4 4th Th Thu Thursday 4 4"},
        {"w wo ww W Wo WW gg gggg GG GGGG", "9 9th 09 9 9th 09 24 2024 24 2024"},
        {"H HH h hh k kk m mm s ss", "8 08 8 08 8 08 5 05 9 09"},
        {"S SS SSS SSSS SSSSSSSSS A a", "0 00 000 0000 000000000 AM am"},
        {"Z ZZ z zz X x", "-05:00 -0500 EST EST 1709211909 1709211909000"},
        {"L|LL|LLL", "02/29/2024|February 29, 2024|February 29, 2024 8:05 AM"},
        {"LLLL|LT|LTS", "Thursday, February 29, 2024 8:05 AM|8:05 AM|8:05:09 AM"},
        {"l|ll|lll|llll", "2/29/2024|Feb 29, 2024|Feb 29, 2024 8:05 AM|Thu, Feb 29, 2024 8:05 AM"},
        {"Hmm Hmmss hmm hmmss", "805 80509 805 80509"},
        {"[YYYY] [a]b] \\YYYY \\[x w| YYYYx", "YYYY a]b YYYY [1709211909000 w| 20241709211909000"},
        {"", ""},
    };
    for (const auto& [format, text] : rows) CHECK(in_new_york(format) == text);
}

TEST_CASE("weeks at the turn of the year") {
    CHECK(at("2020-12-31T12:00:00Z", "UTC", "w gggg W GGGG") == "1 2021 53 2020");
    CHECK(at("2021-01-03T00:00:00Z", "UTC", "w gggg W GGGG") == "2 2021 53 2020");
    CHECK(at("2027-01-02T00:00:00Z", "UTC", "w gggg W GGGG") == "1 2027 53 2026");
    CHECK(at("2016-01-01T00:00:00.123Z", "UTC", "w W GGGG SSSS") == "1 53 2015 1230");
}

TEST_CASE("zone names are case-blind and an unknown one is told from UTC") {
    CHECK(at("2024-07-01T00:00:00Z", "asia/tokyo", "HH z") == "09 JST");
    CHECK(at("2024-07-01T00:00:00Z", "Etc/GMT+5", "HH z") == "19 -05");
    CHECK(at("2024-07-01T00:00:00Z", "utc", "HH z Z") == "00 UTC +00:00");
    for (const auto* zone : {"+02:00", "Bogus/Zone", "", "../etc/passwd", "Europe", "posix/UTC", "/etc/localtime",
                             "localtime", "Factory", "posixrules"})
        CHECK(at("2024-07-01T00:00:00Z", zone, "HH") == "no such zone");
}

TEST_CASE("without a format the ISO form, with Z only at offset zero") {
    const auto moment = in_zone(parse_utc("2024-07-01T00:00:00Z").value(), "Asia/Tokyo");
    CHECK(format_moment(*moment, default_format(*moment)) == "2024-07-01T09:00:00+09:00");
}
