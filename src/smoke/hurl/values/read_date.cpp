#include "base/text.h"
#include "smoke/hurl/values/date_pattern.h"
#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <optional>

namespace fairlead::smoke::hurl {

namespace {

constexpr std::int64_t greatest_year = 32'767;               // of std::chrono::year
constexpr std::int64_t greatest_timestamp = 960'000'000'000; // in the year 32,391

// What a text says about its date, before anything is made of it.
struct DateFields {
    std::array<std::optional<std::int64_t>, date_fields> values{};
    std::optional<std::int64_t> offset_seconds{}; // east of UTC

    std::optional<std::int64_t>& at(DateField field) { return values[static_cast<std::size_t>(field)]; }
    std::optional<std::int64_t> at(DateField field) const { return values[static_cast<std::size_t>(field)]; }
    bool has(DateField field) const { return at(field).has_value(); }
    bool set(DateField field, std::int64_t value) { // false: it was set to another value
        auto& slot = at(field);
        if (!slot) slot = value;
        return slot == value;
    }
};

// Reads items one after the other; each function returns false if the text has something else.
class DateReader {
  public:
    explicit DateReader(std::string_view text) : rest_(text) {}
    DateFields fields;

    bool at_end() const { return rest_.empty(); }
    bool item(const DateItem& item);

  private:
    void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(blanks), rest_.size())); }
    bool take(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    bool take_any_case(std::string_view word) {
        if (lower(rest_.substr(0, word.size())) != lower(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    std::optional<std::int64_t> digits(std::size_t least, std::size_t most);
    bool number(const DateItem& item);
    template <std::size_t N>
    bool name(const std::string_view (&names)[N], DateField field, std::int64_t first, bool may_be_long);
    bool half_day();
    bool fraction(const DateItem& item);
    bool offset(bool may_be_zulu, bool may_lack_minutes);
    bool rfc3339();

    std::string_view rest_;
};

std::optional<std::int64_t> DateReader::digits(std::size_t least, std::size_t most) {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_digit);
    const auto count = std::min(static_cast<std::size_t>(end - rest_.begin()), most);
    std::int64_t value = 0;
    const auto read = std::from_chars(rest_.data(), rest_.data() + count, value);
    if (count < least || read.ec != std::errc{}) return std::nullopt;
    rest_.remove_prefix(count);
    return value;
}

bool DateReader::number(const DateItem& item) {
    skip_blanks();
    const bool is_timestamp = item.field == DateField::timestamp;
    const bool may_have_sign = is_timestamp || item.field == DateField::year || item.field == DateField::iso_year;
    const bool is_negative = may_have_sign && take("-");
    const bool has_sign = is_negative || (may_have_sign && take("+"));
    const auto value = digits(1, has_sign || is_timestamp ? std::string::npos : static_cast<std::size_t>(item.width));
    return value && fields.set(item.field, is_negative ? -*value : *value);
}

template <std::size_t N>
bool DateReader::name(const std::string_view (&names)[N], DateField field, std::int64_t first, bool may_be_long) {
    for (std::size_t i = 0; i < N; ++i) {
        if (!take_any_case(names[i].substr(0, 3))) continue;
        if (may_be_long) take_any_case(names[i].substr(3));
        return fields.set(field, first + static_cast<std::int64_t>(i));
    }
    return false;
}

bool DateReader::half_day() {
    const bool is_morning = take_any_case("am");
    return (is_morning || take_any_case("pm")) && fields.set(DateField::half_day, is_morning ? 0 : 1);
}

bool DateReader::fraction(const DateItem& item) {
    if (item.with_point && !take(".")) return true; // there is none
    const auto width = static_cast<std::size_t>(item.width);
    const auto before = rest_;
    const auto value = item.with_point ? digits(1, 9) : digits(width, width);
    if (!value) return false;
    std::string nanoseconds(before.substr(0, before.size() - rest_.size()));
    nanoseconds.resize(9, '0');
    if (item.with_point) rest_.remove_prefix(std::min(rest_.find_first_not_of("0123456789"), rest_.size()));
    return fields.set(DateField::nanosecond, parse_integer(nanoseconds).value_or(0));
}

bool DateReader::offset(bool may_be_zulu, bool may_lack_minutes) {
    skip_blanks();
    std::int64_t offset_seconds = 0;
    if (!may_be_zulu || !take_any_case("z")) {
        const bool is_west = take("-") || take("\u2212"); // the second one is the minus of typographers
        if (!is_west && !take("+")) return false;
        const auto hours = digits(2, 2);
        const auto behind_hours = rest_;
        rest_.remove_prefix(std::min(rest_.find_first_not_of(": \t"), rest_.size()));
        auto minutes = digits(2, 2);
        if (!minutes && may_lack_minutes) {
            rest_ = behind_hours;
            minutes = 0;
        }
        if (!hours || !minutes || *hours > 23 || *minutes > 59) return false;
        offset_seconds = (*hours * 60 + *minutes) * (is_west ? -60 : 60);
    }
    if (!fields.offset_seconds) fields.offset_seconds = offset_seconds;
    return fields.offset_seconds == offset_seconds;
}

bool DateReader::rfc3339() {
    const auto pieces = [&](std::string_view pattern) {
        const auto items = read_date_pattern(pattern);
        return items.ok() && std::all_of(items->begin(), items->end(), [&](const auto& each) { return item(each); });
    };
    if (!pieces("%Y-%m-%d") || !(take("T") || take("t") || take(" ")) || !pieces("%H:%M:%S%.f")) return false;
    skip_blanks();
    if (!take_any_case("utc")) return offset(true, false);
    fields.offset_seconds = 0;
    return true;
}

bool DateReader::item(const DateItem& item) {
    switch (item.kind) {
    case DateKind::text: return take(item.text);
    case DateKind::blanks: return skip_blanks(), true;
    case DateKind::number: return number(item);
    case DateKind::short_month:
    case DateKind::long_month: return name(month_names, DateField::month, 1, item.kind == DateKind::long_month);
    case DateKind::short_weekday:
    case DateKind::long_weekday: return name(weekday_names, DateField::weekday, 0, item.kind == DateKind::long_weekday);
    case DateKind::half_day: return half_day();
    case DateKind::fraction: return fraction(item);
    case DateKind::offset: return offset(item.is_lenient, item.is_lenient);
    case DateKind::zone_name: return rest_.remove_prefix(std::min(rest_.find_first_of(blanks), rest_.size())), true;
    case DateKind::rfc3339: return rfc3339();
    }
    return false;
}

std::optional<std::int64_t> year_of(const DateFields& fields, DateField whole, DateField two_digits) {
    if (const auto year = fields.at(whole)) return year;
    const auto last = fields.at(two_digits);
    if (!last) return std::nullopt;
    if (const auto century = fields.at(DateField::century)) return *century * 100 + *last;
    return *last + (*last < 70 ? 2000 : 1900);
}

bool is_in(std::optional<std::int64_t> value, std::int64_t least, std::int64_t most) {
    return value && *value >= least && *value <= most;
}

std::optional<std::chrono::sys_days> day_of(const DateFields& fields) {
    const auto weekday = fields.has(DateField::weekday) || !fields.has(DateField::monday_weekday)
                             ? fields.at(DateField::weekday)
                             : std::optional(*fields.at(DateField::monday_weekday) % 7);
    const auto from_monday = weekday ? (*weekday + 6) % 7 : 0;
    const auto year = year_of(fields, DateField::year, DateField::year_of_century);
    if (is_in(year, -greatest_year, greatest_year)) {
        const auto first = std::chrono::sys_days(std::chrono::year(static_cast<int>(*year)) / std::chrono::January / 1);
        const std::chrono::weekday first_weekday(first);
        const auto month = fields.at(DateField::month), day = fields.at(DateField::day);
        if (is_in(month, 1, 12) && is_in(day, 1, 31)) // a 31st of June turns out to be another day of another month
            return std::chrono::sys_days(std::chrono::year(static_cast<int>(*year)) / static_cast<int>(*month) / 1) +
                   std::chrono::days(*day - 1);
        if (const auto of_year = fields.at(DateField::day_of_year); is_in(of_year, 1, 366))
            return first + std::chrono::days(*of_year - 1);
        if (const auto week = fields.at(DateField::sunday_week); is_in(week, 0, 53) && weekday)
            return first + std::chrono::days((*week - 1) * 7 + (7 - first_weekday.c_encoding()) % 7 + *weekday);
        if (const auto week = fields.at(DateField::monday_week); is_in(week, 0, 53) && weekday)
            return first + std::chrono::days((*week - 1) * 7 + (8 - first_weekday.iso_encoding()) % 7 + from_monday);
    }
    const auto iso_year = year_of(fields, DateField::iso_year, DateField::iso_year_of_century);
    const auto iso_week = fields.at(DateField::iso_week);
    if (!is_in(iso_year, -greatest_year, greatest_year) || !is_in(iso_week, 1, 53) || !weekday) return std::nullopt;
    const auto fourth =
        std::chrono::sys_days(std::chrono::year(static_cast<int>(*iso_year)) / std::chrono::January / 4);
    const auto monday = fourth - std::chrono::days(std::chrono::weekday(fourth).iso_encoding() - 1);
    return monday + std::chrono::days((*iso_week - 1) * 7 + from_monday);
}

// Nothing: there is no whole time. A minute is the least, and an hour of twelve needs its half of the day.
std::optional<std::chrono::seconds> time_of(const DateFields& fields) {
    auto hour = fields.at(DateField::hour);
    const auto hour12 = fields.at(DateField::hour12), half = fields.at(DateField::half_day);
    if (!hour && is_in(hour12, 1, 12) && half) hour = *hour12 % 12 + *half * 12;
    const auto minute = fields.at(DateField::minute);
    const auto second = fields.at(DateField::second);
    if (!hour || !minute || (!second && fields.has(DateField::nanosecond))) return std::nullopt;
    if (!is_in(hour, 0, 23) || !is_in(minute, 0, 59) || !is_in(second.value_or(0), 0, 59)) return std::nullopt;
    return std::chrono::seconds((*hour * 60 + *minute) * 60 + second.value_or(0));
}

bool has_part_of_time(const DateFields& fields) {
    constexpr DateField parts[] = {DateField::hour,   DateField::hour12, DateField::half_day,
                                   DateField::minute, DateField::second, DateField::nanosecond};
    return std::any_of(std::begin(parts), std::end(parts), [&](DateField part) { return fields.has(part); });
}

// Whether the date says about itself what the text said, so that no "Monday, 2 June 2026" passes for a Tuesday.
bool agrees(const DateFields& fields, Moment local, Moment utc) {
    for (std::size_t i = 0; i < date_fields; ++i) {
        const auto field = static_cast<DateField>(i);
        if (!fields.values[i] || field == DateField::nanosecond) continue;
        if (field_of(field == DateField::timestamp ? utc : local, field) != *fields.values[i]) return false;
    }
    return true;
}

std::optional<Moment> moment_of(DateFields fields) {
    const bool is_leap_second = fields.at(DateField::second) == 60; // which is the next minute's first
    if (is_leap_second) fields.at(DateField::second) = 59;
    const auto fraction = std::chrono::microseconds(fields.at(DateField::nanosecond).value_or(0) / 1000);
    auto offset = std::chrono::seconds(fields.offset_seconds.value_or(0));
    const auto timestamp = fields.at(DateField::timestamp);
    const auto day = day_of(fields);
    const auto time = time_of(fields);
    Moment local;
    if (day && time) {
        local = *day + *time + fraction;
    } else if (is_in(timestamp, -greatest_timestamp, greatest_timestamp)) {
        local = Moment(std::chrono::seconds(*timestamp)) + offset + fraction;
    } else {
        if (!day || has_part_of_time(fields)) return std::nullopt;
        offset = std::chrono::seconds(0); // a day alone begins in UTC
        local = *day;
    }
    if (!agrees(fields, local, local - offset)) return std::nullopt;
    return local - offset + std::chrono::seconds(is_leap_second ? 1 : 0);
}

}

Result<Moment> read_date(std::string_view text, std::string_view pattern) {
    const auto items = TRY(read_date_pattern(pattern));
    DateReader reader(text);
    const bool matches_items =
        std::all_of(items.begin(), items.end(), [&](const auto& item) { return reader.item(item); });
    if (!matches_items || !reader.at_end())
        return no(fmt::format("'{}' does not match the date pattern '{}'", text, pattern));
    if (const auto moment = moment_of(reader.fields)) return *moment;
    return no(fmt::format("'{}', read by the date pattern '{}', is no date: a part is missing, out of range, or "
                          "contradicts another",
                          text, pattern));
}

}
