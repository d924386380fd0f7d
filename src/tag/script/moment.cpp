#include "tag/script/moment.h"
#include "base/text.h"
#include "sys/zone.h"
#include <algorithm>
#include <array>
#include <chrono>
#include <fmt/format.h>

namespace fairlead::tag {

namespace {

constexpr std::array<std::string_view, 12> months = {"January",   "February", "March",    "April",
                                                     "May",       "June",     "July",     "August",
                                                     "September", "October",  "November", "December"};
constexpr std::array<std::string_view, 7> days = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                  "Thursday", "Friday", "Saturday"};

// The moment taken apart, as its zone's clock shows it.
struct Parts {
    const LocalMoment& moment;
    int year, month, day, weekday, day_of_year; // month and day from 1, weekday 0 is Sunday
    int hour, minute, second, millisecond;
    std::int64_t days_since_epoch;
};

Parts take_apart(const LocalMoment& moment) {
    using namespace std::chrono;
    const auto local = moment.instant + seconds{moment.offset_seconds};
    const auto date = floor<std::chrono::days>(local);
    const year_month_day calendar{date};
    const hh_mm_ss time{floor<milliseconds>(local - date)};
    const auto year_start = sys_days{calendar.year() / January / 1};
    return {moment,
            static_cast<int>(calendar.year()),
            static_cast<int>(static_cast<unsigned>(calendar.month())),
            static_cast<int>(static_cast<unsigned>(calendar.day())),
            static_cast<int>(std::chrono::weekday{date}.c_encoding()),
            static_cast<int>((date - year_start).count()) + 1,
            static_cast<int>(time.hours().count()),
            static_cast<int>(time.minutes().count()),
            static_cast<int>(time.seconds().count()),
            static_cast<int>(time.subseconds().count()),
            date.time_since_epoch().count()};
}

struct Week {
    int year, number;
};

int days_in(int year) { return std::chrono::year{year}.is_leap() ? 366 : 365; }

// Weeks begin on `first` (0 is Sunday); the first week of a year is the one that holds January `anchor`.
Week week_of(const Parts& p, int first, int anchor) {
    // The day of this week that decides its year: `anchor` counts from its first day.
    const int since_first = (p.weekday - first + 7) % 7;
    const int deciding = p.day_of_year - since_first + (7 - anchor);
    if (deciding < 1) return {p.year - 1, (deciding + days_in(p.year - 1) - 1) / 7 + 1};
    if (deciding > days_in(p.year)) return {p.year + 1, (deciding - days_in(p.year) - 1) / 7 + 1};
    return {p.year, (deciding - 1) / 7 + 1};
}
Week us_week(const Parts& p) { return week_of(p, 0, 1); }  // holds 1 January, from Sunday
Week iso_week(const Parts& p) { return week_of(p, 1, 4); } // holds 4 January, from Monday

std::string ordinal(std::int64_t number) {
    const auto tens = number % 100, ones = number % 10;
    const bool teen = tens > 10 && tens < 20;
    return fmt::format("{}{}", number, teen ? "th" : ones == 1 ? "st" : ones == 2 ? "nd" : ones == 3 ? "rd" : "th");
}

std::string padded(std::int64_t number, int width) {
    return fmt::format("{}{:0{}}", number < 0 ? "-" : "", number < 0 ? -number : number, width);
}

std::string offset_text(const LocalMoment& moment, std::string_view separator) {
    const auto minutes = moment.offset_seconds / 60;
    const auto size = minutes < 0 ? -minutes : minutes;
    return fmt::format("{}{:02}{}{:02}", minutes < 0 ? '-' : '+', size / 60, separator, size % 60);
}

int hour12(const Parts& p) { return p.hour % 12 == 0 ? 12 : p.hour % 12; }
int iso_weekday(const Parts& p) { return p.weekday == 0 ? 7 : p.weekday; }
std::string full_year(const Parts& p) { return p.year <= 9999 ? padded(p.year, 4) : fmt::format("+{}", p.year); }
std::string fraction(const Parts& p, std::size_t width) {
    auto digits = fmt::format("{:03}", p.millisecond);
    digits.resize(width, '0');
    return digits;
}
std::int64_t seconds_of(const Parts& p) {
    return std::chrono::floor<std::chrono::seconds>(p.moment.instant).time_since_epoch().count();
}

struct TokenRow {
    std::string_view token;
    std::string (*write)(const Parts&);
};

#define FAIRLEAD_TOKEN(token, expression)                                                                              \
    TokenRow {                                                                                                         \
        token, []([[maybe_unused]] const Parts& p) -> std::string { return expression; }                               \
    }
// Sorted by first letter, longer tokens before their beginnings.
const std::array tokens = {
    FAIRLEAD_TOKEN("A", p.hour < 12 ? "AM" : "PM"),
    FAIRLEAD_TOKEN("DDDD", padded(p.day_of_year, 3)),
    FAIRLEAD_TOKEN("DDDo", ordinal(p.day_of_year)),
    FAIRLEAD_TOKEN("DDD", std::to_string(p.day_of_year)),
    FAIRLEAD_TOKEN("DD", padded(p.day, 2)),
    FAIRLEAD_TOKEN("Do", ordinal(p.day)),
    FAIRLEAD_TOKEN("D", std::to_string(p.day)),
    FAIRLEAD_TOKEN("E", std::to_string(iso_weekday(p))),
    FAIRLEAD_TOKEN("GGGGG", padded(iso_week(p).year, 5)),
    FAIRLEAD_TOKEN("GGGG", padded(iso_week(p).year, 4)),
    FAIRLEAD_TOKEN("GG", padded(iso_week(p).year % 100, 2)),
    FAIRLEAD_TOKEN("Hmmss", fmt::format("{}{:02}{:02}", p.hour, p.minute, p.second)),
    FAIRLEAD_TOKEN("Hmm", fmt::format("{}{:02}", p.hour, p.minute)),
    FAIRLEAD_TOKEN("HH", padded(p.hour, 2)),
    FAIRLEAD_TOKEN("H", std::to_string(p.hour)),
    FAIRLEAD_TOKEN("MMMM", std::string(months[static_cast<std::size_t>(p.month - 1)])),
    FAIRLEAD_TOKEN("MMM", std::string(months[static_cast<std::size_t>(p.month - 1)].substr(0, 3))),
    FAIRLEAD_TOKEN("MM", padded(p.month, 2)),
    FAIRLEAD_TOKEN("Mo", ordinal(p.month)),
    FAIRLEAD_TOKEN("M", std::to_string(p.month)),
    FAIRLEAD_TOKEN("NNNNN", p.year > 0 ? "AD" : "BC"),
    FAIRLEAD_TOKEN("NNNN", p.year > 0 ? "Anno Domini" : "Before Christ"),
    FAIRLEAD_TOKEN("NNN", p.year > 0 ? "AD" : "BC"),
    FAIRLEAD_TOKEN("NN", p.year > 0 ? "AD" : "BC"),
    FAIRLEAD_TOKEN("N", p.year > 0 ? "AD" : "BC"),
    FAIRLEAD_TOKEN("Qo", ordinal((p.month + 2) / 3)),
    FAIRLEAD_TOKEN("Q", std::to_string((p.month + 2) / 3)),
    FAIRLEAD_TOKEN("SSSSSSSSS", fraction(p, 9)),
    FAIRLEAD_TOKEN("SSSSSSSS", fraction(p, 8)),
    FAIRLEAD_TOKEN("SSSSSSS", fraction(p, 7)),
    FAIRLEAD_TOKEN("SSSSSS", fraction(p, 6)),
    FAIRLEAD_TOKEN("SSSSS", fraction(p, 5)),
    FAIRLEAD_TOKEN("SSSS", fraction(p, 4)),
    FAIRLEAD_TOKEN("SSS", fraction(p, 3)),
    FAIRLEAD_TOKEN("SS", fraction(p, 2)),
    FAIRLEAD_TOKEN("S", fraction(p, 1)),
    FAIRLEAD_TOKEN("W|", "W|"), // its pattern is W[o|W]?, so this one is text
    FAIRLEAD_TOKEN("WW", padded(iso_week(p).number, 2)),
    FAIRLEAD_TOKEN("Wo", ordinal(iso_week(p).number)),
    FAIRLEAD_TOKEN("W", std::to_string(iso_week(p).number)),
    FAIRLEAD_TOKEN("X", std::to_string(seconds_of(p))),
    FAIRLEAD_TOKEN("YYYYYY", fmt::format("{}{:06}", p.year < 0 ? '-' : '+', p.year < 0 ? -p.year : p.year)),
    FAIRLEAD_TOKEN("YYYYY", padded(p.year, 5)),
    FAIRLEAD_TOKEN("YYYY", padded(p.year, 4)),
    FAIRLEAD_TOKEN("YY", padded(p.year % 100, 2)),
    FAIRLEAD_TOKEN("Y", full_year(p)),
    FAIRLEAD_TOKEN("ZZ", offset_text(p.moment, "")),
    FAIRLEAD_TOKEN("Z", offset_text(p.moment, ":")),
    FAIRLEAD_TOKEN("a", p.hour < 12 ? "am" : "pm"),
    FAIRLEAD_TOKEN("dddd", std::string(days[static_cast<std::size_t>(p.weekday)])),
    FAIRLEAD_TOKEN("ddd", std::string(days[static_cast<std::size_t>(p.weekday)].substr(0, 3))),
    FAIRLEAD_TOKEN("dd", std::string(days[static_cast<std::size_t>(p.weekday)].substr(0, 2))),
    FAIRLEAD_TOKEN("do", ordinal(p.weekday)),
    FAIRLEAD_TOKEN("d", std::to_string(p.weekday)),
    FAIRLEAD_TOKEN("e", std::to_string(p.weekday)),
    FAIRLEAD_TOKEN("ggggg", padded(us_week(p).year, 5)),
    FAIRLEAD_TOKEN("gggg", padded(us_week(p).year, 4)),
    FAIRLEAD_TOKEN("gg", padded(us_week(p).year % 100, 2)),
    FAIRLEAD_TOKEN("hmmss", fmt::format("{}{:02}{:02}", hour12(p), p.minute, p.second)),
    FAIRLEAD_TOKEN("hmm", fmt::format("{}{:02}", hour12(p), p.minute)),
    FAIRLEAD_TOKEN("hh", padded(hour12(p), 2)),
    FAIRLEAD_TOKEN("h", std::to_string(hour12(p))),
    FAIRLEAD_TOKEN("kk", padded(p.hour == 0 ? 24 : p.hour, 2)),
    FAIRLEAD_TOKEN("k", std::to_string(p.hour == 0 ? 24 : p.hour)),
    FAIRLEAD_TOKEN("mm", padded(p.minute, 2)),
    FAIRLEAD_TOKEN("m", std::to_string(p.minute)),
    FAIRLEAD_TOKEN("ss", padded(p.second, 2)),
    FAIRLEAD_TOKEN("s", std::to_string(p.second)),
    FAIRLEAD_TOKEN("w|", "w|"),
    FAIRLEAD_TOKEN("ww", padded(us_week(p).number, 2)),
    FAIRLEAD_TOKEN("wo", ordinal(us_week(p).number)),
    FAIRLEAD_TOKEN("w", std::to_string(us_week(p).number)),
    FAIRLEAD_TOKEN("x", std::to_string(p.moment.instant.time_since_epoch().count())),
    FAIRLEAD_TOKEN("yyyy", padded(p.year, 4)),
    FAIRLEAD_TOKEN("yyy", padded(p.year, 3)),
    FAIRLEAD_TOKEN("yy", padded(p.year, 2)),
    FAIRLEAD_TOKEN("yo", ordinal(p.year)),
    FAIRLEAD_TOKEN("y", std::to_string(p.year)),
    FAIRLEAD_TOKEN("zz", p.moment.abbreviation),
    FAIRLEAD_TOKEN("z", p.moment.abbreviation),
};
#undef FAIRLEAD_TOKEN

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> local_forms = {
    {{"LTS", "h:mm:ss A"},
     {"LT", "h:mm A"},
     {"LLLL", "dddd, MMMM D, YYYY h:mm A"},
     {"LLL", "MMMM D, YYYY h:mm A"},
     {"LL", "MMMM D, YYYY"},
     {"L", "MM/DD/YYYY"},
     {"llll", "ddd, MMM D, YYYY h:mm A"},
     {"lll", "MMM D, YYYY h:mm A"},
     {"ll", "MMM D, YYYY"},
     {"l", "M/D/YYYY"}}};

// The size of `[literal]` at the start: up to the last `]` before the next `[`. 0: none.
std::size_t literal_size(std::string_view text) {
    if (text.empty() || text[0] != '[') return 0;
    const auto close =
        text.substr(1, text.find('[', 1) == std::string_view::npos ? text.npos : text.find('[', 1) - 1).rfind(']');
    return close == std::string_view::npos ? 0 : close + 2;
}

std::string expand_local_forms(std::string_view format) {
    std::string out;
    while (!format.empty()) {
        std::size_t taken = literal_size(format);
        std::string_view written = format.substr(0, taken);
        const bool escaped = taken == 0 && format[0] == '\\';
        if (taken == 0) {
            const auto rest = format.substr(escaped ? 1 : 0);
            const auto row = std::find_if(local_forms.begin(), local_forms.end(), [&](const auto& form) {
                return rest.substr(0, form.first.size()) == form.first;
            });
            taken = 1;
            written = format.substr(0, 1);
            if (row != local_forms.end()) {
                taken = row->first.size() + (escaped ? 1 : 0);
                written = escaped ? format.substr(0, taken) : row->second;
            }
        }
        out += written;
        format.remove_prefix(taken);
    }
    return out;
}

const TokenRow* token_at(std::string_view text) {
    const auto row = std::find_if(tokens.begin(), tokens.end(), [&](const TokenRow& known) {
        return text.substr(0, known.token.size()) == known.token;
    });
    return row == tokens.end() ? nullptr : &*row;
}

// \u2028 and \u2029 are line ends to the scripts' `.`, which leaves line ends out.
std::size_t line_end_size(std::string_view text) {
    if (text[0] == '\n' || text[0] == '\r') return 1;
    return text.substr(0, 3) == "\u2028" || text.substr(0, 3) == "\u2029" ? 3 : 0;
}

}

std::optional<LocalMoment> in_zone(SystemTime instant, std::string_view zone) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
    const auto local = sys::zone_at(zone, seconds);
    if (!local) return std::nullopt;
    return LocalMoment{instant, local->offset_seconds, local->abbreviation, local->offset_seconds == 0};
}

std::string format_moment(const LocalMoment& moment, std::string_view format) {
    const auto parts = take_apart(moment);
    const auto expanded = expand_local_forms(format);
    std::string out;
    for (std::string_view rest = expanded; !rest.empty();) {
        if (const auto size = literal_size(rest)) {
            out += rest.substr(1, size - 2);
            rest.remove_prefix(size);
            continue;
        }
        const bool escaped = rest[0] == '\\';
        const auto* row = token_at(rest.substr(escaped ? 1 : 0));
        if (row) {
            out += escaped ? std::string(row->token) : row->write(parts);
            rest.remove_prefix(row->token.size() + (escaped ? 1 : 0));
        } else if (const auto size = line_end_size(rest)) {
            rest.remove_prefix(size);
        } else {
            const std::size_t taken = escaped && rest.size() > 1 ? 2 : 1; // a backslash only covers what is behind it
            if (rest[taken - 1] != '\\') out += rest[taken - 1];
            rest.remove_prefix(taken);
        }
    }
    return out;
}

bool has_token(std::string_view format) {
    using namespace std::chrono_literals;
    const LocalMoment first{SystemTime{}, 0, "a", true};
    const LocalMoment other{SystemTime{} + 24h * 1200 + 13h + 59min + 59s + 999ms, 3600, "b", false}; // 14 April 1973
    return format_moment(first, format) != format_moment(other, format);
}

std::string_view default_format(const LocalMoment& moment) {
    return moment.utc ? "YYYY-MM-DDTHH:mm:ss[Z]" : "YYYY-MM-DDTHH:mm:ssZ";
}

}
