#include "smoke/hurl/values/dates.h"
#include "base/text.h"
#include "smoke/hurl/values/date_pattern.h"
#include <algorithm>
#include <fmt/format.h>
#include <optional>

namespace fairlead::smoke::hurl {

namespace {

struct NumberRow {
    char letter;
    DateField field;
    int width;
    char pad = '0';
};
constexpr NumberRow number_rows[] = {
    {'Y', DateField::year, 4},
    {'C', DateField::century, 2},
    {'y', DateField::year_of_century, 2},
    {'q', DateField::quarter, 1},
    {'m', DateField::month, 2},
    {'d', DateField::day, 2},
    {'e', DateField::day, 2, ' '},
    {'w', DateField::weekday, 1},
    {'u', DateField::monday_weekday, 1},
    {'U', DateField::sunday_week, 2},
    {'W', DateField::monday_week, 2},
    {'G', DateField::iso_year, 4},
    {'g', DateField::iso_year_of_century, 2},
    {'V', DateField::iso_week, 2},
    {'j', DateField::day_of_year, 3},
    {'H', DateField::hour, 2},
    {'k', DateField::hour, 2, ' '},
    {'I', DateField::hour12, 2},
    {'l', DateField::hour12, 2, ' '},
    {'M', DateField::minute, 2},
    {'S', DateField::second, 2},
    {'f', DateField::nanosecond, 9},
    {'s', DateField::timestamp, 1},
};

struct WordRow {
    char letter;
    DateKind kind;
    bool in_capitals = false;
};
constexpr WordRow word_rows[] = {
    {'b', DateKind::short_month},   {'h', DateKind::short_month},    {'B', DateKind::long_month},
    {'a', DateKind::short_weekday}, {'A', DateKind::long_weekday},   {'P', DateKind::half_day},
    {'Z', DateKind::zone_name},     {'p', DateKind::half_day, true}, {'z', DateKind::offset},
    {'+', DateKind::rfc3339},
};

struct ShorthandRow {
    char letter;
    std::string_view pattern;
};
constexpr ShorthandRow shorthand_rows[] = {
    {'D', "%m/%d/%y"}, {'x', "%m/%d/%y"},    {'F', "%Y-%m-%d"},
    {'v', "%e-%b-%Y"}, {'R', "%H:%M"},       {'T', "%H:%M:%S"},
    {'X', "%H:%M:%S"}, {'r', "%I:%M:%S %p"}, {'c', "%a %b %e %H:%M:%S %Y"},
    {'n', "\n"},       {'t', "\t"},
};

template <typename Row, std::size_t N>
const Row* row_of(const Row (&rows)[N], char letter) {
    const auto* row =
        std::find_if(std::begin(rows), std::end(rows), [&](const Row& each) { return each.letter == letter; });
    return row == std::end(rows) ? nullptr : row;
}

class PatternReader {
  public:
    explicit PatternReader(std::string_view pattern) : rest_(pattern) {}
    std::vector<DateItem> items;

    bool read() { // false: an unknown part
        while (!rest_.empty()) {
            if (take("%")) {
                if (!conversion()) return false;
                continue;
            }
            const bool is_blank = blanks.find(rest_.front()) != blanks.npos;
            const auto end = is_blank ? rest_.find_first_not_of(blanks) : rest_.find_first_of("% \t\r\n\v\f");
            items.push_back(
                {.kind = is_blank ? DateKind::blanks : DateKind::text, .text = std::string(rest_.substr(0, end))});
            rest_.remove_prefix(std::min(end, rest_.size()));
        }
        return true;
    }

  private:
    bool take(std::string_view word) {
        if (!rest_.starts_with(word)) return false;
        rest_.remove_prefix(word.size());
        return true;
    }
    bool conversion() {
        if (take("%")) return items.push_back({.text = "%"}), true;
        if (fraction() || offset()) return true;
        const char pad = take("-") ? '-' : take("_") ? ' ' : take("0") ? '0' : '\0';
        if (rest_.empty()) return false;
        const char letter = rest_.front();
        rest_.remove_prefix(1);
        if (const auto* row = row_of(number_rows, letter)) {
            const auto padding = pad != '\0' ? pad : row->pad;
            items.push_back({.kind = DateKind::number, .field = row->field, .width = row->width, .pad = padding});
            return true;
        }
        if (pad != '\0') return false;
        if (const auto* row = row_of(word_rows, letter)) {
            items.push_back({.kind = row->kind, .in_capitals = row->in_capitals});
            return true;
        }
        const auto* row = row_of(shorthand_rows, letter);
        if (!row) return false;
        PatternReader inner(row->pattern);
        inner.read();
        items.insert(items.end(), inner.items.begin(), inner.items.end());
        return true;
    }
    bool fraction() { // %.f %.3f %3f
        const auto before = rest_;
        const bool with_point = take(".");
        const int width = take("3") ? 3 : take("6") ? 6 : take("9") ? 9 : 0;
        if ((!with_point && width == 0) || !take("f")) return rest_ = before, false;
        items.push_back({.kind = DateKind::fraction, .width = width, .with_point = with_point});
        return true;
    }
    bool offset() { // %:z %::z %:::z %#z
        if (take("#z")) return items.push_back({.kind = DateKind::offset, .is_lenient = true}), true;
        const auto colons = rest_.find_first_not_of(':');
        if (colons == 0 || colons > 3 || rest_[colons] != 'z') return false;
        items.push_back({.kind = DateKind::offset, .width = static_cast<int>(colons)});
        rest_.remove_prefix(colons + 1);
        return true;
    }

    std::string_view rest_;
};

}

Result<std::vector<DateItem>> read_date_pattern(std::string_view pattern) {
    PatternReader reader(pattern);
    if (reader.read()) return std::move(reader.items);
    return usage(
        fmt::format("date pattern '{}' has an unknown part behind a %; expected e.g. %Y-%m-%d, %H:%M:%S or %+, "
                    "and %% for the character",
                    pattern));
}

namespace {

std::chrono::sys_days first_of_year(std::chrono::year year) {
    return std::chrono::sys_days(year / std::chrono::January / 1);
}

std::int64_t positive_rest(std::int64_t value, std::int64_t by) { return (value % by + by) % by; }

std::int64_t date_field(std::chrono::sys_days day, DateField field) {
    const std::chrono::year_month_day date{day};
    const std::chrono::weekday weekday{day};
    const auto day_of_year = (day - first_of_year(date.year())).count() + 1;
    const auto thursday =
        day + std::chrono::days(4 - static_cast<int>(weekday.iso_encoding())); // its year is the year of the week
    const auto iso_year = std::chrono::year_month_day(thursday).year();
    const std::int64_t year = static_cast<int>(date.year());
    switch (field) {
    case DateField::year: return year;
    case DateField::century: return (year - positive_rest(year, 100)) / 100;
    case DateField::year_of_century: return positive_rest(year, 100);
    case DateField::quarter: return (static_cast<unsigned>(date.month()) + 2) / 3;
    case DateField::month: return static_cast<unsigned>(date.month());
    case DateField::day: return static_cast<unsigned>(date.day());
    case DateField::weekday: return weekday.c_encoding();
    case DateField::monday_weekday: return weekday.iso_encoding();
    case DateField::sunday_week: return (day_of_year + 6 - weekday.c_encoding()) / 7;
    case DateField::monday_week: return (day_of_year + 7 - weekday.iso_encoding()) / 7;
    case DateField::iso_year: return static_cast<int>(iso_year);
    case DateField::iso_year_of_century: return positive_rest(static_cast<int>(iso_year), 100);
    case DateField::iso_week: return (thursday - first_of_year(iso_year)).count() / 7 + 1;
    default: return day_of_year;
    }
}

}

std::int64_t field_of(Moment local, DateField field) {
    const auto day = std::chrono::floor<std::chrono::days>(local);
    const std::chrono::hh_mm_ss time{local - day};
    const auto hour = time.hours().count();
    switch (field) {
    case DateField::hour: return hour;
    case DateField::hour12: return (hour + 11) % 12 + 1;
    case DateField::half_day: return hour / 12;
    case DateField::minute: return time.minutes().count();
    case DateField::second: return time.seconds().count();
    case DateField::nanosecond: return std::chrono::nanoseconds(time.subseconds()).count();
    case DateField::timestamp: return std::chrono::floor<std::chrono::seconds>(local.time_since_epoch()).count();
    default: return date_field(day, field);
    }
}

namespace {

std::string number_text(std::int64_t value, const DateItem& item) {
    const bool is_year = item.field == DateField::year || item.field == DateField::iso_year;
    const bool has_sign = value < 0 || (is_year && value > 9999);
    const int width = item.width + (has_sign ? 1 : 0);
    if (item.pad == '-') return has_sign ? fmt::format("{:+}", value) : fmt::format("{}", value);
    if (item.pad == ' ') return has_sign ? fmt::format("{:+{}}", value, width) : fmt::format("{:{}}", value, width);
    return has_sign ? fmt::format("{:+0{}}", value, width) : fmt::format("{:0{}}", value, width);
}

std::string fraction_text(std::int64_t nanoseconds, const DateItem& item) {
    auto width = item.width;
    if (width == 0) {
        if (nanoseconds == 0) return "";
        width = nanoseconds % 1'000'000 == 0 ? 3 : nanoseconds % 1'000 == 0 ? 6 : 9;
    }
    return (item.with_point ? "." : "") + fmt::format("{:09}", nanoseconds).substr(0, static_cast<std::size_t>(width));
}

// Nothing: the item can only be read.
std::optional<std::string> item_text(const DateItem& item, Moment time) {
    constexpr std::string_view offsets[] = {"+0000", "+00:00", "+00:00:00", "+00"}; // by colons
    const auto value = [&](DateField field) { return static_cast<std::size_t>(field_of(time, field)); };
    switch (item.kind) {
    case DateKind::text:
    case DateKind::blanks: return item.text;
    case DateKind::number: return number_text(field_of(time, item.field), item);
    case DateKind::short_month: return std::string(month_names[value(DateField::month) - 1].substr(0, 3));
    case DateKind::long_month: return std::string(month_names[value(DateField::month) - 1]);
    case DateKind::short_weekday: return std::string(weekday_names[value(DateField::weekday)].substr(0, 3));
    case DateKind::long_weekday: return std::string(weekday_names[value(DateField::weekday)]);
    case DateKind::half_day: {
        const std::string half = value(DateField::half_day) == 0 ? "am" : "pm";
        return item.in_capitals ? upper(half) : half;
    }
    case DateKind::fraction: return fraction_text(field_of(time, DateField::nanosecond), item);
    case DateKind::offset:
        if (item.is_lenient) return std::nullopt;
        return std::string(offsets[static_cast<std::size_t>(item.width)]);
    case DateKind::zone_name: return "UTC";
    case DateKind::rfc3339: return write_date(time, "%Y-%m-%dT%H:%M:%S%.f%:z").value_or("");
    }
    return std::nullopt;
}

}

Result<std::string> write_date(Moment time, std::string_view pattern) {
    const auto items = TRY(read_date_pattern(pattern));
    std::string out;
    for (const DateItem& item : items) {
        const auto text = item_text(item, time);
        if (!text) return usage(fmt::format("date pattern '{}' has %#z, which can only be read; write %z", pattern));
        out += *text;
    }
    return out;
}

}
