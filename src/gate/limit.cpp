#include "gate/limit.h"
#include "base/text.h"
#include <charconv>
#include <fmt/format.h>

namespace fairlead::gate {

namespace {

// A percentage of at most `most`; nothing: the text isn't one.
std::optional<Share> percentage_of(std::string_view text, std::int64_t most) {
    constexpr Share whole = 10'000;
    auto number = trim(text);
    if (number.ends_with('%')) number.remove_suffix(1);
    const auto point = number.find('.');
    const auto before = number.substr(0, point);
    auto after = point == std::string_view::npos ? std::string() : std::string(number.substr(point + 1));
    const auto is_digits = [](std::string_view part) {
        return part.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (before.empty() || before.size() > 7 || after.size() > 4 || !is_digits(before) || !is_digits(after))
        return std::nullopt;
    after.resize(4, '0');
    const Share share = parse_integer(before).value_or(0) * whole + parse_integer(after).value_or(0);
    return share <= most * whole ? std::optional(share) : std::nullopt;
}

}

Result<Share> parse_percent(std::string_view text) {
    if (const auto share = percentage_of(text, 100)) return *share;
    return usage(
        fmt::format("'{}' is not a percentage; write 0 to 100 with at most four decimals, such as 80 or 79.5%", text));
}

Result<Share> parse_growth(std::string_view text) {
    if (const auto share = percentage_of(text, 1'000'000)) return *share;
    return usage(
        fmt::format("'{}' is not a growth; write a percentage with at most four decimals, such as 5% or 150%", text));
}

Result<Limit> parse_limit(std::string_view text) {
    Limit limit;
    if (trim(text).ends_with('%'))
        limit.share = TRY(parse_percent(text));
    else
        limit.number = TRY(parse_count(text));
    return limit;
}

Result<std::int64_t> parse_count(std::string_view text) {
    const auto number = parse_integer(trim(text));
    if (!number.ok() || number.value() < 0)
        return usage(fmt::format("'{}' is not a count; write a number such as 3", text));
    return number.value();
}

Result<double> parse_score(std::string_view text) {
    const auto trimmed = trim(text);
    double value = 0;
    const auto read = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), value, std::chars_format::fixed);
    if (read.ec == std::errc() && read.ptr == trimmed.data() + trimmed.size() && value >= 0 && value <= 10)
        return value;
    return usage(fmt::format("'{}' is not a score; write a number from 0 to 10, such as 7.0", text));
}

Result<Quantity> parse_quantity(std::string_view text) {
    struct Unit {
        std::string_view name;
        double factor;
        bool is_time;
    };
    constexpr Unit units[] = {{"", 1, false},  {"%", 0.01, false}, {"us", 0.001, true},
                              {"ms", 1, true}, {"s", 1000, true},  {"m", 60'000, true}};
    const auto trimmed = trim(text);
    double value = 0;
    const auto read = std::from_chars(trimmed.data(), trimmed.data() + trimmed.size(), value, std::chars_format::fixed);
    const auto rest = trim(trimmed.substr(static_cast<std::size_t>(read.ptr - trimmed.data())));
    for (const auto& unit : units)
        if (read.ec == std::errc() && value >= 0 && value <= 1e15 && rest == unit.name)
            return Quantity{value * unit.factor, unit.is_time};
    return usage(fmt::format("'{}' is not an amount; write a number, a percentage or a time (us, ms, s, m), such as "
                             "100, 1% or 500ms",
                             text));
}

std::string percent_text(Share share) { return fmt::format("{} %", static_cast<double>(share) / 10'000); }

std::string text_of(const Limit& limit) {
    return limit.share ? percent_text(*limit.share) : std::to_string(limit.number);
}

std::string text_of(Quantity quantity) {
    return quantity.is_time ? fmt::format("{:.6g} ms", quantity.value) : fmt::format("{:.6g}", quantity.value);
}

Share share_of(std::uint64_t part, std::uint64_t whole) {
    return whole == 0 ? 0 : static_cast<Share>(part * 1'000'000 / whole);
}

bool reaches(std::uint64_t part, std::uint64_t whole, Share least) {
    return part * 1'000'000 >= static_cast<std::uint64_t>(least) * whole;
}

bool is_within(std::uint64_t part, std::uint64_t whole, const Limit& most) {
    if (most.share) return part * 1'000'000 <= static_cast<std::uint64_t>(*most.share) * whole;
    return part <= static_cast<std::uint64_t>(most.number);
}

}
