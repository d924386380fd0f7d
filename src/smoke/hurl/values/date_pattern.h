#pragma once
#include "smoke/hurl/values/dates.h"
#include <cstdint>
#include <vector>

// For the two files that read and write dates: the parts of a date and of its pattern.
namespace fairlead::smoke::hurl {

enum class DateField {
    year,
    century,
    year_of_century,
    quarter,
    month,
    day,
    weekday,        // 0 is Sunday
    monday_weekday, // 1 is Monday, 7 is Sunday
    sunday_week,
    monday_week,
    iso_year,
    iso_year_of_century,
    iso_week,
    day_of_year,
    hour,
    hour12,
    half_day,
    minute,
    second,
    nanosecond,
    timestamp,
};
constexpr std::size_t date_fields = static_cast<std::size_t>(DateField::timestamp) + 1;

std::int64_t field_of(Moment local, DateField field);

enum class DateKind {
    text,   // as it is written
    blanks, // reads any number of blanks
    number,
    short_month,
    long_month,
    short_weekday,
    long_weekday,
    half_day,  // am, pm
    fraction,  // `width` digits of the second; 0 with with_point: any number of digits, or none
    offset,    // +0930
    zone_name, // UTC
    rfc3339,
};

struct DateItem {
    DateKind kind = DateKind::text;
    std::string text{};
    DateField field = DateField::year;
    int width = 0;  // number of digits; for an offset, the number of colons
    char pad = '0'; // '0', ' ', or '-' for no padding
    bool with_point = false;
    bool in_capitals = false;
    bool is_lenient = false; // for reading: the offset may be Z, or lack minutes
};

Result<std::vector<DateItem>> read_date_pattern(std::string_view pattern);

constexpr std::string_view month_names[] = {"January", "February", "March",     "April",   "May",      "June",
                                            "July",    "August",   "September", "October", "November", "December"};
constexpr std::string_view weekday_names[] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                              "Thursday", "Friday", "Saturday"};

}
